// @ts-check
// Where pages are looked at: one document, or two beside each other.
import { Problem } from "../api.js";
import { byId } from "../form.js";
import { part } from "../template.js";
import { t } from "../words.js";
import { draw, pageOf } from "./picture.js";

/** @typedef {{id: string, title: string, fileName: string, pages: string[]}} Paper */

const zooms = ["1", "1.5", "2", "3"];

/** Turned documents stay turned, in this tab. @param {string} id */
const turnOf = (id) => Number(sessionStorage.getItem(`turn ${id}`)) || 0;

/** One document at a time, one page of it. */
class Pane {
  /** @type {Paper | null} */
  paper = null;
  n = 1;
  /** @type {Map<string, ImageBitmap>} */
  #kept = new Map();
  #path;
  #mark;

  /** @param {HTMLElement} element @param {(id: string, n: number) => string} path of a page @param {() => string} mark */
  constructor(element, path, mark) {
    this.element = element;
    this.#path = path;
    this.#mark = mark;
    this.canvas = /** @type {HTMLCanvasElement} */ (part(element, "canvas"));
    part(element, "[data-again]").addEventListener("click", () => void this.show(this.paper, this.n));
  }

  /** @param {Paper | null} paper @param {number} [n] from 1 */
  async show(paper, n = 1) {
    const again = paper !== null && paper.id === this.paper?.id && n === this.n && !this.canvas.hidden;
    [this.paper, this.n] = [paper, n];
    this.element.hidden = paper === null;
    if (!paper || again) return;
    this.canvas.hidden = true;
    part(this.element, "[data-title]").textContent = paper.title;
    part(this.element, "[data-page]").textContent = paper.pages.length ? t("desk.js.page", { n, all: paper.pages.length }) : "";
    this.#say(paper.pages.length ? "" : t("desk.js.page.none"), false);
    if (paper.pages.length === 0) return;
    this.element.setAttribute("aria-busy", "true");
    try {
      const key = `${paper.id} ${n}`, page = this.#kept.get(key) ?? await pageOf(this.#path(paper.id, n), paper.pages[n - 1]);
      this.#kept.set(key, page);
      if (this.paper?.id === paper.id && this.n === n) this.#paint(paper, page);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (this.paper?.id === paper.id && this.n === n) this.#say(error.message, error.code !== "page_differs");
    }
    if (this.paper?.id === paper.id && this.n === n) this.element.removeAttribute("aria-busy");
  }

  /** @param {Paper} paper @param {ImageBitmap} page */
  #paint(paper, page) {
    draw(this.canvas, page, turnOf(paper.id), this.#mark());
    this.canvas.setAttribute("aria-label", t("desk.js.page.of", { n: this.n, all: paper.pages.length, title: paper.title }));
    this.canvas.hidden = false;
    part(this.element, "[data-scroll]").scrollTo(0, 0);
  }

  /** @param {string} text @param {boolean} again whether trying again may help */
  #say(text, again) {
    part(this.element, "[data-trouble]").hidden = !text;
    part(this.element, "[data-text]").textContent = text;
    part(this.element, "[data-again]").hidden = !again;
  }

  /** @param {number} by pages */
  step(by) {
    const n = this.n + by;
    if (this.paper && n >= 1 && n <= this.paper.pages.length) void this.show(this.paper, n);
  }

  turn() {
    const page = this.paper && this.#kept.get(`${this.paper.id} ${this.n}`);
    if (!this.paper || !page) return;
    sessionStorage.setItem(`turn ${this.paper.id}`, String((turnOf(this.paper.id) + 90) % 360));
    this.#paint(this.paper, page);
  }

  forget() {
    for (const page of this.#kept.values()) page.close();
    this.#kept.clear();
    this.canvas.width = this.canvas.height = 0;
    this.canvas.hidden = true;
    void this.show(null);
  }
}

/** The pages of a case: the document under review, and where somebody wants another beside it. */
export class Viewer {
  #zoom = 0;
  #ofItself = false; // what stands beside was put there by show

  /** @param {(id: string, n: number) => string} path of a page of a document below /v1/review @param {() => string} mark */
  constructor(path, mark) {
    this.main = new Pane(byId("pane"), path, mark);
    this.beside = new Pane(byId("beside"), path, mark);
    this.panes = byId("panes");
    const acts = /** @type {Record<string, () => void>} */ ({
      back: () => this.step(-1), on: () => this.step(1), larger: () => this.zoom(1), smaller: () => this.zoom(-1), turn: () => this.turn(), contrast: () => this.contrast(), beside: () => this.pin(),
    });
    for (const [act, run] of Object.entries(acts)) part(byId("tools"), `[data-do=${act}]`).addEventListener("click", run);
  }

  /** @param {Paper | null} paper @param {Paper | null} old what it takes the place of, shown beside it */
  show(paper, old) {
    if (!paper || paper.id === this.main.paper?.id) return;
    void this.main.show(paper);
    if (old || this.#ofItself) void this.beside.show(old);
    this.#ofItself = old !== null;
    this.#besides();
  }

  /** @param {number} by */
  step(by) { this.main.step(by); }

  turn() { this.main.turn(); }

  /** @param {number} by steps */
  zoom(by) {
    this.#zoom = Math.min(Math.max(this.#zoom + by, 0), zooms.length - 1);
    this.panes.dataset.zoom = zooms[this.#zoom];
  }

  contrast() { part(byId("tools"), "[data-do=contrast]").setAttribute("aria-pressed", String(this.panes.toggleAttribute("data-contrast"))); }

  /** Keeps the present page beside those that follow, or takes it away again. */
  pin() {
    if (this.beside.paper) void this.beside.show(null);
    else if (this.main.paper) void this.beside.show(this.main.paper, this.main.n);
    this.#ofItself = false;
    this.#besides();
  }

  #besides() {
    this.panes.toggleAttribute("data-two", this.beside.paper !== null);
    part(byId("tools"), "[data-do=beside]").setAttribute("aria-pressed", String(this.beside.paper !== null));
  }

  /** Moves what is larger than its pane. @param {number} x @param {number} y of what is visible */
  pan(x, y) {
    const room = part(this.main.element, "[data-scroll]");
    room.scrollBy({ left: x * room.clientWidth, top: y * room.clientHeight });
  }

  forget() {
    this.main.forget();
    this.beside.forget();
    this.#besides();
  }
}
