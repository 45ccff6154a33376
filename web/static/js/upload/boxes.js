// @ts-check
// Black boxes over a page: moved and sized by pointer, touch and keys.
import { copyOf, part } from "../template.js";
import { t } from "../words.js";

/** @typedef {import("./opened.js").Part} Part */

/** The least that a box may be wide and high, and how far a key moves it: parts of the page. */
const least = 0.02, step = 0.01;

/** Where the number is on most cards, for a page that does not say it in words. @type {Part} */
const usual = { left: 0.3, top: 0.7, width: 0.28, height: 0.1 };

const within = (/** @type {number} */ n, /** @type {number} */ from, /** @type {number} */ to) => Math.min(Math.max(n, from), to);

/** @type {Record<string, [number, number]>} */
const keys = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };

export class Boxes {
  /** @type {Map<HTMLElement, Part>} */
  #all = new Map();

  /** @param {HTMLElement} place as large as the page, and what boxes are placed in */
  constructor(place) {
    this.place = place;
  }

  get parts() {
    return [...this.#all.values()];
  }

  /** @param {Part} [at] */
  add(at = usual) {
    const box = copyOf("cover-box");
    box.setAttribute("aria-label", t("upload.cover.box", { n: this.#all.size + 1 }));
    box.addEventListener("pointerdown", (event) => this.#drag(box, event));
    box.addEventListener("keydown", (event) => this.#key(box, event));
    this.place.append(box);
    this.#put(box, at);
    return box;
  }

  /** @param {HTMLElement} box @param {Part} at */
  #put(box, at) {
    const width = within(at.width, least, 1), height = within(at.height, least, 1);
    const put = { left: within(at.left, 0, 1 - width), top: within(at.top, 0, 1 - height), width, height };
    this.#all.set(box, put);
    for (const [side, value] of Object.entries(put)) box.style.setProperty(side, `${100 * value}%`);
  }

  /** @param {HTMLElement} box @param {number} right @param {number} down parts of the page @param {boolean} sizes @param {Part} from */
  #move(box, right, down, sizes, from = /** @type {Part} */ (this.#all.get(box))) {
    if (!sizes) return this.#put(box, { ...from, left: from.left + right, top: from.top + down });
    this.#put(box, { ...from, width: within(from.width + right, least, 1 - from.left), height: within(from.height + down, least, 1 - from.top) });
  }

  /** @param {HTMLElement} box @param {PointerEvent} begin */
  #drag(box, begin) {
    const from = this.#all.get(box), page = this.place.getBoundingClientRect(), end = new AbortController(), { signal } = end;
    const sizes = begin.target === part(box, "[data-size]");
    box.setPointerCapture(begin.pointerId);
    box.addEventListener("pointermove", (event) => this.#move(box, (event.clientX - begin.clientX) / page.width, (event.clientY - begin.clientY) / page.height, sizes, from), { signal });
    for (const over of ["pointerup", "pointercancel"]) box.addEventListener(over, () => end.abort(), { signal });
  }

  /** @param {HTMLElement} box @param {KeyboardEvent} event */
  #key(box, event) {
    if (event.key === "Delete" || event.key === "Backspace") {
      box.remove();
      this.#all.delete(box);
    } else if (keys[event.key]) this.#move(box, ...keys[event.key], event.shiftKey);
    else return;
    event.preventDefault();
  }
}
