// @ts-check
import { compact, digits } from "./number.js";

/** What somebody typed as the second factor: six digits are a code, anything longer a recovery code. @param {string} typed */
export function proofOf(typed) {
  const code = compact(digits(typed));
  return /^\d{0,6}$/.test(code) ? { code } : { recoveryCode: compact(typed) };
}
