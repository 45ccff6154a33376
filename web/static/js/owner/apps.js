// @ts-check
// The apps of others that the holder has allowed something.
import { Problem, call } from "../api.js";
import { byId, once } from "../form.js";
import { momentOf } from "../when.js";
import { t } from "../words.js";

/** @typedef {{id: string, name: string, scopes: string[], since: string, lastUsed: string | null}} App */

/** @param {App} app */
function row(app) {
  const copy = /** @type {DocumentFragment} */ (/** @type {HTMLTemplateElement} */ (byId("app")).content.cloneNode(true));
  /** @param {string} selector */
  const part = (selector) => /** @type {HTMLElement} */ (copy.querySelector(selector));
  const name = app.name || t("account.js.app.gone"), item = part("li");
  part("[data-name]").textContent = name;
  part("[data-may]").textContent = app.scopes.map((scope) => t(`account.js.app.${scope}`)).join(" · ");
  part("[data-when]").textContent = [t("account.js.app.since", { time: momentOf(app.since) }), app.lastUsed && t("account.js.app.used", { time: momentOf(app.lastUsed) })].filter(Boolean).join(" · ");
  part("[data-of]").textContent = name;
  const button = part("button");
  button.addEventListener("click", () => once(button, async () => {
    byId("apps-trouble").hidden = true;
    try {
      await call("DELETE", `/v1/apps/${app.id}`);
      item.remove();
      byId("apps-said").textContent = t("account.js.app.removed", { name });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      byId("apps-trouble").textContent = error.message;
      byId("apps-trouble").hidden = false;
    }
  }));
  return copy;
}

/** @param {{apps: App[]}} found */
export function apps({ apps: all }) {
  byId("apps-part").hidden = all.length === 0;
  byId("apps").replaceChildren(...all.map(row));
}
