// @ts-check
// What a reviewer asked about a part: it is answered by something new there, or by a sentence here.
import { Problem } from "./api.js";
import { copyOf, flagText, part } from "./case.js";
import { clear, once, say } from "./form.js";
import { t } from "./words.js";

/** @typedef {import("./case.js").Flag} Flag */
/** @typedef {(pointer: string, text: string) => Promise<void>} Answer  throws a Problem */

export class FlagBox {
  element = copyOf("flag");
  #text = /** @type {HTMLTextAreaElement} */ (part(this.element, "textarea"));
  #sent = "";
  #send;

  /** @param {string} id of the control that the flag is about @param {string} name of that part @param {(answer: string) => Promise<void>} send throws a Problem */
  constructor(id, name, send) {
    this.#send = send;
    const own = (this.#text.id = `${id}-answer`), button = part(this.element, "button");
    part(this.element, "label").setAttribute("for", own);
    part(this.element, ".error").id = `${own}-error`;
    part(button, "[data-of]").textContent = `: ${name}`;
    button.addEventListener("click", () => once(button, async () => {
      if (!this.#text.value.trim()) say({ field: own, text: t("kyc.js.answer.empty") });
      await this.save();
    }));
    this.#text.addEventListener("change", () => void this.save());
    this.#text.addEventListener("input", () => clear(own));
    document.addEventListener("visibilitychange", () => document.hidden && void this.save());
  }

  /** @param {Flag} flag */
  update(flag) {
    part(this.element, "[data-text]").textContent = flagText(flag);
    part(this.element, "[data-state]").textContent = t(flag.answered ? "kyc.js.answered" : "kyc.js.asked");
    this.element.classList.toggle("is-answered", flag.answered);
    if (this.#text.value.trim() === this.#sent) this.#text.value = this.#sent = flag.answer ?? "";
  }

  /** Saves the sentence, unless that is saved already. */
  async save() {
    const text = this.#text.value.trim();
    if (text === this.#sent) return;
    try {
      await this.#send(text);
      this.#sent = text;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      say({ field: this.#text.id, text: error.errors[0]?.text ?? error.message });
    }
  }
}
