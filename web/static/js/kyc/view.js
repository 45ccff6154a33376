// @ts-check
import { Problem, call } from "../api.js";

/** Opens a document in a tab of its own, by an address that works for a moment only. @param {string} id @param {(text: string) => void} say what went wrong, or "" */
export async function open(id, say) {
  const tab = window.open("", "_blank"); // at once: browsers block what opens later
  say("");
  try {
    const { url } = await call("GET", `/v1/kyc/documents/${id}/content`);
    if (tab) {
      tab.opener = null;
      tab.location.replace(url);
    }
  } catch (error) {
    tab?.close();
    if (!(error instanceof Problem)) throw error;
    say(error.message);
  }
}
