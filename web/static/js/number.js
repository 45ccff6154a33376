// @ts-check
// Numbers as people type and paste them, as the API reads them too, and phone numbers as they are shown.
import { trim } from "./typed.js";

/** Without white space, dashes and invisible marks, wherever they stand. @param {string} s */
export const compact = (s) => s.replace(/[\s\p{Pd}\u2212\u2043\p{DI}\p{Cf}\u2800]+/gu, "");

/** Decimal digits of every script as 0 to 9. Unicode keeps each set of ten together and in order. @param {string} s */
export const digits = (s) => s.replace(/\p{Nd}/gu, (digit) => {
  const at = digit.codePointAt(0) ?? 0;
  let before = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(at - before - 1))) before++;
  return String(before % 10);
});

/**
 * A number as it is understood, for people: +91 98654 57662, +91 80 4123 4567. STD codes of two digits are those of the eight largest
 * cities; of the others most have three.
 * @param {string} e164 @param {string} [kind] what its holder called it
 */
export function phoneText(e164, kind = /^\+91[6-9]/.test(e164) ? "mobile" : "landline") {
  let groups = /^\+91(\d{5})(\d{5})$/;
  if (kind === "landline") groups = /^\+91(11|2[02]|33|4[04]|79|80)/.test(e164) ? /^\+91(\d\d)(\d{4})(\d{4})$/ : /^\+91(\d{3})(\d{3})(\d{4})$/;
  const parts = groups.exec(e164);
  return parts ? `+91 ${parts.slice(1).join(" ")}` : e164;
}

/** What stands behind the +91 that the page shows already; as it was typed where it is no Indian number. @param {string} s @param {string} kind */
export function national(s, kind) {
  const number = compact(digits(s)).replace(/^tel:/i, "").replace(/\(0\)|[().]/g, "").replace(/^(?:\+|00)?91(?=\d{10}$)|^0(?=\d{10}$)/, "");
  return (kind === "mobile" ? /^[6-9]\d{9}$/ : /^[1-8]\d{9}$/).test(number) ? phoneText(`+91${number}`, kind).slice(4) : trim(s);
}
