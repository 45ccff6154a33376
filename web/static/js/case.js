// @ts-check
// How a KYC case is shown, to look at and to edit.
import { byId } from "./form.js";
import { has, named, t } from "./words.js";

/** @typedef {{id: string, requirement: string, documentType: string | null, fileName: string, contentType: string, size: number, state: string,
 *  reason: {code: string, detail: string} | null, uploadedAt: string | null}} Doc */
/** @typedef {{id: string, title: string, help: string, level: string, minOf: number, maxBytes: number, options: {id: string, title: string}[], state: string,
 *  needed: boolean, note: {code: string, detail: string} | null, documents: Doc[]}} Requirement */
/** @typedef {{status: string, entityType: string | null, version: number, fields: Record<string, string>, requirements: Requirement[], canSubmit: boolean,
 *  missing: {pointer: string, code: string, detail: string}[]}} Case */

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
  missing: "warn", incomplete: "warn", checking: "info", uploaded: "info", requested: "plain", optional: "plain", uploading: "info",
  ready: "ok", clean: "ok", accepted: "ok", refused: "bad", rejected: "bad",
  not_started: "plain", draft: "warn", submitted: "info", under_review: "info", approved: "ok", needs_info: "warn", expired: "bad",
};

/** @param {string} status of a case */
export const statusChip = (status) => chip(tones[status] ?? "plain", t(`kycStatus.${status}`));

/** @param {Requirement} r */
export function requirementChip(r) {
  const state = r.state === "missing" && !r.needed ? "optional" : r.state;
  return chip(tones[state] ?? "plain", t(`state.${state}`));
}

const KiB = 1024, MiB = 1024 * KiB;

/** As files are shown on people's devices. @param {number} bytes */
export function sizeOf(bytes) {
  const mega = bytes >= MiB;
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: mega ? "megabyte" : "kilobyte", maximumFractionDigits: mega ? 1 : 0 })
    .format(bytes / (mega ? MiB : KiB));
}

/** @param {{code: string, detail: string}} reason */
export const reasonOf = (reason) => (has(`error.${reason.code}`) ? t(`error.${reason.code}`) : reason.detail);

/** @param {string} text */
export function note(text) {
  const n = copyOf("note");
  part(n, "[data-text]").textContent = text;
  return n;
}

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

/** The row of a requirement, without its files. @param {Requirement} r */
export function row(r) {
  const li = copyOf("row");
  li.dataset.requirement = r.id;
  part(li, "h2").id = `requirement-${r.id}`;
  part(li, "h2").tabIndex = -1;
  part(li, "[data-title]").textContent = named(`requirement.${r.id}`, r.title);
  part(li, "[data-help]").textContent = named(`requirementHelp.${r.id}`, r.help);
  const options = r.options.map((o) => named(`document.${o.id}`, o.title)), listed = part(li, "[data-options]");
  listed.hidden = options.length < 2;
  listed.textContent = t("kyc.js.options", { list: new Intl.ListFormat(document.documentElement.lang, { type: "disjunction" }).format(options) });
  part(li, "[data-chip]").append(requirementChip(r));
  if (r.note) part(li, "[data-note]").append(note(reasonOf(r.note)));
  return li;
}
