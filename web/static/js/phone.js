// @ts-check
// Proving a phone number in place: send a code, enter it. A reload goes on where it was.
import { Problem, call } from "./api.js";
import { byId, countdown, input, mistakesOf, once, show } from "./form.js";
import { t } from "./words.js";

/** @typedef {{challengeId: string, phone: string, kind: string, channel: string, expiresAt: string, resendAt: number}} Challenge */

const kept = "phone.challenge";
/** @type {Challenge | null} */
let challenge = JSON.parse(sessionStorage.getItem(kept) ?? "null");

/** @param {string} e164 */
const pretty = (e164) => (/^\+91[6-9]/.test(e164) ? e164.replace(/^\+91(\d{5})(\d{5})$/, "+91 $1 $2") : e164.replace(/^\+91/, "+91 "));

const kind = () => /** @type {HTMLInputElement} */ (document.querySelector("[name=kind]:checked")).value;

/** @param {Challenge | null} c */
function keep(c) {
  challenge = c;
  if (c) sessionStorage.setItem(kept, JSON.stringify(c));
  else sessionStorage.removeItem(kept);
}

/** @param {string} text */
const say = (text) => void (byId("phone-said").textContent = text);

function showKind() {
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-kind]"))) part.hidden = part.dataset.kind !== kind();
}

function showChallenge() {
  byId("otp").hidden = !challenge;
  if (!challenge) return;
  byId("code-hint").textContent = t(challenge.channel === "voice" ? "phone.js.called" : "phone.js.texted", { phone: challenge.phone });
  byId("call").hidden = challenge.kind === "landline";
  countdown(byId("resend"), Math.max(0, Math.ceil((challenge.resendAt - Date.now()) / 1000)), "phone.js.in");
}

/** @param {Problem} error */
function failed(error) {
  const place = error.status === 410 ? "code" : "";
  const wrong = mistakesOf(error, (pointer) => ({ "/phone": "phone", "/kind": "kind", "/code": "code" })[pointer] ?? "");
  show(wrong.map((m) => ({ ...m, field: m.field || place || "phone" })));
}

/** @param {"" | "sms" | "voice"} channel */
async function send(channel) {
  const phone = input("phone").value.trim();
  if (!phone) return show([{ field: "phone", text: t("phone.js.number") }]);
  try {
    const answer = await call("POST", "/v1/otp", { phone, kind: kind(), ...(channel ? { channel } : {}) });
    keep({ ...answer, phone, kind: kind(), resendAt: Date.now() + answer.resendAfter * 1000 });
    show([]);
    showChallenge();
    say(byId("code-hint").textContent ?? "");
    input("code").value = "";
    input("code").focus();
    fromSMS();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    failed(error);
    if (error.status === 429) countdown(byId(challenge ? "resend" : "send"), error.retryAfter, challenge ? "phone.js.in" : "js.wait");
  }
}

/** Where the browser can read the code out of the SMS (WebOTP), it is filled in; people still press the button. */
function fromSMS() {
  if (!("OTPCredential" in window)) return;
  const asked = /** @type {any} */ ({ otp: { transport: ["sms"] }, signal: AbortSignal.timeout(600_000) });
  navigator.credentials.get(asked).then((found) => (input("code").value = /** @type {any} */ (found).code), () => {});
}

/** @param {(phone: {number: string}) => void} done */
async function check(done) {
  const code = input("code").value.normalize("NFKC").replace(/\D/g, "");
  if (code.length !== 6 || !challenge) return show([{ field: "code", text: t("phone.js.code") }]);
  try {
    const proven = await call("POST", "/v1/otp/verify", { challengeId: challenge.challengeId, code });
    keep(null);
    show([]);
    verified(proven.phone);
    say(t("phone.js.verified"));
    byId("phone-verified").focus();
    done({ number: proven.phone });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    failed(error);
  }
}

/** Shows a number that is proven. @param {string} e164 */
function verified(e164) {
  for (const place of document.querySelectorAll("[data-number]")) place.textContent = pretty(e164);
  byId("phone-verified").hidden = false;
  byId("phone-ask").hidden = true;
  byId("otp").hidden = true;
}

/**
 * Brings the phone section to life.
 * @param {{number: string} | null} proven the account's number
 * @param {(phone: {number: string}) => void} done
 */
export function phone(proven, done) {
  if (challenge && !input("phone").value) input("phone").value = challenge.phone;
  for (const radio of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[name=kind]"))) {
    if (challenge) radio.checked = radio.value === challenge.kind;
    radio.addEventListener("change", showKind);
  }
  showKind();
  showChallenge();
  if (proven && !challenge) verified(proven.number);
  /** @param {string} id @param {() => Promise<void>} work */
  const press = (id, work) => byId(id).addEventListener("click", () => once(byId(id), work));
  press("send", () => send(""));
  press("resend", () => send(challenge?.channel === "voice" && challenge.kind === "mobile" ? "voice" : ""));
  press("call", () => send("voice"));
  press("check", () => check(done));
  byId("phone-change").addEventListener("click", () => {
    byId("phone-verified").hidden = true;
    byId("phone-ask").hidden = false;
    input("phone").focus();
  });
  /** @param {string} id @param {string} button */
  const enter = (id, button) => byId(id).addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // Enter here does what the button beside it does, and does not send the whole form
    byId(button).click();
  });
  enter("phone", "send");
  enter("code", "check");
}
