// @ts-check
// The fields of a case: each is saved by itself as soon as it is left, and what is wrong with one is said there.
import { Problem, call } from "../api.js";
import { sure } from "../ask.js";
import { clear, say } from "../form.js";
import { copyOf, part } from "../template.js";
import { named, t } from "../words.js";
import { Autosave } from "./autosave.js";
import { close, drawn, give, holds, valueOf } from "./control.js";
import { FlagBox } from "./flags.js";
import { identifiers } from "./identifier.js";

/** @typedef {import("./case.js").Case} Case */
/** @typedef {import("./control.js").Spec} Spec */
/** @typedef {{name: string, spec: Spec, title: string, element: HTMLElement, control: import("./control.js").Control, saved: string, sent: string, flying: string,
 *  sure: string | null, wrong: string, disagrees: string, flag: FlagBox | null}} Field
 *  saved: as the API has it; sent: as it was last given to be saved; flying: as it is being saved now; sure: as somebody said that it holds no Aadhaar number;
 *  wrong: what is said of it; disagrees: what is wrong with it as it is saved */

/** Whether two spellings are one value: in an identifier hyphens are only for reading. @param {Field} f @param {string} a @param {string} b */
function same(f, a, b) {
  const bare = (/** @type {string} */ text) => (identifiers.has(f.spec.kind) ? text.replaceAll("-", "") : text.normalize("NFC")).trim();
  return bare(a) === bare(b);
}

export class Fields {
  /** @type {Map<string, Field>} */
  #all = new Map();
  #where;
  #page;
  #autosave;

  /**
   * @param {HTMLElement} place
   * @param {{etag: () => string, take: (c: Case) => void, reload: () => Promise<void>, answer: import("./flags.js").Answer,
   *  told: (state: import("./autosave.js").State) => void}} page
   */
  constructor(place, page) {
    this.#where = place;
    this.#page = page;
    this.#autosave = new Autosave((name, value) => this.#send(name, value), (name, problem) => this.#refused(name, problem), (state) => page.told(state));
  }

