// @ts-check
// One file from the moment it was chosen until it is a document of the case: what it is, made smaller, its turn, sent, tried again.
import { Problem } from "../api.js";
import { onChoice } from "../ask.js";
import { copyOf, part } from "../template.js";
import { named, t } from "../words.js";
import { act, picture, sizeOf } from "./file.js";
import { fit } from "./picture.js";
import { seen } from "./sent.js";
import { typeOf } from "./sniff.js";
import { upload } from "./upload.js";

/** @typedef {{id: string, maxBytes: number, options: {id: string, title: string}[]}} Wanted  what a file is for: which paper, and of which kinds one will do */

/** Uploads take turns: on a slow network the first is done sooner, and each breaks by itself. @type {Promise<unknown>} */
let last = Promise.resolve();

/** @typedef {{stop: AbortController, asks: HTMLSelectElement | null, done: Promise<unknown>, gone: Promise<unknown>}} Sending  asks: where one has
 *  to say what it is; done: it has arrived or was taken away, or an Error with the reason why it cannot be sent; gone: what was taken away has
 *  left the case as well */

/** @template T @param {() => Promise<T>} work @returns {Promise<T>} */
function inTurn(work) {
  const turn = last.then(work);
  last = turn.catch(() => {});
  return turn;
}

/** The place where a file is shown that is on its way. */
class Card {
  element = copyOf("file");
  stop = new AbortController();

  /** @param {string} name @param {HTMLElement} list */
  constructor(name, list) {
    this.name = name;
    for (const button of this.element.querySelectorAll("[data-act]")) button.remove();
    part(this.element, "[data-name]").textContent = name;
    this.progress = /** @type {HTMLProgressElement} */ (part(this.element, "progress"));
    this.progress.setAttribute("aria-label", `${t("state.uploading")} ${name}`);
    this.meta = part(this.element, "[data-meta]");
    this.cancel = act(this.element, "cancel", name, () => this.stop.abort());
    this.list = list;
    list.append(this.element);
  }

  /** Whoever was at it is at its row afterwards. */
  leave() {
    if (this.element.contains(document.activeElement)) part(/** @type {Element} */ (this.element.closest(".part")), ".part__toggle").focus({ preventScroll: true });
    this.element.remove();
  }

  /** @param {string} text */
  say(text) {
    this.meta.textContent = text;
  }

  /** @param {string} size what is said of its size @param {number} sent @param {number} all in bytes */
  moved(size, sent, all) {
    this.progress.hidden = false;
    this.progress.value = (100 * sent) / all;
    this.say([size, t("upload.progress", { done: sizeOf(sent), all: sizeOf(all) })].filter(Boolean).join(" · "));
  }

  /** Asks which of the options it is. @param {Wanted} r @returns {Promise<string>} */
  kind(r) {
    const box = copyOf("which"), choice = /** @type {HTMLSelectElement} */ (part(box, "select"));
    part(box, "[data-of]").textContent = ` ${this.name}`;
    for (const o of r.options) choice.append(new Option(named(`document.${o.id}`, o.title), o.id));
    this.element.append(box);
    return new Promise((resolve) => {
      let kind = "";
      onChoice(choice, () => kind, () => {
        const within = document.activeElement === choice;
        resolve((kind = choice.value));
        box.remove();
        if (within) (/** @type {HTMLElement | null} */ (this.list.querySelector(".which select")) ?? this.cancel).focus();
      });
    });
  }

  /** Says what went wrong and waits: true when it is to be tried again, false when it is taken away. @param {string} text @returns {Promise<boolean>} */
  again(text) {
    const within = this.element.contains(document.activeElement), left = new AbortController();
    this.progress.hidden = true;
    this.cancel.remove();
    this.say(text);
    this.meta.setAttribute("role", "alert");
    this.element.classList.add("is-broken");
    return new Promise((resolve) => {
      /** @param {boolean} retry */
      const answer = (retry) => {
        left.abort();
        retries.remove();
        removes.remove();
        this.meta.removeAttribute("role");
        this.element.classList.remove("is-broken");
        part(this.element, ".file__acts").append(this.cancel);
        resolve(retry);
      };
      const retries = act(this.element, "retry", this.name, () => answer(true)), removes = act(this.element, "remove", this.name, () => answer(false));
      if (within) retries.focus();
      addEventListener("online", () => answer(true), { signal: left.signal });
    });
  }
}

/**
 * The file as it is sent: a picture is made fit, and the card says so. What cannot be sent is an Error with the reason.
 * @param {Card} card @param {File} file @param {string} type @param {number} maxBytes
 */
