// @ts-check
// How a KYC case is shown, to look at and to edit.
import { byId } from "./form.js";
import { named, t } from "./words.js";

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

/** Where the API takes documents on this page, and whether what was sent can be looked at again. */
export const road = { documents: "/v1/kyc/documents", viewed: true };

/** Whether the holder can change a case. @param {string} status */
export const isEditable = (status) => ["not_started", "draft", "needs_info", "withdrawn"].includes(status);

/** Whether a case is over, and the next one begins with a new draft. @param {string} status */
export const isOver = (status) => ["rejected", "expired"].includes(status);

/** Documents that this tab was allowed to upload and has not: rows do not show them. @type {Set<string>} */
export const underWay = new Set();

/** Documents that this tab has uploaded: storage has them, even where the API has not heard of it. @type {Set<string>} */
export const arrived = new Set();

/** What the files of this visit look like, and what was said of their size, by document. @type {Map<string, {url: string, size: string}>} */
export const seen = new Map();

/** @param {string} id @returns {HTMLElement} a copy of a template's only element */
export function copyOf(id) {
  const template = /** @type {HTMLTemplateElement} */ (byId(id));
  return /** @type {HTMLElement} */ (/** @type {Element} */ (template.content.firstElementChild).cloneNode(true));
}

/** @param {ParentNode} root @param {string} selector @returns {HTMLElement} */
export const part = (root, selector) => /** @type {HTMLElement} */ (root.querySelector(selector));

/** @param {"ok" | "warn" | "info" | "bad" | "plain"} tone @param {string} text */
export function chip(tone, text) {
  const c = copyOf(`chip-${tone}`);
  part(c, "[data-text]").textContent = text;
  return c;
}

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

const KiB = 1024, MiB = 1024 * KiB;

/** As files are shown on people's devices. @param {number} bytes */
export function sizeOf(bytes) {
  const mega = bytes >= MiB;
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: mega ? "megabyte" : "kilobyte", maximumFractionDigits: mega ? 1 : 0 })
    .format(bytes / (mega ? MiB : KiB));
}

/** A reviewer's reason, or the machine's, in the language of the page. @param {Reason} reason */
export const reasonOf = ({ code, detail }) => named(`reason.${code}`, named(`error.${code}`, detail));

/** The reason in the person's language, and the reviewer's own words where they say more. @param {Flag} flag */
export const flagText = (flag) => [...new Set([reasonOf(flag), flag.words ?? ""])].join(" ").trim();

/** @param {string} text */
export function note(text) {
  const n = copyOf("note");
  part(n, "[data-text]").textContent = text;
  return n;
}

/** @param {Requirement} r */
export const titleOf = (r) => named(`requirement.${r.id}`, r.title);

/** What has arrived and is still being checked. @param {Doc} d */
export const isBeingChecked = (d) => ["uploaded", "scanning", "rendering"].includes(d.state);

/** What can be looked at: the check has let it through. @param {Doc} d */
export const isKept = (d) => ["clean", "accepted", "rejected"].includes(d.state);

/** Oldest first, without what a reviewer rejected once a good file has taken its place. @param {Requirement} r */
export const standing = (r) => r.documents.filter((d, i) => d.state !== "rejected" || !r.documents.slice(0, i).some((later) => later.state === "clean" && (r.minOf === 1 || later.documentType === d.documentType))).reverse();

/** @param {Requirement} r @param {Doc} d */
export function fileOf(r, d) {
  const f = copyOf("file");
  part(f, "[data-name]").textContent = d.fileName;
  const option = r.options.find((o) => o.id === d.documentType);
  part(f, "[data-meta]").textContent = [
    option && r.options.length > 1 ? named(`document.${option.id}`, option.title) : "", sizeOf(d.size), t(`state.${d.state}`),
  ].filter(Boolean).join(" · ");
  for (const of of f.querySelectorAll("[data-of]")) of.textContent = ` ${d.fileName}`;
  for (const button of f.querySelectorAll("[data-act]")) button.remove();
  return f;
}

/** Shows a picture in place of the sign for a document. @param {HTMLElement} file @param {string | undefined} url */
export function picture(file, url) {
  if (!url) return;
  const small = new Image();
  small.alt = "";
  small.src = url;
  part(file, "[data-thumb]").replaceChildren(small);
}

/** @param {HTMLElement} file @param {"view" | "retry" | "cancel" | "remove"} act @param {string} name @param {(button: HTMLElement) => void} work */
export function act(file, act, name, work) {
  const button = /** @type {HTMLElement} */ (part(copyOf("file"), `[data-act=${act}]`));
  part(button, "[data-of]").textContent = ` ${name}`;
  button.addEventListener("click", () => work(button));
  part(file, ".file__acts").append(button);
  return button;
}

