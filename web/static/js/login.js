// @ts-check
import { call, Problem } from "./api.js";
import { Captcha } from "./captcha.js";
import { byId, input, once, onSubmit, show } from "./form.js";
import { forget, passwords } from "./password.js";
import { t } from "./words.js";

/** Where each `next` of the API leads. @type {Record<string, string>} */
const addresses = { "account-details": "/account-details", kyc: "/settings/kyc", home: "/" };

const form = /** @type {HTMLFormElement} */ (byId("form"));
const query = new URLSearchParams(location.search);
/** @type {Captcha | null} */
let captcha = null;
let signupId = "";
passwords();

if (query.has("ended")) say(t("login.js.ended"));

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
  if (!input("email").value.trim()) wrong.push({ field: "email", text: t("login.js.required") });
  if (!input("password").value) wrong.push({ field: "password", text: t("login.js.required") });
  return wrong;
}

async function send() {
  const answer = await call("POST", "/v1/login", {
    email: input("email").value.trim(), password: input("password").value, remember: input("remember").checked, transport: "cookie",
    ...(captcha ? { captcha: await captcha.answer() } : {}),
  }).finally(() => captcha?.reset());
  sessionStorage.clear();
  location.replace(answer.next === "home" ? back() : (addresses[answer.next] ?? "/"));
}

/** @param {Problem} problem */
function special(problem) {
  forget();
  if (problem.body.signupId) {
    signupId = problem.body.signupId;
    byId("resend").hidden = false;
  }
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
    byId("resend").hidden = true;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    show([{ field: "", text: error.message }], form);
  }
}));

onSubmit(form, check, send, special);
