// @ts-check
// The control of a field: a line to type in, a list to choose from, a box to tick. To the case each value is a text, and a tick is "yes".
import { copyOf, part } from "../template.js";
import { named, t } from "../words.js";
import { identifiers, understood } from "./identifier.js";

/** @typedef {HTMLInputElement | HTMLSelectElement} Control */
/** @typedef {{field: string, absent: boolean, is: string | null}} When */
/** @typedef {{name: string, label: string, help: string, level: string, when: When | null, kind: string, choices: {value: string, label: string}[],
 *  holders: string, classes: string[]}} Spec */

/** @param {Control} c */
export const valueOf = (c) => (c instanceof HTMLInputElement && c.type === "checkbox" ? (c.checked ? "yes" : "") : c.value);

/** @param {Control} c @param {string} value */
export function give(c, value) {
  if (c instanceof HTMLInputElement && c.type === "checkbox") c.checked = value === "yes";
  else c.value = value;
}

/** What can be read, and not changed: only a line stays in the order of the keys. @param {Control} c @param {boolean} closed */
export function close(c, closed) {
  if (c instanceof HTMLInputElement && c.type !== "checkbox") c.readOnly = closed;
  else c.disabled = closed;
}

/** Whether a condition holds. @param {When} when @param {Record<string, string>} fields */
export const holds = (when, fields) => (when.is ? fields[when.field] === when.is : !fields[when.field] === when.absent);

const types = new Map(Object.entries({ email: "email", mobile: "tel" })), modes = new Map(Object.entries({ pin: "numeric", din: "numeric", mobile: "tel", email: "email" }));

/**
 * Draws a field: its label, what it is for, and its control.
 * @param {Spec} spec @param {string[]} states to choose from
 * @returns {{element: HTMLElement, control: Control, title: string}}
 */
export function drawn(spec, states) {
  const chosen = ["choice", "state"].includes(spec.kind), element = copyOf(spec.kind === "flag" ? "field-flag" : chosen ? "field-choice" : "field");
  const id = `field-${spec.name}`, hint = part(element, "[data-hint]"), title = named(`field.${spec.name}`, spec.label);
  const control = /** @type {Control} */ (part(element, "input, select")), warning = part(element, "[data-warning]");
  Object.assign(control, { id, name: spec.name });
  part(element, "label").setAttribute("for", id);
  part(element, "[data-label]").textContent = title;
  hint.textContent = named(`fieldHelp.${spec.name}`, spec.help);
  [hint.id, warning.id, part(element, ".error").id] = [`${id}-hint`, `${id}-warning`, `${id}-error`];
  control.setAttribute("aria-describedby", hint.id);
  if (control instanceof HTMLSelectElement) {
    control.append(new Option(t("kyc.js.choose"), ""));
    const choices = spec.kind === "state" ? states.map((value) => ({ value, label: value })) : spec.choices;
    for (const c of choices) control.append(new Option(named(`choice.${c.value}`, c.label), c.value));
  } else if (spec.kind !== "flag") line(control, spec.kind);
  return { element, control, title };
}

/** @param {HTMLInputElement} control @param {string} kind */
function line(control, kind) {
  if (identifiers.has(kind)) understood(control);
  else control.autocapitalize = kind === "email" ? "none" : "words";
  control.type = types.get(kind) ?? "text";
  control.inputMode = modes.get(kind) ?? "";
  control.classList.toggle("is-identifier", identifiers.has(kind));
}
