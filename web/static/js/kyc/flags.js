// @ts-check
// What a reviewer asked about a part: it is answered by something new there, or by a sentence here.
import { Problem } from "../api.js";
import { sure } from "../ask.js";
import { clear, once, say } from "../form.js";
import { copyOf, part } from "../template.js";
import { t } from "../words.js";
import { flagText } from "./case.js";

/** @typedef {import("./case.js").Flag} Flag */
/** @typedef {(pointer: string, text: string, sure?: boolean) => Promise<void>} Answer  sure: it holds no Aadhaar number; throws a Problem */

export class FlagBox {
  element = copyOf("flag");
  #text = /** @type {HTMLTextAreaElement} */ (part(this.element, "textarea"));
  #sent = "";
  #send;
  #name;

  /** @param {string} id of the control that the flag is about @param {string} name of that part @param {(answer: string, sure: boolean) => Promise<void>} send throws a Problem */
  constructor(id, name, send) {
    this.#send = send;
    this.#name = name;
    const own = (this.#text.id = `${id}-answer`), button = part(this.element, "button");
    part(this.element, "label").setAttribute("for", own);
    part(this.element, ".error").id = `${own}-error`;
    part(button, "[data-of]").textContent = `: ${name}`;
    button.addEventListener("click", () => once(button, async () => {
      if (!this.#text.value.trim()) say({ field: own, text: t("kyc.js.answer.empty") });
      await this.save();
    }));
    this.#text.addEventListener("change", () => void this.save());
    this.#text.addEventListener("input", () => (clear(own), this.element.querySelector(".sure")?.remove()));
    document.addEventListener("visibilitychange", () => document.hidden && void this.save());
  }

  /** @param {Flag} flag */
  update(flag) {
    part(this.element, "[data-text]").textContent = flagText(flag);
    part(this.element, "[data-state]").textContent = t(flag.answered ? "kyc.js.answered" : "kyc.js.asked");
    this.element.classList.toggle("is-answered", flag.answered);
    if (this.#text.value.trim() === this.#sent) this.#text.value = this.#sent = flag.answer ?? "";
  }

  /** Saves the sentence, unless that is saved already. @param {boolean} [known] it holds no Aadhaar number */
  async save(known = false) {
    const text = this.#text.value.trim();
    if (text === this.#sent) return;
    try {
      await this.#send(text, known);
      this.#sent = text;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      say({ field: this.#text.id, text: error.errors[0]?.text ?? error.message });
      if (error.errors[0]?.code === "aadhaar_number_suspected") sure(this.element, this.#name, () => (clear(this.#text.id), this.save(true)));
    }
  }
}
