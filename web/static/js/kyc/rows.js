// @ts-check
// What is asked for, a row each: drawn once and then kept in step with the case, so that nothing that somebody does in one is lost.
import { call } from "../api.js";
import { ask } from "../ask.js";
import { once } from "../form.js";
import { copyOf, note, part } from "../template.js";
import { act, fileOf, picture } from "../upload/file.js";
import { arrived, road, seen, underWay } from "../upload/sent.js";
import { named, t } from "../words.js";
import { Adder } from "./adder.js";
import { flagText, isAsked, isKept, reasonOf, requirementChip, standing, titleOf } from "./case.js";
import { FlagBox } from "./flags.js";
import { foldable } from "./fold.js";
import { papersOf } from "./papers.js";
import { forget, hasSamples, samples } from "./sample.js";
import { open } from "./view.js";

/** @typedef {import("./case.js").Requirement} Requirement */
/** @typedef {import("./case.js").Doc} Doc */
/** @typedef {import("./case.js").Part} Part */
/** @typedef {import("./case.js").Warning} Warning */
/** @typedef {{changed: () => Promise<void>, answer?: import("./flags.js").Answer, told: (text: string) => void}} Page
 *  changed: after a file has arrived, could not be sent, or was taken away; answer: where flags can be answered by a sentence */

/** A file that storage has is being checked, whatever the API has heard so far. @param {Doc} d @returns {Doc} */
const asSeen = (d) => (d.state === "requested" && arrived.has(d.id) ? { ...d, state: "uploaded" } : d);

export class Row {
  element = copyOf("row");
  toggle = part(this.element, ".part__toggle");
  /** What is drawn of each document. @type {Map<string, {text: string, card: HTMLElement}>} */
  #drawn = new Map();
  #noted = "";
  #kinds = ""; // of documents that would do
  /** @type {FlagBox | null} */
  #flag = null;
  #begun = false; // what is there when the page begins is not news
  #page;

  /** @param {Requirement} r @param {Page} page */
  constructor(r, page) {
    this.r = r;
    this.asked = false;
    this.#page = page;
    this.element.dataset.requirement = r.id;
    const id = (this.toggle.id = `requirement-${r.id}`), chip = part(this.element, "[data-chip]"), wrong = part(this.element, "[data-wrong]");
    part(this.element, ".part__body").id = `${id}-body`;
    chip.id = `${id}-chip`;
    wrong.id = `${id}-wrong`;
    this.toggle.setAttribute("aria-controls", `${id}-body`);
    this.toggle.setAttribute("aria-describedby", `${chip.id} ${wrong.id}`);
    this.adder = new Adder(r, this.element, part(this.element, "[data-sent]"), page.changed);
    samples(part(this.element, "[data-looks]"), () => this.r);
    foldable(this.element);
  }

  /** Whether something is going on here that folding would hide. */
  get busy() {
    return this.adder.busy > 0 || this.adder.complains;
  }

  /** @param {Requirement} r @param {Part | undefined} p @param {Warning} [warning] */
  update(r, p, warning) {
    this.asked = isAsked(p);
    const within = this.element.contains(document.activeElement), closed = p?.open === false;
    this.r = { ...r, documents: r.documents.map(asSeen) };
    part(this.element, "[data-chip]").replaceChildren(requirementChip(r, p));
    part(this.element, "[data-title]").textContent = titleOf(r);
    part(this.element, "[data-help]").textContent = named(`requirementHelp.${r.id}`, r.help);
    const unusual = part(this.element, "[data-warning]");
    unusual.textContent = warning ? named(`warning.${warning.code}`, warning.detail) : "";
    unusual.hidden = !warning;
    this.#options(closed);
    this.#help(closed);
    this.#asked(p);
    this.#notes(p);
    this.#files(closed);
    const place = part(this.element, "[data-add]");
    if (closed) this.adder.element.remove();
    else if (!this.adder.element.isConnected) place.append(this.adder.element);
    part(this.element, "[data-closed]").hidden = p?.open !== false;
    this.adder.update(this.r);
    this.#begun = true;
    if (within && document.activeElement === document.body) this.toggle.focus(); // what had it is gone
  }

