// @ts-check
// The place of a requirement where files are added: drop, choose or photograph, one or several at once.
import { copyOf, part } from "../template.js";
import { sizeOf } from "../upload/file.js";
import { underWay } from "../upload/sent.js";
import { t } from "../words.js";
import { titleOf } from "./case.js";
import { open } from "./fold.js";

/** @typedef {import("./case.js").Requirement} Requirement */

/** What sends files is not what a page waits for: it comes when it is needed, or a moment before. */
const sender = () => import("../upload/sending.js");

/** @param {() => void} waits called when it cannot be had now */
async function senderAtLast(waits) {
  for (;;) {
    try {
      return await sender();
    } catch {
      waits();
      await new Promise((again) => {
        addEventListener("online", again, { once: true });
        setTimeout(again, 5000);
      });
    }
  }
}

export class Adder {
  element = copyOf("adder");
  /** Files on their way. @type {Set<AbortController>} */
  #sent = new Set();
  #r;
  #list;
  #changed;

  /**
   * @param {Requirement} r @param {HTMLElement} zone where files may be dropped @param {HTMLElement} list where files on their way are shown
   * @param {() => Promise<void>} changed after each file
   */
  constructor(r, zone, list, changed) {
    this.#r = r;
    this.#list = list;
    this.#changed = changed;
    for (const of of this.element.querySelectorAll("[data-of]")) of.textContent = t("upload.of", { title: titleOf(r) });
    this.#choose("[data-act=choose]", "[data-file]");
    this.#choose("[data-act=photo]", "[data-camera]");
    this.#drop(zone);
    this.update(r);
  }

  /** How many files are on their way. */
  get busy() {
    return this.#sent.size;
  }

  /** Whether something is said here that nobody has answered. */
  get complains() {
    return part(this.element, "[data-problem]").hasChildNodes();
  }

  /** @param {Requirement} r */
  update(r) {
    this.#r = r;
    const room = this.#room();
    part(this.element, "[data-limits]").textContent = room > 0 ? t("upload.limits", { most: sizeOf(r.maxBytes), n: r.maxFiles }) : t("upload.full", { n: r.maxFiles });
    part(this.element, ".actions").hidden = room === 0;
  }

  /** Takes back what is on its way: its requirement is gone, or closed. */
  end() {
    for (const stop of this.#sent) stop.abort();
  }

  #room() {
    return Math.max(0, this.#r.maxFiles - this.#r.documents.filter((d) => !underWay.has(d.id)).length - this.busy);
  }

  /** Each is judged by itself; more than there is room for are not even begun. @param {File[]} files */
  async #add(files) {
    this.#wrong([]);
    const room = this.#room();
    if (files.length > room) return this.#wrong([t("upload.many", { n: files.length, most: this.#r.maxFiles, room })]);
    const { judge, sending } = await senderAtLast(() => this.#wrong([t("upload.offline")]));
    const judged = await Promise.all(files.map((file) => judge(file, this.#r.maxBytes)));
    const faults = [], asks = [];
    for (const [i, file] of files.entries()) {
      const { type, fault } = judged[i];
      if (fault) faults.push(`${file.name}: ${fault}`);
      else asks.push(this.#send(sending(file, type, this.#r, this.#list), file.name));
    }
    this.#wrong(faults);
    this.update(this.#r);
    asks.find(Boolean)?.focus();
  }

  /** @param {import("../upload/sending.js").Sending} sending @param {string} name */
  #send({ stop, asks, done, gone }, name) {
    this.#sent.add(stop);
    done.catch((error) => this.#wrong([`${name}: ${error.message}`], true)).finally(() => {
      this.#sent.delete(stop);
      if (stop.signal.aborted) gone.then(() => this.#changed()); // what is read now may have a file that is about to be taken back
      return this.#changed();
    });
    return asks;
  }

  /** @param {string[]} texts @param {boolean} [more] beside what is said already */
  #wrong(texts, more = false) {
    const place = part(this.element, "[data-problem]");
    if (!more) place.replaceChildren();
    for (const text of texts) {
      const line = copyOf("wrong");
      part(line, "[data-text]").textContent = text;
      place.append(line);
    }
  }

  /** @param {string} button @param {string} file */
  #choose(button, file) {
    const control = /** @type {HTMLInputElement} */ (part(this.element, file));
    part(this.element, button).addEventListener("click", () => control.click());
    control.addEventListener("change", async () => {
      const files = [...(control.files ?? [])];
      control.value = ""; // the same file can be chosen again
      await this.#add(files);
    });
  }

  /** @param {HTMLElement} zone */
  #drop(zone) {
    const over = (/** @type {boolean} */ is) => zone.classList.toggle("is-over", is);
    zone.addEventListener("dragover", (event) => {
      event.preventDefault();
      over(true);
    });
    zone.addEventListener("dragleave", (event) => event.relatedTarget instanceof Node && zone.contains(event.relatedTarget) || over(false));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      over(false);
      if (!this.element.isConnected) return; // closed
      open(zone);
      void this.#add([...(event.dataTransfer?.files ?? [])]);
    });
  }
}

// After everything that a person waits for.
addEventListener("load", () => setTimeout(() => void sender().catch(() => {}), 2000));
