// @ts-check
import { Problem, call } from "./api.js";
import { byId } from "./form.js";

/** Opens a document in a tab of its own, by an address that works for a moment only. @param {string} id */
export async function open(id) {
  const tab = window.open("", "_blank"); // at once: browsers block what opens later
  byId("trouble").hidden = true;
  try {
    const { url } = await call("GET", `/v1/kyc/documents/${id}/content`);
    if (tab) {
      tab.opener = null;
      tab.location.replace(url);
    }
  } catch (error) {
    tab?.close();
    if (!(error instanceof Problem)) throw error;
    byId("trouble").textContent = error.message;
    byId("trouble").hidden = false;
  }
}
