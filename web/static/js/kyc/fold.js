// @ts-check
// Parts of a page that fold. On a phone one is open at a time; where there is room, as many as somebody wants.
import { part } from "../template.js";

const narrow = matchMedia("(max-width: 40rem)");

/** @param {Element} folding */
const toggleOf = (folding) => part(folding, ".part__toggle");

/** @param {Element} folding */
export const isOpen = (folding) => toggleOf(folding).getAttribute("aria-expanded") === "true";

/** @param {Element} folding @param {boolean} open */
export function set(folding, open) {
  toggleOf(folding).setAttribute("aria-expanded", String(open));
  part(folding, ".part__body").hidden = !open;
}

/** @returns {Element[]} */
const all = () => [...document.querySelectorAll(".part")];

/** Opens a part, and keeps it where it is in the window while others fold. @param {Element} folding */
export function open(folding) {
  const top = () => folding.getBoundingClientRect().top, before = top();
  if (narrow.matches) for (const other of all()) if (other !== folding) set(other, false);
  set(folding, true);
  scrollBy({ top: top() - before, behavior: "instant" });
}

/** Lets the head of a part fold it. @param {Element} folding */
export function foldable(folding) {
  toggleOf(folding).addEventListener("click", () => (isOpen(folding) ? set(folding, false) : open(folding)));
}

/** Opens what somebody has to do something about: on a phone only the first. @param {Element[]} needy */
export function begin(needy) {
  for (const folding of all()) set(folding, needy.includes(folding) && (!narrow.matches || folding === needy[0]));
}

/** Opens what has come to be needed, where there is room. @param {Element[]} needy */
export function spread(needy) {
  if (!narrow.matches) for (const folding of needy) set(folding, true);
}

/**
 * Folds a part that is done and opens the next one. Who is elsewhere by now is left alone; who was in it goes along.
 * @param {Element} done @param {Element | undefined} next
 */
export function goOn(done, next) {
  const at = document.activeElement, within = done.contains(at);
  if (!narrow.matches || !isOpen(done) || (!within && at !== document.body)) return;
  set(done, false);
  if (next) open(next);
  const target = toggleOf(next ?? done);
  if (within) target.focus();
  target.scrollIntoView({ block: "nearest" });
}
