// @ts-check
import { Problem } from "./api.js";
import { clock, t } from "./words.js";

/** @template {HTMLElement} [T=HTMLElement] @param {string} id @returns {T} */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`there is no #${id}`);
  return /** @type {T} */ (found);
}

/** @param {string} id */
export const input = (id) => /** @type {HTMLInputElement} */ (byId(id));

/** @typedef {{field: string, text: string, name?: string}} Mistake  field is the id of a control, or "" for the form as a whole; the summary begins with name */

const title = document.title;

/** Shows the mistakes at their controls and above the form, and goes there. @param {Mistake[]} mistakes @param {ParentNode} [form] */
export function show(mistakes, form = document) {
  for (const p of form.querySelectorAll("p.error")) if (p.id) /** @type {HTMLElement} */ (p).hidden = true;
  for (const c of form.querySelectorAll("[aria-invalid]")) unmark(c);
  for (const m of mistakes) mark(m);
  summarise(mistakes);
  if (mistakes.length) byId("problems").focus();
}

/** @param {Mistake[]} mistakes */
function summarise(mistakes) {
  const summary = byId("problems");
  summary.querySelector("ul")?.replaceChildren(...mistakes.map(entry));
  summary.hidden = mistakes.length === 0;
  document.title = mistakes.length ? t("js.title", { title }) : title;
}

/** @param {Mistake} m */
function entry(m) {
  const item = document.createElement("li");
  const control = document.getElementById(m.field), text = m.name ? `${m.name}: ${m.text}` : m.text;
  if (!control) {
    item.textContent = text;
    return item;
  }
  const link = document.createElement("a");
  link.href = `#${m.field}`;
  link.textContent = text;
  link.addEventListener("click", (e) => {
    e.preventDefault();
    control.focus();
  });
  item.append(link);
  return item;
}

/** @param {Mistake} m @param {boolean} [aloud] whether a screen reader says it at once */
function mark(m, aloud = false) {
  const control = document.getElementById(m.field), error = document.getElementById(`${m.field}-error`);
  if (!control || !error) return;
  if (aloud) error.setAttribute("role", "alert");
  else error.removeAttribute("role");
  const text = error.querySelector("[data-text]");
  if (text) text.textContent = m.text;
  error.hidden = false;
  error.closest(".field")?.classList.add("is-invalid");
  control.setAttribute("aria-invalid", "true");
  const described = control.dataset.described ?? control.getAttribute("aria-describedby") ?? "";
  control.dataset.described = described;
  control.setAttribute("aria-describedby", `${described} ${error.id}`.trim());
}

/** Says what went wrong in place: at its control, aloud, and leaves focus and scroll position as they are. @param {Mistake} m */
export const say = (m) => mark(m, true);

/** Takes back what was said at a control. @param {string} field */
export function clear(field) {
  const control = document.getElementById(field), error = document.getElementById(`${field}-error`);
  if (error) error.hidden = true;
  if (control) unmark(control);
  withdraw(field);
}

/** Takes what is mended out of the summary. @param {string} field */
export function withdraw(field) {
  const summary = document.getElementById("problems");
  if (!summary) return;
  for (const link of summary.querySelectorAll("a")) if (link.hash === `#${field}`) link.closest("li")?.remove();
  if (!summary.querySelector("li")) summarise([]);
}

/** @param {Element} control */
function unmark(control) {
  control.removeAttribute("aria-invalid");
  control.closest(".field")?.classList.remove("is-invalid");
  const described = /** @type {HTMLElement} */ (control).dataset.described;
  if (described === undefined) return; // it was never marked
  if (described) control.setAttribute("aria-describedby", described);
  else control.removeAttribute("aria-describedby");
}

/**
 * The mistakes that a problem names; what belongs to no control is said of the form as a whole.
 * @param {unknown} error
 * @param {(pointer: string) => string} [idOf] the control of a JSON Pointer
 * @returns {Mistake[]}
 */
