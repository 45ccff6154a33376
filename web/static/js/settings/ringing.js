// @ts-check
// What became of a call: who waits for one in vain hears why, where the carrier of calls tells it.
import { Problem, call } from "../api.js";

/** Texts of how a call may end without being taken. */
const untaken = {
  busy: "phone.js.busy",
  failed: "phone.js.failed",
  no_answer: "phone.js.no-answer",
  rejected: "phone.js.rejected",
};

/** ms between two questions, and how long to ask: a call that has not begun after two minutes is not made any more. */
const pause = 4000, patience = 180_000;

/** @type {number} */
let asking = 0;

/** Asks no more. */
export const hangUp = () => clearTimeout(asking);

/**
 * Asks how the call of a challenge ends, and says it once if nobody took it.
 * @param {string} id of the challenge @param {(text: string) => void} ended gets the key of a text
 */
export function waitFor(id, ended) {
  hangUp();
  const end = Date.now() + patience;
  const ask = async () => {
    try {
      const { call: known } = document.hidden ? {} : await call("GET", `/v1/otp/${id}`);
      if (known?.outcome === "answered") return;
      if (known) return ended(untaken[/** @type {keyof untaken} */ (known.outcome)]);
    } catch (error) {
      if (!(error instanceof Problem) || error.status === 404) return; // it is used, or too old
    }
    if (Date.now() < end) asking = setTimeout(ask, pause);
  };
  asking = setTimeout(ask, pause);
}
