// @ts-check
import { call } from "./api.js";
import { Captcha } from "./captcha.js";
import { byId, input, onSubmit } from "./form.js";
import { newPassword, passwords } from "./password.js";
import { t } from "./words.js";

const form = /** @type {HTMLFormElement} */ (byId("form"));
const captcha = new Captcha(form);
passwords();

// "Change the address" brings what was typed back; never a password.
input("email").value ||= sessionStorage.getItem("signup.email") ?? "";

function check() {
  const wrong = [];
  if (!/^\S+@\S+$/.test(input("email").value.trim())) wrong.push({ field: "email", text: t("signup.js.email") });
  wrong.push(...newPassword("password"));
  if (!input("terms").checked) wrong.push({ field: "terms", text: t("signup.js.terms") });
  return wrong;
}

async function send() {
  const solved = await captcha.answer();
  const answer = await call("POST", "/v1/signup", {
    email: input("email").value.trim(), password: input("password").value, captcha: solved,
    terms: { version: form.dataset.terms, accepted: true }, locale: document.documentElement.lang,
  }).finally(() => captcha.reset());
  sessionStorage.setItem("signup", JSON.stringify({ id: answer.signupId, email: answer.email, resendAt: Date.now() + answer.resendAfter * 1000 }));
  sessionStorage.setItem("signup.email", answer.email);
  location.assign("/check-inbox");
}

onSubmit(form, check, send);
