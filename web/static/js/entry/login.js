// @ts-check
import { call, Problem } from "../api.js";
import { address, remember } from "../email.js";
import { byId, countdown, input, once, onSubmit, show } from "../form.js";
import { onward, request } from "../onward.js";
import { forget, passwords } from "../password.js";
import { t } from "../words.js";
import { Captcha } from "./captcha.js";
import { byPasskey, secondStep } from "./login-factor.js";

/** Where each `next` of the API leads. @type {Record<string, string>} */
const addresses = { "terms-accept": "/terms-accept", "account-details": "/account-details", kyc: "/settings/kyc", home: "/" };

const form = /** @type {HTMLFormElement} */ (byId("form"));
const query = new URLSearchParams(location.search);
/** @type {Captcha | null} */
let captcha = null;
let signupId = "";
passwords();
remember();
input("email").value ||= new URLSearchParams(request).get("login_hint") ?? "";
for (const cancel of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-product]"))) {
  cancel.addEventListener("click", (event) => {
    event.preventDefault();
    location.assign(onward("/") + "&central_cancel=1");
  });
}

for (const key of ["ended", "verified", "closed", "reopened"]) if (query.has(key)) say(t(`login.js.${key}`));

/** @param {string} text */
function say(text) {
  byId("notice").textContent = text;
  byId("notice").hidden = false;
}

/** With nothing left to do, the page that a session ended on; it is a path of ours or nothing. */
function back() {
  const to = query.get("to") ?? "";
  return /^\/[a-z][a-z/-]*$/.test(to) && !to.startsWith("/login") ? to : "/";
}

function check() {
  const wrong = [];
  if (!address()) wrong.push({ field: "email", text: t("login.js.required") });
  if (!input("password").value) wrong.push({ field: "password", text: t("login.js.required") });
  return wrong;
}

async function send() {
  landed(await call("POST", "/v1/login", {
    email: address(), password: input("password").value, remember: input("remember").checked, transport: "cookie",
    ...(captcha ? { captcha: await captcha.answer() } : {}),
  }).finally(() => captcha?.reset()));
}

/** Goes where the log-in leads. @param {{next: string}} answer */
function landed(answer) {
  const link = sessionStorage.getItem("confirm.token");
  sessionStorage.clear();
  if (link) sessionStorage.setItem("confirm.token", link); // which has led here
  if (request) return location.replace(onward("/"));
  location.replace(answer.next === "home" || back() === "/confirm-email" ? back() : (addresses[answer.next] ?? "/"));
}

/** Whose account is being closed may take it back. @param {Problem} problem */
function closing(problem) {
  if (problem.code !== "account_closing") return false;
  sessionStorage.setItem("reopen", JSON.stringify({ reopen: problem.body.reopen, until: problem.body.until }));
  location.assign("/reopen");
  return true;
}

/** @param {Problem} problem */
function special(problem) {
  forget();
  if (closing(problem)) return true;
  if (problem.code === "second_factor_required") {
    secondStep(problem.body.proofs, landed);
    return true;
  }
  signupId = problem.body.signupId ?? "";
  byId("unverified").hidden = !signupId;
  if (problem.errors.some((e) => e.code.startsWith("captcha_")) || problem.code.startsWith("captcha_")) {
    byId("captcha-room").hidden = false;
    captcha ??= new Captcha(form);
    captcha.answer().catch(() => {});
  }
  return false;
}

byId("resend").addEventListener("click", () => once(byId("resend"), async () => {
  try {
    await call("POST", "/v1/signup/resend", { signupId });
    show([], form);
    say(t("login.js.sent"));
    byId("unverified").hidden = true;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    byId("resend-said").textContent = error.message;
    if (error.status === 429) countdown(byId("resend"), error.retryAfter, "inbox.js.in", () => (byId("resend-said").textContent = ""));
  }
}));

onSubmit(form, check, send, special);
byPasskey(landed, closing);
