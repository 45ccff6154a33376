// @ts-check
// The number first: a PAN, a CIN or an LLPIN says what kind of business it is of.
import { byId, input } from "../form.js";
import { t } from "../words.js";
import { clean, understood } from "./identifier.js";

/** @typedef {import("./entity.js").EntityType} EntityType */

/** The name of the field that a number fills, and whether that field of an entity type takes it. @param {string} typed */
function numberOf(typed) {
  const number = clean(typed).replaceAll("-", "");
  const kinds = [
    { field: "pan", shape: /^[A-Z]{5}\d{4}[A-Z]$/, fits: (/** @type {any} */ f) => f.holders.includes(number[3]) },
    { field: "cin", shape: /^[LU]\d{5}[A-Z]{2}\d{4}[A-Z]{3}\d{6}$/, fits: (/** @type {any} */ f) => f.classes.includes(number.slice(12, 15)) },
    { field: "llpin", shape: /^[A-Z]{3}\d{4}$/, fits: () => true },
  ];
  const kind = kinds.find((k) => k.shape.test(number));
  return kind && { ...kind, number };
}

/**
 * Proposes entity types from what is typed; the list stays for everything else.
 * @param {EntityType[]} types that the account may choose @param {(e: EntityType) => string} nameOf
 * @param {(code: string, field: string, number: string) => void} chosen
 */
export function proposes(types, nameOf, chosen) {
  const control = input("number"), place = byId("proposed");
  understood(control);
  control.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault()); // it hands nothing in
  control.addEventListener("input", () => {
    const found = numberOf(control.value);
    const fit = found ? types.filter((e) => e.fields.some((f) => f.name === found.field && found.fits(f))) : [];
    place.replaceChildren(...fit.map((e) => {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn--secondary btn--s", textContent: nameOf(e) });
      button.addEventListener("click", () => found && chosen(e.code, found.field, found.number));
      return button;
    }));
    if (found && fit.length === 0) place.textContent = t("kyc.js.propose.none");
  });
}
