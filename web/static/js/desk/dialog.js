// @ts-check
// Dialogs of the desk: each asks for one thing, in front of a page that waits.
import { Problem } from "../api.js";
import { byId, clear, once, say } from "../form.js";
import { part } from "../template.js";
import { t } from "../words.js";

/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Control */

/** @param {string} id @returns {HTMLDialogElement} */
export const dialogOf = (id) => /** @type {HTMLDialogElement} */ (byId(id));

/** Whether a dialog is in front of the page. */
export const asking = () => document.querySelector("dialog[open]") !== null;

/** Opens a dialog; what had the focus has it again afterwards. @param {string} id */
export function open(id) {
  const dialog = dialogOf(id);
  if (!dialog.open) dialog.showModal();
  return dialog;
}

/**
 * Lets the form of a dialog send what it asks for, and closes the dialog once that succeeded. What must be there is asked for, and what
 * the API says against it stands at the control that it names, or else at the first.
 * @param {string} id of the dialog
 * @param {(values: Record<string, string>) => Promise<void>} send throws a Problem
 */
export function sends(id, send) {
  const dialog = dialogOf(id), form = /** @type {HTMLFormElement} */ (part(dialog, "form"));
  const controls = () => /** @type {Control[]} */ ([...form.querySelectorAll("[name]")]);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void once(part(form, "[type=submit]"), async () => {
      const empty = controls().filter((c) => c.required && !c.value.trim());
      for (const c of empty) say({ field: c.id, text: t("desk.js.empty") });
      if (empty.length) return empty[0].focus();
      try {
        await send(Object.fromEntries(controls().map((c) => [c.name, c.type === "password" ? c.value : c.value.trim()])));
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        return refuse(error, controls());
      }
      form.reset();
      dialog.close();
    });
  });
  form.addEventListener("input", (event) => clear(/** @type {Control} */ (event.target).id));
  dialog.addEventListener("close", () => controls().forEach((c) => clear(c.id)));
  form.dataset.ready = "";
  for (const button of dialog.querySelectorAll("[data-close]")) button.addEventListener("click", () => dialog.close());
}

/** @param {Problem} problem @param {Control[]} controls */
function refuse(problem, controls) {
  const named = problem.errors.map((e) => ({ text: e.text, control: controls.find((c) => `/${c.name}` === e.pointer) ?? controls[0] }));
  if (named.length === 0) named.push({ text: problem.message, control: controls[0] });
  for (const { text, control } of named) say({ field: control.id, text });
  named[0].control.focus();
}