export function mistakesOf(error, idOf = (pointer) => pointer.split("/")[1] ?? "") {
  if (!(error instanceof Problem)) throw error;
  if (error.errors.length === 0) return [{ field: "", text: error.message }];
  return error.errors.map((e) => ({ field: idOf(e.pointer), text: e.text }));
}

let pressing = false;
for (const type of ["pointerdown", "pointerup", "pointercancel"]) addEventListener(type, () => (pressing = type === "pointerdown"), true);

/** Runs work once a press is over: what appears while a field is left for a button must not push the button away from under the finger. @param {() => void} work */
export function settled(work) {
  if (pressing) addEventListener("pointerup", () => settled(work), { once: true });
  else setTimeout(work);
}

/**
 * Runs work once at a time, however often people press, and not while the button waits; it says that it is busy and stays focusable.
 * @param {HTMLElement} button
 * @param {() => Promise<void>} work
 */
export async function once(button, work) {
  if (button.getAttribute("aria-busy") === "true" || button.hasAttribute("data-waiting")) return;
  button.setAttribute("aria-busy", "true");
  try {
    await work();
  } finally {
    button.removeAttribute("aria-busy");
  }
}

/**
 * Validates and sends a form. The button is never disabled: pressing it says what is missing. What was said vanishes where it is mended:
 * what this page found once the page finds it no more, what the API found once its control has another value.
 * @param {HTMLFormElement} form
 * @param {() => Mistake[]} check
 * @param {() => Promise<void>} send throws a Problem
 * @param {(error: Problem) => boolean} [special] says whether it has dealt with a problem itself
 */
export function onSubmit(form, check, send, special = () => false) {
  const button = /** @type {HTMLElement} */ (form.querySelector("[type=submit]"));
  /** @type {Mistake[]} */
  let found = [];
  let own = true;
  /** @param {Mistake[]} mistakes @param {boolean} ofPage */
  const tell = (mistakes, ofPage) => {
    [found, own] = [mistakes, ofPage];
    show(mistakes, form);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    once(button, async () => {
      tell(check(), true);
      if (found.length) return;
      try {
        await send();
      } catch (error) {
        if (error instanceof Problem && special(error)) return;
        tell(mistakesOf(error), false);
        if (error instanceof Problem && error.status === 429) countdown(button, error.retryAfter, "js.wait", () => tell([], true));
      }
    });
  });
  /** @param {Event} event */
  const mended = (event) => {
    if (found.length === 0) return;
    const { id, name } = /** @type {HTMLInputElement} */ (event.target), wrong = own ? check() : found;
    const left = wrong.filter((m) => found.some((f) => f.field === m.field) && (own || (m.field !== id && m.field !== name)));
    for (const f of found) if (!left.some((m) => m.field === f.field)) clear(f.field);
    for (const m of left) mark(m);
    if (left.some((m) => !found.some((f) => f.field === m.field && f.text === m.text))) summarise(left);
    found = left;
  };
  form.addEventListener("input", mended);
  form.addEventListener("change", mended);
  document.addEventListener("translated", () => found.length > 0 && tell(own ? check() : [], own));
  form.dataset.ready = "";
}

/** @type {WeakMap<HTMLElement, {text: string | null, timer: number}>} */
const counting = new WeakMap();

/**
 * Lets a button wait, and says how long in place of what it says. It stays focusable. Nought seconds end an older wait.
 * @param {HTMLElement} button @param {number} seconds @param {string} waiting key of the text with {time} @param {() => void} [done]
 */
export function countdown(button, seconds, waiting, done = () => {}) {
  const before = counting.get(button);
  clearInterval(before?.timer);
  const text = before ? before.text : button.textContent, end = Date.now() + seconds * 1000;
  const tick = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    button.textContent = left > 0 ? t(waiting, { time: clock(left) }) : text;
    button.toggleAttribute("data-waiting", left > 0);
    button.setAttribute("aria-disabled", String(left > 0));
    if (left > 0) return;
    clearInterval(counting.get(button)?.timer);
    counting.delete(button);
    if (seconds > 0) done();
  };
  counting.set(button, { text, timer: setInterval(tick, 1000) });
  tick();
}
