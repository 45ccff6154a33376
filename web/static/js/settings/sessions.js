// @ts-check
import { begin } from "../account.js";
import { Problem, call } from "../api.js";
import { byId, once } from "../form.js";
import { stepUp } from "../step-up.js";
import { t } from "../words.js";

/** @typedef {{id: string, current: boolean, lastSeenAt: string, device: string, ip: string, network: string}} Session */

/** @param {string} text */
function trouble(text) {
  byId("trouble").textContent = text;
  byId("trouble").hidden = !text;
}

/** @param {HTMLElement} button @param {string} path @param {string} said */
async function end(button, path, said) {
  await once(button, async () => {
    trouble("");
    try {
      await stepUp(() => call("DELETE", path));
      list(await call("GET", "/v1/sessions"));
      byId("said").textContent = t(said);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      trouble(error.message);
    }
  });
}

/** @param {Session} s */
function row(s) {
  const copy = /** @type {DocumentFragment} */ (/** @type {HTMLTemplateElement} */ (byId("row")).content.cloneNode(true));
  /** @param {string} selector */
  const part = (selector) => /** @type {HTMLElement} */ (copy.querySelector(selector));
  const device = s.device || t("sessions.js.unknown");
  part("[data-device]").textContent = device;
  const time = new Intl.DateTimeFormat(`${document.documentElement.lang}-IN`, { dateStyle: "medium", timeStyle: "short" }).format(new Date(s.lastSeenAt));
  part("[data-when]").textContent = t("sessions.js.when", { time, ip: s.network || s.ip });
  part("[data-current]").hidden = !s.current;
  const button = part("[data-end]");
  part("[data-of]").textContent = t("sessions.js.of", { device });
  if (s.current) button.remove();
  else button.addEventListener("click", () => end(button, `/v1/sessions/${s.id}`, "sessions.js.ended"));
  return copy;
}

/** @param {{sessions: Session[]}} answer */
function list({ sessions }) {
  sessions.sort((a, b) => Number(b.current) - Number(a.current) || b.lastSeenAt.localeCompare(a.lastSeenAt));
  byId("rows").replaceChildren(...sessions.map(row));
  byId("bar").hidden = sessions.length < 2;
}

byId("others").addEventListener("click", () => end(byId("others"), "/v1/sessions", "sessions.js.others"));
const [, found] = await begin("/v1/sessions");
list(found);
