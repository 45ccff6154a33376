// @ts-check
// What is done and what is left, always in reach: a track of all parts, and a list that leads to each.
import { byId } from "../form.js";
import { copyOf, part } from "../template.js";

/** @typedef {{id: string, title: string, chip: HTMLElement, counts: boolean, done: boolean, wrong: boolean}} Entry  id: of the control that folds the part; counts: it is needed */

const toggle = byId("overview-toggle"), panel = byId("overview");

/** @param {boolean} open */
function set(open) {
  panel.hidden = !open;
  toggle.setAttribute("aria-expanded", String(open));
}

toggle.addEventListener("click", () => set(panel.hidden));
byId("submitbar").addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || panel.hidden) return;
  set(false);
  toggle.focus();
});
document.addEventListener("click", (event) => {
  if (!byId("submitbar").contains(/** @type {Node} */ (event.target))) set(false);
});
byId("submitbar").addEventListener("focusout", (event) => {
  if (event.relatedTarget && !byId("submitbar").contains(/** @type {Node} */ (event.relatedTarget))) set(false);
});

/** @param {Entry[]} entries @param {string} left what is left, in words @param {(id: string) => void} go */
export function draw(entries, left, go) {
  byId("left").textContent = left;
  byId("track").replaceChildren(...entries.filter((e) => e.counts).map((e) => {
    const piece = document.createElement("i");
    piece.className = e.wrong ? "is-wrong" : e.done ? "is-done" : "";
    return piece;
  }));
  const before = /** @type {HTMLElement | null} */ (document.activeElement)?.closest?.("#overview a")?.getAttribute("href");
  byId("overview-list").replaceChildren(...entries.map((e) => {
    const item = copyOf("overview-item"), link = /** @type {HTMLAnchorElement} */ (part(item, "a"));
    link.href = `#${e.id}`;
    part(item, "[data-title]").textContent = e.title;
    link.append(e.chip);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      set(false);
      go(e.id);
    });
    return item;
  }));
  if (before) /** @type {HTMLElement | null} */ (panel.querySelector(`[href="${before}"]`))?.focus();
}
