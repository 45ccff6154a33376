// @ts-check
// What has become of a case so far, oldest first.
import { byId } from "../form.js";
import { momentOf } from "../when.js";
import { has, t } from "../words.js";

/** @typedef {{at: string, kind: string}} Entry */

/** To submit after a question is to answer it. @param {Entry} e @param {number} i @param {Entry[]} all @returns {Entry} */
const asSeen = (e, i, all) => (e.kind === "submit" && all.slice(0, i).findLast((b) => b.kind !== "claim")?.kind === "question" ? { ...e, kind: "answer" } : e);

/** @param {Entry[]} entries those without words are not for the holder */
export function drawTimeline(entries) {
  const known = entries.map(asSeen).filter((e) => has(`kyc.js.was.${e.kind}`));
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
