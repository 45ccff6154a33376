// @ts-check
// What has become of a case so far, oldest first.
import { byId } from "./form.js";
import { momentOf } from "./when.js";
import { has, t } from "./words.js";

/** @typedef {{at: string, kind: string}} Entry */

/** @param {Entry[]} entries those without words are not for the holder */
export function drawTimeline(entries) {
  const known = entries.filter((e) => has(`kyc.js.was.${e.kind}`));
  byId("timeline-part").hidden = known.length === 0;
  byId("timeline").replaceChildren(...known.map((e) => {
    const item = document.createElement("li"), when = document.createElement("time");
    item.textContent = t(`kyc.js.was.${e.kind}`);
    when.dateTime = e.at;
    when.textContent = momentOf(e.at);
    item.append(when);
    return item;
  }));
}
