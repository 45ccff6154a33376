// @ts-check
// How a KYC case is shown, to look at and to edit.
import { chip } from "../template.js";
import { named, t } from "../words.js";

/** @typedef {{code: string, detail: string}} Reason */
/** @typedef {{id: string, requirement: string, documentType: string | null, fileName: string, contentType: string, size: number, state: string,
 *  reason: Reason | null, uploadedAt: string | null}} Doc */
/** @typedef {{id: string, title: string, help: string, whose: "entity" | "signatory", level: string, minOf: number, maxBytes: number, maxFiles: number,
 *  options: {id: string, title: string, checklist: {id: string, text: string}[], template: string | null,
 *  sample: {name: string, spots: {x: number, y: number}[]} | null}[], state: string, needed: boolean, documents: Doc[]}} Requirement */
/** @typedef {Reason & {words: string | null, answered: boolean, answer: string | null}} Flag  what a reviewer asked for */
/** @typedef {{pointer: string, open: boolean, flag: Flag | null}} Part  what can be changed by itself: /entityType, /fields/pan, /requirements/entity_pan */
/** @typedef {Reason & {pointer: string}} Missing */
/** @typedef {Reason & {pointers: string[]}} Warning  what is unusual, and holds nothing up; the first pointer is what to change first */
/** @typedef {{status: string, caseNo: number, entityType: string | null, version: number, etag: string, fields: Record<string, string>,
 *  asked: import("./control.js").Spec[], requirements: Requirement[], parts: Part[], canSubmit: boolean, missing: Missing[], warnings: Warning[], reference: string | null, submittedAt: string | null, timeline: import("./timeline.js").Entry[],
 *  expectedBy: string | null, dueBy: string | null, validUntil: string | null, withdrawable: boolean, renewable: boolean, final: boolean,
 *  inForce: {caseNo: number, validUntil: string} | null, notice: {version: string, due: boolean}}} Case
 *  inForce: the approved case that counts, this one or an earlier one */

/** Whether the holder can change a case. @param {string} status */
export const isEditable = (status) => ["not_started", "draft", "needs_info", "withdrawn"].includes(status);

/** Whether a case is over, and the next one begins with a new draft. @param {string} status */
export const isOver = (status) => ["rejected", "expired"].includes(status);

/** @type {Record<string, "ok" | "warn" | "info" | "bad" | "plain">} */
const tones = {
  missing: "warn", incomplete: "warn", asked: "warn", answered: "ok", complete: "ok", wrong: "bad", checking: "info", uploaded: "info", requested: "plain", optional: "plain", uploading: "info",
  scanning: "info", rendering: "info", ready: "ok", clean: "ok", accepted: "ok", refused: "bad", infected: "bad", rejected: "bad",
  not_started: "plain", draft: "warn", submitted: "info", under_review: "info", approved: "ok", needs_info: "warn", expired: "bad",
  withdrawn: "warn", expiring: "warn", suspended: "bad",
};

/** @param {string} status of a case */
export const statusChip = (status) => chip(tones[status] ?? "plain", t(`kycStatus.${status}`));

/** Whether a reviewer asked about a part and has no answer. @param {Part | undefined} p */
export const isAsked = (p) => p?.flag?.answered === false;

/** @param {Requirement} r @param {Part | undefined} [p] */
export function requirementChip(r, p) {
  const state = isAsked(p) ? "asked" : r.state === "missing" && !r.needed ? "optional" : r.state;
  return stateChip(state);
}

/** @param {string} state of a part */
export const stateChip = (state) => chip(tones[state] ?? "plain", t(`state.${state}`));

/** A reviewer's reason, or the machine's, in the language of the page. @param {Reason} reason */
export const reasonOf = ({ code, detail }) => named(`reason.${code}`, named(`error.${code}`, detail));

/** The reason in the person's language, and the reviewer's own words where they say more. @param {Flag} flag */
export const flagText = (flag) => [...new Set([reasonOf(flag), flag.words ?? ""])].join(" ").trim();

/** @param {Requirement} r */
export const titleOf = (r) => named(`requirement.${r.id}`, r.title);

/** What has arrived and is still being checked. @param {Doc} d */
export const isBeingChecked = (d) => ["uploaded", "scanning", "rendering"].includes(d.state);

/** What can be looked at: the check has let it through. @param {Doc} d */
export const isKept = (d) => ["clean", "accepted", "rejected"].includes(d.state);

/** Oldest first, without what a reviewer rejected once a good file has taken its place. @param {Requirement} r */
export const standing = (r) => r.documents.filter((d, i) => d.state !== "rejected" || !r.documents.slice(0, i).some((later) => later.state === "clean" && (r.minOf === 1 || later.documentType === d.documentType))).reverse();
