// @ts-check
// Cases in a list, as the desk shows them: my own, those of a lane, and what a search finds.
import { statusChip } from "../kyc/case.js";
import { chip, copyOf, part } from "../template.js";
import { shortOf } from "../when.js";
import { named, t } from "../words.js";

/** @typedef {{reference: string, lane: string, dueAt: string | null, overdue: boolean, entityType: string, displayName: string, round: number, risk: string | null, submittedAt: string | null,
 *  leasedBy: string | null, leaseUntil: string | null, status?: string}} Item */

/** When a case is due, and that it is overdue. @param {{dueAt: string | null, overdue: boolean}} c */
export const dueText = (c) => (c.dueAt ? t(c.overdue ? "desk.js.overdue" : "desk.js.due", { time: shortOf(c.dueAt) }) : "");

/** @param {Item} i */
export function itemRow(i) {
  const row = copyOf("item"), link = /** @type {HTMLAnchorElement} */ (part(row, "a"));
  link.href = `/review/case#${i.reference}`;
  link.textContent = i.reference;
  part(row, "[data-name]").textContent = i.displayName;
  const about = [named(`entityType.${i.entityType}`, i.entityType.replaceAll("_", " ")), i.submittedAt && t("desk.js.sent", { time: shortOf(i.submittedAt) }), i.leasedBy && t("desk.js.with", { name: i.leasedBy })];
  part(row, "[data-about]").textContent = about.filter(Boolean).join(" · ");
  part(row, "[data-due]").textContent = dueText(i);
  part(row, "[data-due]").classList.toggle("is-overdue", i.overdue);
  const chips = [];
  if (i.lane) chips.push(chip(i.lane === "second_look" ? "warn" : "plain", t(`desk.lane.${i.lane}`)));
  else if (i.status) chips.push(statusChip(i.status));
  if (i.risk === "high") chips.push(chip("bad", t("desk.risk.high")));
  part(row, "[data-chips]").append(...chips);
  return row;
}
