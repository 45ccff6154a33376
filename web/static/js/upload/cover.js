// @ts-check
// Covers what must not be seen, before a file leaves this device: the person chooses pages and places black boxes. What is sent is a picture.
import { copyOf, part } from "../template.js";
import { t } from "../words.js";
import { Boxes } from "./boxes.js";
import { flatten } from "./flat.js";
import { sheetsOf } from "./opened.js";

/** @typedef {import("./opened.js").Sheet} Sheet */
/** @typedef {{sheet: Sheet, boxes: Boxes, chosen: HTMLInputElement}} Page */

/** Pixels of the long edge of a page that is shown. */
const shownEdge = 1000;

/** One after the other: two files may be chosen at once. @type {Promise<unknown>} */
let last = Promise.resolve();

/** The person thought better of it. */
class Left extends Error {}

/**
 * @param {Blob} file @param {string} type @param {string} name for the person @param {boolean} isAadhaar
 * @returns {Promise<{file: Blob, type: string} | null>} the file without what is covered; null where the person left
 */
export function cover(file, type, name, isAadhaar) {
  const turn = last.then(() => new Cover(name, isAadhaar).run(file, type));
  last = turn.catch(() => {});
  return turn.catch((error) => {
    if (error instanceof Left) return null;
    throw error;
  });
}

class Cover {
  element = /** @type {HTMLDialogElement} */ (copyOf("cover"));
  #isAadhaar;
  /** @type {Page[]} */
  #pages = [];

  /** @param {string} name @param {boolean} isAadhaar */
  constructor(name, isAadhaar) {
    this.#isAadhaar = isAadhaar;
    part(this.element, "[data-name]").textContent = name;
    part(this.element, "[data-how]").hidden = !isAadhaar;
    part(this.element, "[data-cancel]").addEventListener("click", () => this.element.close());
  }

  /** @param {Blob} file @param {string} type */
  async run(file, type) {
    const was = document.activeElement;
    document.body.append(this.element);
    const left = new Promise((_, reject) => this.element.addEventListener("close", () => reject(new Left())));
    left.catch(() => {}); // it closes after it was used, too
    try {
      if (type !== "application/pdf") this.element.showModal();
      const sheets = await Promise.race([left, type === "application/pdf" ? sheetsOf(file, (wrong) => this.#password(wrong)) : picture(file)]);
      if (!this.element.open) this.element.showModal();
      return await Promise.race([left, this.#work(/** @type {Sheet[]} */ (sheets))]);
    } finally {
      this.element.remove();
      if (was instanceof HTMLElement && was.isConnected) was.focus();
    }
  }

  /** @param {boolean} wrong @returns {Promise<string>} */
  #password(wrong) {
    const lock = /** @type {HTMLFormElement} */ (part(this.element, "[data-lock]")), field = /** @type {HTMLInputElement} */ (part(lock, "input"));
    if (!this.element.open) this.element.showModal();
    lock.hidden = false;
    part(lock, "[data-wrong]").hidden = !wrong;
    field.setAttribute("aria-invalid", String(wrong));
    field.select();
    return new Promise((resolve, reject) => {
      this.element.addEventListener("close", () => reject(new Left()), { once: true });
      lock.addEventListener("submit", (event) => {
        event.preventDefault(); // the dialog stays
        resolve(field.value);
      }, { once: true });
    });
  }

  /** @param {Sheet[]} sheets @returns {Promise<{file: Blob, type: string}>} */
  async #work(sheets) {
    const lock = part(this.element, "[data-lock]"), use = /** @type {HTMLButtonElement} */ (part(this.element, "[data-use]"));
    lock.remove(); // and the password with it
    part(this.element, "[data-work]").hidden = use.hidden = false;
    const guess = this.#isAadhaar && sheets.every((s) => !s.found.length);
    for (const [i, sheet] of sheets.entries()) this.#pages.push(await this.#page(sheet, i, sheets.length, guess));
    part(this.element, "[data-busy]").hidden = true;
    this.element.querySelector("button")?.focus();
    return new Promise((resolve, reject) => use.addEventListener("click", () => {
      const pages = this.#pages.filter((p) => p.chosen.checked);
      part(this.element, "[data-none]").hidden = pages.length > 0;
      if (!pages.length) return;
      use.disabled = true;
      flatten(pages.map((p) => ({ sheet: p.sheet, covered: p.boxes.parts }))).then(resolve, reject);
    }));
  }

  /** @param {Sheet} sheet @param {number} i @param {number} of @param {boolean} guess whether a box is to be where the number usually is @returns {Promise<Page>} */
  async #page(sheet, i, of, guess) {
    const element = copyOf("cover-page"), place = part(element, "[data-page]"), chosen = /** @type {HTMLInputElement} */ (part(element, "input")), canvas = await sheet.draw(shownEdge);
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", t("upload.cover.page", { n: i + 1, all: of }));
    part(element, "[data-text]").textContent = t("upload.cover.page", { n: i + 1, all: of });
    part(element, ".check").hidden = of === 1;
    place.append(canvas);
    const boxes = new Boxes(place);
    for (const found of sheet.found) boxes.add(found);
    if (guess) boxes.add();
    part(element, "[data-add]").addEventListener("click", () => boxes.add().focus());
    part(this.element, "[data-pages]").append(element);
    return { sheet, boxes, chosen };
  }
}

/** A picture is a file of one page. @param {Blob} file @returns {Promise<Sheet[]>} */
async function picture(file) {
  const bitmap = await createImageBitmap(file);
  return [{
    found: [],
    draw: async (edge) => {
      const scale = Math.min(1, edge / Math.max(bitmap.width, bitmap.height));
      const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(bitmap.width * scale), height: Math.round(bitmap.height * scale) });
      const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
      return canvas;
    },
  }];
}
