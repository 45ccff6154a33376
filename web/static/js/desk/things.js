// @ts-check
// The list of what is judged. One part of it is open: its checklist, its verdict and why; the keys speak to that one.
import { byId } from "../form.js";
import { chip, copyOf, part } from "../template.js";
import { named, t } from "../words.js";

/** @typedef {import("./parts.js").Part} Part */
/** @typedef {import("./verdicts.js").Verdicts} Verdicts */
/** @typedef {import("./verdicts.js").Answer} Answer */

/** @typedef {{mine: () => boolean, moved: (p: Part) => void, judged: () => void, say: (text: string) => void}} Hooks */

/** Copies a value by a press. @param {string} value @param {(text: string) => void} say */
export function copyButton(value, say) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "copy tnum", textContent: value });
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(value).then(() => say(t("desk.js.copied", { value })), () => getSelection()?.selectAllChildren(button));
  });
  return button;
}

export class Things {
  at = 0;
  /** @type {Map<Part, HTMLElement>} */
  #rows = new Map();

  /** @param {Part[]} parts @param {Verdicts} verdicts @param {Hooks} hooks */
  constructor(parts, verdicts, hooks) {
    this.parts = parts;
    this.verdicts = verdicts;
    this.hooks = hooks;
    const items = parts.map((p) => this.#row(p));
    const changed = parts.filter((p) => p.changed).length;
    if (changed) items.splice(0, 0, heading(t("desk.js.changed", { n: changed })));
    if (changed && changed < parts.length) items.splice(changed + 1, 0, heading(t("desk.js.unchanged")));
    byId("things").replaceChildren(...items);
    for (const p of parts) this.#update(p);
  }

  get current() { return this.parts[this.at]; }

  /** @param {number} i @param {boolean} [focus] */
  go(i, focus = true) {
    if (i < 0 || i >= this.parts.length) return;
    const before = this.current;
    this.at = i;
    this.#update(before);
    this.#update(this.current);
    const row = /** @type {HTMLElement} */ (this.#rows.get(this.current));
    if (focus) row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
    this.hooks.moved(this.current);
  }

  /** @param {number} by */
  step(by) { this.go(this.at + by); }

  /** Goes to the next of these parts, and after the last to the first. @param {Part[]} parts */
  goToNext(parts) {
    const at = parts.map((p) => this.parts.indexOf(p));
    this.go(at.find((i) => i > this.at) ?? at[0]);
  }

  /** Goes to the first part without a verdict, after the present one if there is one. @returns {boolean} whether there is one */
  goToMissing() {
    const missing = new Set(this.verdicts.missing()), order = [...this.parts.keys()].map((i) => (this.at + i) % this.parts.length);
    const next = order.find((i) => missing.has(this.parts[i]));
    if (next !== undefined) this.go(next);
    return next !== undefined;
  }

  /** Yes to the question that is marked: a check, and after the last one the verdict. */
  yes() {
    const p = this.current, open = this.verdicts.open(p);
    if (p.removed) return this.hooks.say(t("desk.js.removed"));
    if (open) return this.answer(p, open.id, "y");
    if (!this.verdicts.mayAccept(p)) return this.hooks.say(t("desk.js.contradicts"));
    this.verdicts.accept(p);
    this.#judged(p);
    this.goToMissing();
  }

  no() {
    if (this.current.removed) return this.hooks.say(t("desk.js.removed"));
    const open = this.verdicts.open(this.current);
    if (open) this.answer(this.current, open.id, "n");
    else this.refuse();
  }

  notApplicable() {
    const open = this.verdicts.open(this.current);
    if (open && !this.current.removed) this.answer(this.current, open.id, "na");
  }

  /** Says no to the part as a whole, with the reason that the checklist proposes; the person who decides may choose another. */
  refuse() {
    const p = this.current, v = this.verdicts.of(p);
    if (p.removed) return this.hooks.say(t("desk.js.removed"));
    this.verdicts.refuse(p, v.code || this.verdicts.proposed(p), v.detail);
    this.#judged(p);
    part(this.#element(p), "select").focus();
  }

  /** Asks for the last day on which the document is valid. */
  until() {
    const box = part(this.#element(this.current), "[data-until]");
    if (!box.hidden) part(box, "input").focus();
  }

  /** @param {Part} p @param {string} check @param {Answer} answer */
  answer(p, check, answer) {
    this.verdicts.answer(p, check, answer);
    this.#judged(p);
    const open = this.verdicts.open(p);
    this.#element(p).querySelector("[data-open]")?.scrollIntoView({ block: "nearest" });
    this.hooks.say(open ? open.text : t("desk.js.verdict"));
  }

  /** @param {Part} p */
  #judged(p) {
    this.#update(p);
    this.hooks.judged();
  }

  /** @param {Part} p */
  #element(p) { return /** @type {HTMLElement} */ (this.#rows.get(p)); }

  /** Draws all again: somebody else has the case now, or this reviewer. */
  redraw() { for (const p of this.parts) this.#update(p); }

  /** @param {Part} p */
  #row(p) {
    const row = copyOf("thing");
    this.#rows.set(p, row);
    row.id = p.id;
    part(row, "[data-title]").textContent = p.title;
    part(row, "[data-about]").textContent = p.about;
    part(row, "[data-value]").append(...(p.value ? [copyButton(p.value, this.hooks.say)] : []));
    part(row, "[data-earlier]").textContent = p.earlier ? t("desk.js.earlier", { value: p.earlier }) : "";
    part(row, "[data-asked]").textContent = p.asked ? t("desk.js.asked", { text: p.asked }) : "";
    part(row, "[data-answer]").textContent = p.answer ? t("desk.js.answer", { text: p.answer }) : "";
    part(row, "[data-checks]").append(...p.checks.map((c) => this.#check(p, c)));
    part(row, "[data-yes]").addEventListener("click", () => (this.#to(p), this.verdicts.open(p) ? this.hooks.say(t("desk.js.checks.first")) : this.yes()));
    part(row, "[data-no]").addEventListener("click", () => (this.#to(p), this.refuse()));
    for (const of of row.querySelectorAll("[data-of]")) of.textContent = ` ${p.title}`;
    row.addEventListener("click", () => this.#to(p));
    this.#reason(p, row);
    this.#until(p, row);
    return row;
  }

  /** @param {Part} p */
  #to(p) { if (p !== this.current) this.go(this.parts.indexOf(p), false); }

  /** @param {Part} p @param {{id: string, text: string}} c */
  #check(p, c) {
    const item = copyOf("check");
    item.dataset.check = c.id;
    part(item, "[data-text]").textContent = c.text;
    part(item, "[role=group]").setAttribute("aria-label", c.text);
    for (const button of item.querySelectorAll("button")) {
      button.addEventListener("click", () => (this.#to(p), this.answer(p, c.id, /** @type {Answer} */ (button.value))));
    }
    return item;
  }

  /** @param {Part} p @param {HTMLElement} row */
  #until(p, row) {
    const box = part(row, "[data-until]"), day = /** @type {HTMLInputElement} */ (part(box, "input"));
    box.hidden = !p.checks.some((c) => c.id === "valid");
    day.id = `${p.id}-until`;
    part(box, "label").setAttribute("for", day.id);
    day.addEventListener("input", () => {
      this.verdicts.lasts(p, day.value);
      this.#judged(p);
    });
    day.addEventListener("keydown", (event) => event.key === "Enter" && row.focus());
  }

  /** @param {Part} p @param {HTMLElement} row */
  #reason(p, row) {
    const select = /** @type {HTMLSelectElement} */ (part(row, "select")), words = /** @type {HTMLTextAreaElement} */ (part(row, "textarea"));
    for (const [control, label] of [[select, "reason"], [words, "words"]]) {
      /** @type {HTMLElement} */ (control).id = `${p.id}-${label}`;
      part(row, `[data-label=${label}]`).setAttribute("for", `${p.id}-${label}`);
    }
    for (const group of new Set(this.verdicts.reasons.map((r) => r.group))) {
      const box = Object.assign(document.createElement("optgroup"), { label: named(`desk.js.group.${group}`, group) });
      box.append(...this.verdicts.reasons.filter((r) => r.group === group).map((r) => new Option(r.code.replaceAll("_", " "), r.code)));
      select.append(box);
    }
    const take = () => {
      this.verdicts.refuse(p, select.value, words.value);
      this.#judged(p);
    };
    select.addEventListener("change", take);
    words.addEventListener("input", take);
    select.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !select.value) return;
      event.preventDefault();
      if (this.verdicts.isJudged(p)) this.goToMissing() || row.focus();
      else words.focus();
    });
  }

  /** @param {Part} p */
  #update(p) {
    const row = this.#element(p), v = this.verdicts.of(p), open = this.verdicts.open(p), isCurrent = p === this.current, mine = this.hooks.mine() && !p.removed;
    row.toggleAttribute("data-current", isCurrent);
    if (isCurrent) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
    part(row, "[data-chip]").replaceChildren(this.#chip(p));
    part(row, "[data-more]").hidden = !isCurrent;
    part(row, "[data-acts]").hidden = !mine;
    part(row, "[data-reason]").hidden = v.verdict !== "no" || !mine;
    for (const item of /** @type {NodeListOf<HTMLElement>} */ (row.querySelectorAll("[data-check]"))) {
      item.toggleAttribute("data-open", mine && item.dataset.check === open?.id);
      for (const button of item.querySelectorAll("button")) {
        button.disabled = !mine;
        button.setAttribute("aria-pressed", String(v.checklist[item.dataset.check ?? ""] === button.value));
      }
    }
    part(row, "[data-yes]").setAttribute("aria-pressed", String(v.verdict === "yes"));
    part(row, "[data-no]").setAttribute("aria-pressed", String(v.verdict === "no"));
    part(row, "[data-acts]").toggleAttribute("data-open", !open);
    this.#showReason(row, v);
    const day = /** @type {HTMLInputElement} */ (part(row, "[data-until] input"));
    day.disabled = !mine;
    if (day.value !== v.validUntil) day.value = v.validUntil;
  }

  /** @param {HTMLElement} row @param {import("./verdicts.js").Verdict} v */
  #showReason(row, v) {
    const select = /** @type {HTMLSelectElement} */ (part(row, "select")), words = /** @type {HTMLTextAreaElement} */ (part(row, "textarea"));
    if (select.value !== v.code) select.value = v.code;
    if (words.value.trim() !== v.detail.trim()) words.value = v.detail;
    const reason = this.verdicts.reasons.find((r) => r.code === v.code);
    const reads = reason?.detail ? t("desk.js.reads", { text: named(`error.${reason.code}`, reason.detail) }) : "";
    part(row, "[data-reads]").textContent = [reads, reason?.purge ? t("desk.js.purges") : ""].join(" ");
  }

  /** @param {Part} p */
  #chip(p) {
    const v = this.verdicts.of(p);
    if (v.verdict === "yes") return chip("ok", t(this.verdicts.isNew(p) ? "desk.js.yes" : "desk.js.yes.kept"));
    if (v.verdict === "no") return chip("bad", v.code ? v.code.replaceAll("_", " ") : t("desk.js.no.why"));
    return p.required ? chip("warn", t("desk.js.open")) : "";
  }
}

/** @param {string} text */
function heading(text) {
  const li = document.createElement("li");
  li.className = "things__head";
  li.append(Object.assign(document.createElement("h2"), { textContent: text }));
  return li;
}