  /** Draws the fields of an entity type anew. @param {Spec[]} specs @param {Case} c @param {string[]} states to choose from */
  draw(specs, c, states) {
    for (const name of this.#all.keys()) this.#autosave.drop(name);
    this.#all = new Map(specs.map((spec) => [spec.name, this.#field(spec, c, states)]));
    this.#where.replaceChildren(...[...this.#all.values()].map((f) => f.element));
  }

  /** Brings what is shown in step with the case, but for what somebody is about to change. @param {Case} c */
  update(c) {
    for (const f of this.#all.values()) {
      const now = c.fields[f.name] ?? "", typed = valueOf(f.control), elsewhere = ![f.saved, f.sent, f.flying].some((own) => same(f, now, own));
      const pointer = `/fields/${f.name}`, p = c.parts.find((x) => x.pointer === pointer), closed = p?.open === false;
      const missing = c.missing.filter((x) => x.pointer === pointer), m = missing.find((x) => !["field_missing", "flag_unanswered"].includes(x.code));
      f.disagrees = m ? named(`error.${m.code}`, m.detail) : "";
      if (closed || same(f, typed, f.saved) || same(f, typed, now)) {
        if (closed || document.activeElement !== f.control) give(f.control, now);
        f.sent = now;
        this.#settle(f);
      } else if (elsewhere) this.#conflict(f, now);
      if (missing.length === 0 && f.wrong === "") clear(f.control.id); // what a submission said of it
      f.saved = now;
      close(f.control, closed);
      this.#flag(f, p?.flag ?? null);
      this.#place(f, c);
    }
  }

  /** Saves what was typed and not left yet; resolves when all is saved or refused, or has to wait. */
  async flush() {
    for (const f of this.#all.values()) this.#commit(f);
    await this.#autosave.flush();
  }

  /** Whether something that was typed would be lost with the page. What is under way arrives without it. */
  get atRisk() {
    return this.#autosave.stuck || [...this.#all.values()].some((f) => f.wrong && !same(f, valueOf(f.control), f.saved));
  }

  /** What is wrong or not saved yet. */
  mistakes() {
    return [...this.#all.values()].filter((f) => f.wrong || !same(f, valueOf(f.control), f.saved))
      .map((f) => ({ field: f.control.id, name: f.title, text: f.wrong || t("kyc.js.unsaved"), wrong: f.wrong !== "" }));
  }

  /** @param {string} name */
  get(name) {
    return this.#all.get(name);
  }

  /** Gives a field that has nothing yet a value from elsewhere. @param {string} name @param {string} value */
  offer(name, value) {
    const f = this.#all.get(name);
    if (!f || valueOf(f.control)) return;
    give(f.control, value);
    this.#commit(f);
  }

  /** @param {Spec} spec @param {Case} c @param {string[]} states @returns {Field} */
  #field(spec, c, states) {
    const { element, control, title } = drawn(spec, states), saved = c.fields[spec.name] ?? "";
    give(control, saved);
    /** @type {Field} */
    const f = { name: spec.name, spec, title, element, control, saved, sent: saved, flying: saved, sure: null, wrong: "", disagrees: "", flag: null };
    control.addEventListener("keydown", (/** @type {any} */ event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault(); // it saves the field, and does not hand in the case
      this.#commit(f);
    });
    control.addEventListener("blur", () => this.#commit(f));
    control.addEventListener("change", () => this.#commit(f));
    control.addEventListener("input", () => f.wrong && same(f, valueOf(control), f.saved) && this.#settle(f));
    return f;
  }

  /** @param {Field} f */
  #commit(f) {
    const value = valueOf(f.control).trim();
    if (same(f, value, f.sent) || f.element.querySelector(".conflict")) return;
    f.sent = value;
    this.#autosave.put(f.name, value);
  }

  /** @param {string} name @param {string} value */
  async #send(name, value) {
    const f = this.#all.get(name), isNewest = () => f?.sent === value;
    if (f) f.flying = value;
    for (let etag = this.#page.etag(); ; etag = this.#page.etag()) {
      try {
        const c = /** @type {Case} */ (await call("PATCH", "/v1/kyc", { fields: { [name]: value }, ...(f?.sure === value && { confirmed: [`/fields/${name}`] }) }, { "If-Match": etag }));
        if (f) f.saved = c.fields[name] ?? "";
        if (f && valueOf(f.control).trim() === value) give(f.control, f.saved);
        return this.#page.take(c);
      } catch (error) {
        if (!(error instanceof Problem) || error.status !== 412) throw error;
        await this.#page.reload(); // another part of the case was changed meanwhile, or this one
        if (!isNewest() || this.#all.get(name) !== f || f?.element.querySelector(".conflict")) return; // it is not asked for any more, or being asked about
        if (this.#page.etag() === etag) throw new Problem(0, error.body, 0); // it could not be read: later
      }
    }
  }

  /** @param {string} name @param {Problem} problem */
  async #refused(name, problem) {
    const f = this.#all.get(name), text = problem.errors.find((e) => e.pointer === `/fields/${name}`)?.text ?? problem.message;
    if (!f || !same(f, valueOf(f.control), f.sent)) return; // it is being changed already
    if (problem.status !== 409) {
      this.#say(f, text);
      if (problem.errors.some((e) => e.code === "aadhaar_number_suspected")) this.#suspect(f);
      return;
    }
    await this.#page.reload(); // it was closed: what is saved stands there again
    say({ field: f.control.id, text });
  }

  /** What is shown is what is saved: nothing is wrong with it but what the case says. @param {Field} f */
  #settle(f) {
    this.#say(f, f.disagrees);
    f.element.querySelector(".conflict")?.remove();
  }

  /** It may be an Aadhaar number, and may be another one: only its owner knows. @param {Field} f */
  #suspect(f) {
    sure(f.element, f.title, () => {
      f.sure = f.sent;
      f.sent = f.saved; // so that it is sent once more
      this.#commit(f);
      f.control.focus();
    });
  }

  /** Shows what is asked for now, whether it has to be given, and what is unusual about it. @param {Field} f @param {Case} c */
  #place(f, c) {
    const { level, when } = f.spec, asked = level !== "conditional" || !when || holds(when, c.fields);
    f.element.hidden = !asked && !when?.absent && !valueOf(f.control); // what stands in for another field is always there
    const optional = part(f.element, ".opt"), warning = part(f.element, "[data-warning]"), w = c.warnings.find((x) => x.pointers[0] === `/fields/${f.name}`);
    optional.hidden = level === "required" || (level === "conditional" && asked) || f.spec.kind === "flag";
    warning.textContent = w ? named(`warning.${w.code}`, w.detail) : "";
    warning.hidden = !w;
  }

  /** @param {Field} f @param {string} text what is wrong, or "" */
  #say(f, text) {
    f.element.querySelector(".sure")?.remove();
    if (text === f.wrong) return;
    f.wrong = text;
    if (text) say({ field: f.control.id, text });
    else clear(f.control.id);
  }

  /** Somebody saved another value elsewhere: both are shown, and one is chosen. @param {Field} f @param {string} theirs */
  #conflict(f, theirs) {
    this.#autosave.drop(f.name);
    f.element.querySelector(".conflict")?.remove();
    const box = copyOf("conflict");
    part(box, "[data-question]").textContent = t("kyc.js.conflict", { value: theirs || t("kyc.js.nothing") });
    f.element.append(box);
    part(box, "[data-mine]").addEventListener("click", () => {
      box.remove();
      f.sent = theirs; // so that mine is sent once more
      this.#commit(f);
      f.control.focus();
    });
    part(box, "[data-theirs]").addEventListener("click", () => {
      give(f.control, (f.sent = f.saved));
      this.#settle(f);
      f.control.focus();
    });
  }

  /** @param {Field} f @param {import("./case.js").Flag | null} flag */
  #flag(f, flag) {
    if (!flag) f.flag?.element.remove();
    else {
      f.flag ??= new FlagBox(f.control.id, f.title, (text, known) => this.#page.answer(`/fields/${f.name}`, text, known));
      if (!f.flag.element.isConnected) f.element.append(f.flag.element);
      f.flag.update(flag);
    }
  }
}