  /** Marks the row, or takes the mark back. @param {string} text what is wrong, or "" */
  mark(text) {
    const wrong = part(this.element, "[data-wrong]");
    wrong.hidden = !text;
    part(wrong, "[data-text]").textContent = text;
    this.element.classList.toggle("is-wrong", text !== "");
  }

  end() {
    this.adder.end();
    this.element.remove();
  }

  /** @param {boolean} closed */
  #options(closed) {
    const options = this.r.options.map((o) => named(`document.${o.id}`, o.title)), listed = part(this.element, "[data-options]");
    listed.hidden = closed || options.length < 2;
    listed.textContent = t("kyc.js.options", { list: new Intl.ListFormat(document.documentElement.lang, { type: "disjunction" }).format(options) });
  }

  /** Letters to fill in, and what a good one looks like: another entity type may take other documents. @param {boolean} closed */
  #help(closed) {
    const papers = part(this.element, "[data-papers]"), looks = part(this.element, "[data-looks]"), kinds = this.r.options.map((o) => o.id).join();
    if (kinds !== this.#kinds) {
      this.#kinds = kinds;
      papers.replaceChildren(...papersOf(this.r));
      forget(looks);
    }
    papers.hidden = closed || !papers.childElementCount;
    looks.hidden = closed || !hasSamples(this.r);
  }

  /** @param {Part | undefined} p */
  #asked(p) {
    const { answer } = this.#page;
    if (!p?.flag || !answer) return this.#flag?.element.remove();
    this.#flag ??= new FlagBox(this.toggle.id, titleOf(this.r), (text, known) => answer(`/requirements/${this.r.id}`, text, known));
    if (!this.#flag.element.isConnected) part(this.element, "[data-note]").before(this.#flag.element);
    this.#flag.update(p.flag);
  }

  /** @param {Part | undefined} p */
  #notes(p) {
    const asked = p?.flag && !this.#page.answer ? [flagText(p.flag)] : [];
    const texts = standing(this.r).flatMap((d) => (d.reason && !(p?.flag && d.state === "rejected") ? [`${d.fileName}: ${reasonOf(d.reason)}`] : [])); // a flag says more
    texts.unshift(...asked);
    if (this.#noted === texts.join("\n")) return;
    this.#noted = texts.join("\n");
    part(this.element, "[data-note]").replaceChildren(...texts.map(note));
  }

  /** @param {boolean} closed */
  #files(closed) {
    const shown = standing(this.r).filter((d) => !underWay.has(d.id)), list = part(this.element, "[data-files]");
    for (const [id, { card }] of this.#drawn) {
      if (shown.some((d) => d.id === id)) continue;
      card.remove();
      this.#drawn.delete(id);
    }
    for (const d of shown) {
      const text = JSON.stringify([d, closed]), before = this.#drawn.get(d.id);
      if (before?.text === text) continue;
      const card = this.#card(d, closed);
      if (before) before.card.replaceWith(card);
      else list.append(card);
      this.#drawn.set(d.id, { text, card });
      if (this.#begun && ["refused", "infected"].includes(d.state) && d.reason) this.#page.told(`${titleOf(this.r)}: ${d.fileName}: ${reasonOf(d.reason)}`);
    }
  }

  /** @param {Doc} d @param {boolean} closed */
  #card(d, closed) {
    const card = fileOf(this.r, d), was = seen.get(d.id);
    picture(card, was?.url);
    if (was?.size) part(card, "[data-meta]").append(` · ${was.size}`);
    if (road.viewed && isKept(d)) act(card, "view", d.fileName, (button) => once(button, () => open(d.id, (text) => this.mark(text))));
    if (!closed && !["accepted", "rejected"].includes(d.state)) act(card, "remove", d.fileName, (button) => void this.#remove(card, d, button));
    return card;
  }

  /** @param {HTMLElement} card @param {Doc} d @param {HTMLElement} button */
  async #remove(card, d, button) {
    if (card.querySelector(".ask") || !(await ask(card, t("kyc.js.remove", { name: d.fileName }), t("kyc.js.remove.yes"), button))) return;
    this.toggle.focus();
    let failed = "";
    await call("DELETE", `${road.documents}/${d.id}`).catch((error) => (failed = error.status === 404 ? "" : error.message)); // 404: another tab was faster
    await this.#page.changed();
    this.mark(failed);
    if (!failed) this.#page.told(t("kyc.js.removed", { name: d.fileName }));
  }
}
