// @ts-check
// Saves values one after the other, in the order in which they were given, and goes on trying while the network or the service is away.
import { Problem } from "../api.js";

/** Pauses between attempts, in seconds; the last one stays. */
const pauses = [1, 2, 5, 15, 30];

/** @typedef {"saving" | "saved" | "later"} State */

export class Autosave {
  /** @type {Map<string, string>} */
  #waiting = new Map();
  /** @type {Promise<void> | null} */
  #working = null;
  #failed = 0; // times in a row
  #timer = 0;
  #send;
  #refused;
  #told;

  /**
   * @param {(name: string, value: string) => Promise<void>} send throws a Problem
   * @param {(name: string, problem: Problem) => Promise<void>} refused what cannot be saved as it is
   * @param {(state: State) => void} told
   */
  constructor(send, refused, told) {
    this.#send = send;
    this.#refused = refused;
    this.#told = told;
    addEventListener("online", () => void this.flush());
  }

  /** @param {string} name @param {string} value */
  put(name, value) {
    this.#waiting.delete(name);
    this.#waiting.set(name, value);
    void this.flush();
  }

  /** @param {string} name */
  drop(name) {
    this.#waiting.delete(name);
  }

  /** Whether something waits that has not even been sent. */
  get stuck() {
    return this.#waiting.size > 1 || this.#failed > 0;
  }

  /** Tries now; resolves when all is saved or refused, or has to wait. @returns {Promise<void>} */
  flush() {
    if (this.#waiting.size === 0) return Promise.resolve();
    clearTimeout(this.#timer);
    this.#working ??= this.#work().finally(() => (this.#working = null));
    return this.#working;
  }

  async #work() {
    while (this.#waiting.size > 0) {
      const [name, value] = /** @type {[string, string]} */ (this.#waiting.entries().next().value);
      this.#told("saving");
      try {
        await this.#send(name, value);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        if (error.status === 0 || error.status === 429 || error.status >= 500) return this.#later(error.retryAfter);
        await this.#refused(name, error);
      }
      if (this.#waiting.get(name) === value) this.#waiting.delete(name);
    }
    this.#failed = 0;
    this.#told("saved");
  }

  /** @param {number} seconds at least */
  #later(seconds) {
    const pause = pauses[Math.min(this.#failed++, pauses.length - 1)];
    this.#timer = setTimeout(() => void this.flush(), 1000 * Math.max(seconds, pause));
    this.#told("later");
  }
}
