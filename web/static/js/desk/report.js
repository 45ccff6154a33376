// @ts-check
// For who leads the reviewers: what waits and for how long, what was decided, which questions come again and again.
import { byId } from "../form.js";
import { shortOf } from "../when.js";
import { named, t } from "../words.js";
import { desk } from "./lock.js";

/** @typedef {{lanes: {lane: string, waiting: number, overdue: number, oldest: string | null}[], decisions: {hour: string, count: number}[],
 *  firstTimeRight: {entityType: string, approvedFirst: number, decided: number}[], reasons: {code: string, count: number}[], reversals: number,
 *  samples: {reference: string, entityType: string, at: string}[]}} Report */

/** @param {(string | number)[]} cells the first one names the row */
function row(cells) {
  const tr = document.createElement("tr");
  tr.append(...cells.map((text, i) => {
    const cell = document.createElement(i === 0 ? "th" : "td");
    if (i === 0) cell.setAttribute("scope", "row");
    cell.textContent = String(text);
    return cell;
  }));
  return tr;
}

/** @param {number} part @param {number} all */
const share = (part, all) => (all ? new Intl.NumberFormat(document.documentElement.lang, { style: "percent" }).format(part / all) : "–");

/** @param {string} id @param {(string | number)[][]} rows */
const fill = (id, rows) => byId(id).replaceChildren(...(rows.length ? rows : [[t("desk.js.report.none")]]).map(row));

/** Throws a Problem. */
export async function report() {
  const r = /** @type {Report} */ (await desk("GET", "/report"));
  fill("report-lanes", r.lanes.map((l) => [t(`desk.lane.${l.lane}`), l.waiting, l.overdue, l.oldest ? shortOf(l.oldest) : "–"]));
  fill("report-decisions", r.decisions.map((d) => [shortOf(d.hour), d.count]));
  fill("report-right", r.firstTimeRight.map((f) => [named(`entityType.${f.entityType}`, f.entityType.replaceAll("_", " ")), share(f.approvedFirst, f.decided), f.decided]));
  fill("report-samples", r.samples.map((s) => [s.reference, named(`entityType.${s.entityType}`, s.entityType.replaceAll("_", " ")), shortOf(s.at)]));
  fill("report-reasons", r.reasons.map((x) => [x.code.replaceAll("_", " "), x.count]));
  byId("reversals").textContent = String(r.reversals);
}
