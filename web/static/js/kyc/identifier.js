// @ts-check
// Identifiers as they are understood: capitals, digits of any script as 0 to 9, no blanks, no marks that nobody sees.

/** The kinds of field that hold one. Anything else is text, and stays as it is typed. */
export const identifiers = new Set(["pan", "tan", "gstin", "cin", "llpin", "udyam", "ifsc", "pin", "din", "fcrn", "epic", "passport", "licence"]);

/** Unicode keeps each set of ten digits together and in order. @param {string} digit */
function valueOf(digit) {
  const at = /** @type {number} */ (digit.codePointAt(0));
  let first = at;
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first--;
  return String((at - first) % 10);
}

/** @param {string} text */
export function clean(text) {
  return text.normalize("NFKC").replace(/[\s\p{Default_Ignorable_Code_Point}\p{Cf}\u2800]/gu, "").replace(/[\p{Pd}\u2212\u2043]/gu, "-")
    .replace(/\p{Nd}/gu, valueOf).toUpperCase();
}

/** Writes what is typed or pasted into a control as it is understood. The caret stays, and a word that a keyboard is still composing is left alone. @param {HTMLInputElement} control */
export function understood(control) {
  const write = () => {
    const { value, selectionStart } = control, now = clean(value);
    if (now === value) return;
    const caret = clean(value.slice(0, selectionStart ?? value.length)).length;
    control.value = now;
    if (document.activeElement === control) control.setSelectionRange(caret, caret);
  };
  control.addEventListener("input", (event) => /** @type {InputEvent} */ (event).isComposing || write());
  control.addEventListener("compositionend", write);
  control.addEventListener("blur", write);
}
