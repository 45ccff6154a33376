// @ts-check
// Copies of the templates that a page brings, and their parts.
import { byId } from "./form.js";

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

/** @param {string} text */
export function note(text) {
  const n = copyOf("note");
  part(n, "[data-text]").textContent = text;
  return n;
}
