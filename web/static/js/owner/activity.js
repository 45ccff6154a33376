// @ts-check
// What happened in the account, in words.
import { Problem, call } from "../api.js";
import { byId, once } from "../form.js";
import { momentOf } from "../when.js";
import { has, t } from "../words.js";

/** @typedef {{items: {kind: string, at: string, device: string, network: string}[], next: string}} Page */

let next = "";

/** @param {Page} page */
function add(page) {
  const items = page.items.map(({ kind, at, device, network }) => {
    const item = document.createElement("li"), key = `account.js.did.${kind}`;
    item.textContent = [has(key) ? t(key) : kind, momentOf(at), device, network].filter(Boolean).join(" · ");
    return item;
  });
  byId("activity").append(...items);
  next = page.next;
  byId("activity-bar").hidden = !next;
  return items[0];
}

/** @param {Page} first */
export function activity(first) {
  add(first);
  byId("activity-more").addEventListener("click", () => once(byId("activity-more"), async () => {
    byId("activity-trouble").hidden = true;
    try {
      const shown = add(await call("GET", `/v1/account/activity?after=${encodeURIComponent(next)}`));
      shown?.setAttribute("tabindex", "-1");
      shown?.focus();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      byId("activity-trouble").textContent = error.message;
      byId("activity-trouble").hidden = false;
    }
  }));
}
