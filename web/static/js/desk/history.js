// @ts-check
// Everything that happened to a case, on one page: who, when, why, which hash, and every look at a page.
import { Problem } from "../api.js";
import { byId } from "../form.js";
import { part } from "../template.js";
import { dayOf, shortOf } from "../when.js";
import { named, t } from "../words.js";
import { dialogOf, open } from "./dialog.js";
import { desk } from "./lock.js";

/** @typedef {{pointer: string, verdict: string | null, code: string | null, detail: string | null, validUntil: string | null, sha256: string | null, pagesSha256: string | null}} Looked */
/** @typedef {{at: string, actor: {kind: string, name: string}, kind: string, reason: string | null, note: string | null, parts: Looked[], flags: Record<string, {detail: string}>}} Entry */

/** @param {string} reference */
export async function history(reference) {
  const list = byId("history-list"), trouble = byId("history-trouble");
  trouble.hidden = true;
  list.replaceChildren();
  open("history");
  try {
    const { records } = await desk("GET", `/cases/${reference}/history`);
    list.replaceChildren(...records.map(row));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    trouble.hidden = false;
    part(trouble, "[data-text]").textContent = error.message;
  }
}

/** @param {Entry} e */
function row(e) {
  const li = document.createElement("li"), head = document.createElement("p"), what = document.createElement("b");
  what.textContent = named(`desk.js.record.${e.kind}`, e.kind.replaceAll("_", " "));
  head.append(what, ` · ${shortOf(e.at)} · ${named(`desk.js.actor.${e.actor.kind}`, e.actor.kind)} ${e.actor.name}`);
  li.append(head);
  for (const text of [e.reason, e.note, ...Object.values(e.flags).map((f) => t("desk.js.asked", { text: f.detail })), ...e.parts.map(partLine)]) {
    if (text) li.append(Object.assign(document.createElement("p"), { className: "small", textContent: text }));
  }
  return li;
}

/** @param {Looked} p */
const partLine = (p) => [
  p.pointer, p.verdict && t(p.verdict === "yes" ? "desk.js.yes" : "desk.js.no"), p.code, p.detail, p.validUntil && t("desk.js.until", { day: dayOf(p.validUntil) }), p.sha256 && t("desk.js.sha", { hash: p.sha256 }), p.pagesSha256 && t("desk.js.sha.pages", { hash: p.pagesSha256 }),
].filter(Boolean).join(" · ");

part(dialogOf("history"), "[data-close]").addEventListener("click", () => dialogOf("history").close());
