// @ts-check
// What stands above the parts of a case.
import { byId } from "../form.js";
import { statusChip } from "../kyc/case.js";
import { chip, copyOf, part } from "../template.js";
import { shortOf } from "../when.js";
import { named, t } from "../words.js";
import { dueText } from "./list.js";

/** @typedef {import("./parts.js").Case} Case */
/** @typedef {import("./things.js").Things} Things */

/** @param {string} text */
const item = (text) => Object.assign(document.createElement("li"), { textContent: text });

/** @param {string} label @param {Node} value */
export function pair(label, value) {
  const div = document.createElement("div"), dt = Object.assign(document.createElement("dt"), { textContent: label }), dd = document.createElement("dd");
  dd.append(value);
  div.append(dt, dd);
  return div;
}

/** @param {Case["findings"][number]} f @param {Things} things */
function finding(f, things) {
  const li = copyOf("finding"), go = part(li, "button"), there = things.parts.filter((p) => f.pointers.includes(p.pointer));
  part(li, "[data-chip]").append(chip(f.severity === "error" ? "bad" : "warn", t(`desk.js.severity.${f.severity}`)));
  part(li, "[data-detail]").textContent = named(`error.${f.code}`, f.detail);
  go.hidden = there.length === 0;
  if (there.length > 1) go.append(` (${there.length})`);
  go.addEventListener("click", () => things.goToNext(there));
  return li;
}

/** Whose case it is, what the machine found, and what reviewers wrote. @param {Case} c @param {Things} things */
export function about(c, things) {
  const h = c.holder;
  byId("holder").replaceChildren(...[h.name, h.company, named(`entityType.${c.entityType.code}`, c.entityType.name), h.email, h.phone].filter((text) => text !== null).map(item));
  byId("findings").hidden = c.findings.length === 0;
  byId("findings-list").replaceChildren(...c.findings.map((f) => finding(f, things)));
  byId("notes").hidden = c.notes.length === 0;
  byId("notes-list").replaceChildren(...c.notes.map((n) => item(`${shortOf(n.at)} · ${n.by}: ${n.text}`)));
}

/** How it stands with the case, and what can be done with it. @param {Case} c */
export function head(c) {
  byId("reference").textContent = c.reference;
  const chips = [statusChip(c.status)];
  if (c.lane) chips.push(chip(c.lane === "second_look" ? "warn" : "plain", t(`desk.lane.${c.lane}`)));
  if (c.risk) chips.push(chip(c.risk === "high" ? "bad" : "plain", t(`desk.risk.${c.risk}`)));
  byId("chips").replaceChildren(...chips);
  byId("due").textContent = dueText(c);
  byId("due").classList.toggle("is-overdue", c.overdue);
  byId("second").hidden = c.lane !== "second_look";
  if (c.firstBy) part(byId("second"), "[data-by]").textContent = t("desk.js.first", { name: c.firstBy });
  const other = c.lease && !c.lease.mine, mine = c.lease?.mine === true, waits = Boolean(c.lane);
  byId("lease").textContent = c.lease ? t(c.lease.mine ? "desk.js.lease.mine" : "desk.js.lease.other", { name: c.lease.by, time: shortOf(c.lease.until) }) : waits ? t("desk.js.lease.none") : "";
  byId("claim").hidden = !waits || mine;
  byId("claim").textContent = t(other ? "desk.js.take" : "desk.js.claim");
  for (const id of ["release", "hold", "ask"]) byId(id).hidden = !mine;
  byId("ask").textContent = t(c.lane === "colleague" ? "desk.js.reply" : "desk.js.ask");
  byId("reopen").hidden = c.status !== "rejected" && c.status !== "approved";
}