async function fitted(card, file, type, maxBytes) {
  const whole = sizeOf(file.size);
  card.say(whole);
  if (!type.startsWith("image/")) return { file, type, url: "", size: "" };
  const waiting = setTimeout(() => card.say(t("upload.shrinking", { size: whole })), 300);
  const made = await fit(file, type).finally(() => clearTimeout(waiting));
  if (!made) throw new Error(t(/hei[cf]/.test(type) ? "upload.heic" : "upload.type"));
  if (made.file.size > maxBytes) throw new Error(t("upload.notsmaller", { size: sizeOf(made.file.size), most: sizeOf(maxBytes) }));
  const size = made.changed ? t("upload.shrunk", { was: whole, now: sizeOf(made.file.size) }) : "", url = made.thumb ? URL.createObjectURL(made.thumb) : "";
  card.say(size || whole);
  picture(card.element, url);
  return { file: made.file, type: made.type, url, size };
}

/**
 * An Aadhaar card, and a PDF that asks for a password, are made a picture here; the rest is as it was. null where the person left.
 * @param {{file: Blob, type: string, url: string, size: string}} made @param {string} name @param {string} kind
 */
async function covered(made, name, kind) {
  const isAadhaar = kind === "masked_aadhaar", isPDF = made.type === "application/pdf";
  if (!isAadhaar && !isPDF) return { ...made, name };
  const [{ isEncrypted }, { cover }] = await Promise.all([import("./opened.js"), import("./cover.js")]).catch(() => Promise.reject(new Error(t("upload.offline.choose"))));
  if (!isAadhaar && !(await isEncrypted(made.file))) return { ...made, name };
  const flat = await cover(made.file, made.type, name, isAadhaar).catch(() => undefined);
  if (flat === null) return null;
  if (!flat && isAadhaar) throw new Error(t("upload.cover.broken"));
  if (!flat) return { ...made, name }; // the API says what is wrong with it
  URL.revokeObjectURL(made.url);
  const url = flat.type === "application/pdf" ? "" : URL.createObjectURL(flat.file);
  return { ...flat, url, size: sizeOf(flat.file.size), name: isAadhaar ? "masked-aadhaar" : name }; // its name may have the number
}

/**
 * @param {Card} card @param {File} file @param {string} type @param {Wanted} r @param {Promise<string>} kind
 */
async function run(card, file, type, r, kind) {
  const { signal } = card.stop, [given, documentType] = await Promise.all([fitted(card, file, type, r.maxBytes), kind]);
  const made = await covered(given, file.name, documentType);
  if (!made) return;
  picture(card.element, made.url);
  const what = { requirement: r.id, documentType, name: made.name, file: made.file, type: made.type };
  for (;;) {
    try {
      const id = await inTurn(() => (signal.throwIfAborted(), upload(what, signal, (sent, all) => card.moved(made.size, sent, all))));
      return void seen.set(id, made);
    } catch (error) {
      if (!signal.aborted && !isFinal(error) && (await card.again(/** @type {Error} */ (error).message))) continue;
      URL.revokeObjectURL(made.url);
      if (signal.aborted || !isFinal(error)) return;
      throw new Error(error.errors[0]?.text ?? error.message);
    }
  }
}

/** Whether trying again would lead to the same answer. @param {unknown} error @returns {error is Problem} */
const isFinal = (error) => error instanceof Problem && error.status >= 400 && error.status < 500 && error.status !== 429;

/**
 * What a file is, and what is wrong with it before anything is done with it. A picture can be made smaller first.
 * @param {File} file @param {number} maxBytes
 * @returns {Promise<{type: string, fault: string}>} fault: "" for none
 */
export async function judge(file, maxBytes) {
  let fault = "";
  const type = await typeOf(file).catch(() => null);
  if (type === null) fault = t("upload.unreadable");
  else if (file.size === 0) fault = t("upload.empty");
  else if (!type) fault = t(/\.hei[cf]$/i.test(file.name) ? "upload.heic" : "upload.type");
  else if (type === "application/pdf" && file.size > maxBytes) fault = t("upload.large", { size: sizeOf(file.size), most: sizeOf(maxBytes) });
  return { type: type ?? "", fault };
}

/**
 * Shows a file on its way until it has arrived, cannot be sent, or was taken away.
 * @param {File} file @param {string} type @param {Wanted} r @param {HTMLElement} list
 * @returns {Sending}
 */
export function sending(file, type, r, list) {
  const card = new Card(file.name, list);
  const kind = r.options.length > 1 ? card.kind(r) : Promise.resolve(r.options[0].id);
  const asks = /** @type {HTMLSelectElement | null} */ (card.element.querySelector("select"));
  const stopped = new Promise((resolve) => card.stop.signal.addEventListener("abort", resolve));
  const sent = run(card, file, type, r, kind);
  return { stop: card.stop, asks, done: Promise.race([sent, stopped]).finally(() => card.leave()), gone: sent.catch(() => {}) };
}
