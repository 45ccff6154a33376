// @ts-check
// The decision on a case: what the holder will read is shown first, and for a minute it can be taken back.
import { Problem } from "../api.js";
import { byId, input } from "../form.js";
import { part } from "../template.js";
import { clock, t } from "../words.js";
import { dialogOf, open, sends } from "./dialog.js";
import { desk } from "./lock.js";

/** @typedef {"approve" | "needs_info" | "reject" | "second_look"} Outcome */
/** @typedef {{reference: string, leaseId: string, version: number, risk: string | null, parts: () => any[]}} Ready  a case that can be decided on */
/** @typedef {{status: string, lane: string | null, undoUntil: string, recordId: string}} Decided */

const dialog = dialogOf("decide"), send = part(dialog, "[type=submit]");

/** @type {{ready: Ready, outcome: Outcome} | null} */
let asked = null;
let isRead = false; // what the holder will read was there to be read

/** @param {Record<string, string>} values of the form */
const bodyOf = ({ risk, note }) => {
  if (!asked) throw new Error("nothing is being decided");
  return { leaseId: asked.ready.leaseId, version: asked.ready.version, outcome: asked.outcome, risk, note, parts: asked.ready.parts() };
};

/** @param {Outcome} outcome @param {Ready} ready */
export async function decide(outcome, ready) {
  asked = { outcome, ready };
  isRead = outcome === "second_look";
  byId("decide-title").textContent = t(`desk.js.decide.${outcome}`, { reference: ready.reference });
  send.textContent = t(`desk.js.do.${outcome}`);
  const note = /** @type {HTMLTextAreaElement} */ (byId("decide-note"));
  note.required = outcome === "second_look";
  if (ready.risk) /** @type {HTMLSelectElement} */ (byId("risk")).value = ready.risk;
  open("decide");
  send.focus();
  await preview();
}

/** Shows what the holder will read; what speaks against the decision is said there too. */
async function preview() {
  const letter = byId("letter"), now = asked;
  byId("letter-trouble").hidden = true;
  letter.replaceChildren(paragraph(t("desk.js.preview")));
  if (now?.outcome === "second_look") return letter.replaceChildren(paragraph(t("desk.js.preview.none")));
  try {
    const p = await desk("POST", `/cases/${now?.ready.reference}/preview`, bodyOf({ risk: input("risk").value, note: input("decide-note").value }));
    if (asked !== now) return;
    isRead = true;
    letter.lang = p.language;
    const subject = Object.assign(document.createElement("b"), { textContent: p.subject });
    letter.replaceChildren(...(p.subject ? [subject] : []), ...p.sentences.map(paragraph));
    if (!p.subject && p.sentences.length === 0) letter.replaceChildren(paragraph(t("desk.js.preview.none")));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (asked !== now) return;
    letter.replaceChildren();
    byId("letter-trouble").hidden = false;
    part(byId("letter-trouble"), "[data-text]").textContent = [error.message, ...error.errors.map((e) => e.text)].join(" ");
  }
}

/** @param {string} text */
const paragraph = (text) => Object.assign(document.createElement("p"), { textContent: text });

/**
 * @param {(d: Decided, outcome: Outcome, reference: string) => void} decided
 * @param {(problem: Problem) => void} overtaken the lease is lost, or the case is another by now
 */
export function onDecision(decided, overtaken) {
  sends("decide", async (values) => {
    if (!asked) return;
    if (!isRead) throw new Problem(0, { code: "unread", detail: t("desk.js.preview.first") }, 0);
    const { outcome, ready } = asked;
    try {
      decided(await desk("POST", `/cases/${ready.reference}/decision`, bodyOf(values)), outcome, ready.reference);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.status !== 409) throw error;
      dialog.close();
      overtaken(error);
    }
  });
  byId("risk").addEventListener("change", () => void preview());
  dialog.addEventListener("close", () => (asked = null));
}

let counting = 0;

/**
 * Offers to take a decision back, until that is over.
 * @param {string} text what was done @param {string} until RFC 3339 @param {() => Promise<void>} undo
 */
export function offerUndo(text, until, undo) {
  const toast = byId("toast"), left = part(toast, "[data-left]"), end = new Date(until).getTime();
  part(toast, "[data-text]").textContent = text;
  const tick = () => {
    const seconds = Math.ceil((end - Date.now()) / 1000);
    left.textContent = clock(Math.max(seconds, 0));
    if (seconds <= 0) withdrawUndo();
  };
  clearInterval(counting);
  counting = setInterval(tick, 1000);
  taking = undo;
  toast.hidden = false;
  tick();
}

/** @type {(() => Promise<void>) | null} */
let taking = null;

export const mayUndo = () => taking !== null;

function withdrawUndo() {
  clearInterval(counting);
  taking = null;
  byId("toast").hidden = true;
}

/** Takes back what can still be taken back. */
export async function undo() {
  const work = taking;
  if (!work) return;
  withdrawUndo();
  await work();
}

part(byId("toast"), "button").addEventListener("click", () => void undo());
