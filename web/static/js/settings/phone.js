// @ts-check
// Proving a phone number in place: send a code, enter it. A reload goes on where it was.
import { Problem, call } from "../api.js";
import { byId, clear, countdown, input, mistakesOf, once, say } from "../form.js";
import { compact, digits, national, phoneText } from "../number.js";
import { stepUp } from "../step-up.js";
import { trim } from "../typed.js";
import { t } from "../words.js";
import { hangUp, waitFor } from "./ringing.js";

/** @typedef {{challengeId: string, phone: string, kind: string, channel: string, expiresAt: string, resendAt: number}} Challenge  phone in E.164 */

const kept = "phone.challenge";
/** @type {Challenge | null} */
let challenge = JSON.parse(sessionStorage.getItem(kept) ?? "null");
/** The number that is proven, if there is one. @type {{number: string, kind: string} | null} */
let proven = null;

const kind = () => /** @type {HTMLInputElement} */ (document.querySelector("[name=kind]:checked")).value;

/** @param {Challenge | null} c */
function keep(c) {
  challenge = c;
  hangUp();
  if (c) sessionStorage.setItem(kept, JSON.stringify(c));
  else sessionStorage.removeItem(kept);
}

/** @param {string} text */
const announce = (text) => void (byId("phone-said").textContent = text);

function showKind() {
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-kind]"))) part.hidden = part.dataset.kind !== kind();
}

function showChallenge() {
  byId("otp").hidden = !challenge;
  if (!challenge) return;
  byId("code-hint").textContent = t(challenge.channel === "voice" ? "phone.js.called" : "phone.js.texted", { phone: phoneText(challenge.phone, challenge.kind) });
  byId("call").hidden = challenge.kind === "landline" || !document.querySelector("[name=kind][value=landline]"); // nobody makes calls
  countdown(byId("resend"), Math.max(0, Math.ceil((challenge.resendAt - Date.now()) / 1000)), "phone.js.in");
  if (challenge.channel === "voice") waitFor(challenge.challengeId, (text) => say({ field: "code", text: t(text) }));
}

/** Says in place what went wrong: nobody is taken to the top of the page for a code. @param {Problem} error @param {string} place where nothing else is named */
function failed(error, place) {
  const wrong = mistakesOf(error, (pointer) => ({ "/phone": "phone", "/kind": "kind", "/code": "code" })[pointer] ?? "");
  for (const m of wrong) say({ ...m, field: m.field || place });
}

/** @param {"" | "sms" | "voice"} channel @param {string} button that was pressed */
async function send(channel, button) {
  const phone = trim(input("phone").value), place = button === "send" ? "phone" : "code";
  for (const field of ["phone", "kind", "code"]) clear(field);
  if (!phone) return say({ field: "phone", text: t("phone.js.number") });
  try {
    const answer = await stepUp(() => call("POST", "/v1/otp", { phone, kind: kind(), ...(channel ? { channel } : {}) }));
    keep({ ...answer, kind: kind(), resendAt: Date.now() + answer.resendAfter * 1000 });
    input("phone").value = phoneText(answer.phone, kind()).slice(4);
    showChallenge();
    announce(byId("code-hint").textContent ?? "");
    input("code").value = "";
    input("code").focus();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    failed(error, place);
    if (error.status === 429) countdown(byId(button), error.retryAfter, button === "send" ? "js.wait" : "phone.js.in", () => clear(place));
  }
}

/** @param {(phone: {number: string, kind: string}) => void} done */
async function check(done) {
  clear("code");
  const code = compact(digits(input("code").value));
  const of = challenge;
  if (!/^\d{6}$/.test(code) || !of) return say({ field: "code", text: t("phone.js.code") });
  try {
    const answer = await stepUp(() => call("POST", "/v1/otp/verify", { challengeId: of.challengeId, code }));
    keep(null);
    verified({ number: answer.phone, kind: answer.kind });
    announce(t("phone.js.verified"));
    byId("phone-verified").focus();
    done({ number: answer.phone, kind: answer.kind });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    failed(error, "code");
    input("code").select();
  }
}

/** Shows a number that is proven. @param {{number: string, kind: string}} of */
function verified(of) {
  proven = of;
  for (const place of document.querySelectorAll("[data-number]")) place.textContent = phoneText(of.number, of.kind);
  byId("phone-verified").hidden = false;
  byId("phone-ask").hidden = true;
  byId("otp").hidden = true;
}

/** Asks for another number beside the one that is proven, until that is proven or the change is given up. */
function change() {
  byId("phone-verified").hidden = true;
  byId("phone-ask").hidden = false;
  byId("phone-cancel").hidden = false;
  input("phone").value = "";
  input("phone").focus();
}

function cancel() {
  keep(null);
  for (const field of ["phone", "kind", "code"]) clear(field);
  if (proven) verified(proven);
  byId("phone-change").focus();
}

/** Whether a number stands in the form that is not proven. */
export const unproven = () => !byId("phone-ask").hidden && (!proven || input("phone").value !== "");

/** Says of an unproven number what is still to do. */
export function insist() {
  const field = byId("otp").hidden ? "phone" : "code";
  return { field, text: t(proven ? "phone.js.or-cancel" : "phone.js.first") };
}

/** What the two fields do while somebody types. */
function fields() {
  input("phone").addEventListener("input", () => {
    clear("phone");
    clear("kind");
    countdown(byId("send"), 0, "js.wait"); // the wait was the other number's
  });
  input("phone").addEventListener("change", () => (input("phone").value = national(input("phone").value, kind())));
  input("code").addEventListener("input", () => clear("code"));
  /** @param {string} id @param {string} button */
  const enter = (id, button) => byId(id).addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // Enter here does what the button beside it does, and does not send the whole form
    byId(button).click();
  });
  enter("phone", "send");
  enter("code", "check");
}

/**
 * Brings the phone section to life.
 * @param {{number: string, kind: string} | null} known the account's number
 * @param {(phone: {number: string, kind: string}) => void} done
 */
export function phone(known, done) {
  if (challenge && !input("phone").value) input("phone").value = phoneText(challenge.phone, challenge.kind).slice(4);
  for (const radio of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[name=kind]"))) {
    if (challenge) radio.checked = radio.value === challenge.kind;
    radio.addEventListener("change", () => {
      showKind();
      clear("kind");
    });
  }
  showKind();
  showChallenge();
  proven = known;
  byId("phone-cancel").hidden = !known;
  if (known && !challenge) verified(known);
  /** @param {string} id @param {() => Promise<void>} work */
  const press = (id, work) => byId(id).addEventListener("click", () => once(byId(id), work));
  press("send", () => send("", "send"));
  press("resend", () => send(challenge?.channel === "voice" && challenge.kind === "mobile" ? "voice" : "", "resend"));
  press("call", () => send("voice", "call"));
  press("check", () => check(done));
  byId("phone-change").addEventListener("click", change);
  byId("phone-cancel").addEventListener("click", cancel);
  fields();
}
