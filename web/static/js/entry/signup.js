// @ts-check
import { call } from "../api.js";
import { address, looksRight, remember } from "../email.js";
import { byId, input, onSubmit } from "../form.js";
import { newPassword, passwords } from "../password.js";
import { t } from "../words.js";
import { Captcha } from "./captcha.js";

const form = /** @type {HTMLFormElement} */ (byId("form"));
const captcha = new Captcha(form);
const agreed = "signup.terms";
/** What leads back to a product that has sent somebody here; most come by themselves. */
const product = location.search.includes("authorize=") ? import("./recall.js") : null;
passwords();
remember();

// What was typed outlives the way to another page and back; never a password.
input("terms").checked ||= sessionStorage.getItem(agreed) === form.dataset.terms;
input("terms").addEventListener("change", () => {
  if (input("terms").checked) sessionStorage.setItem(agreed, form.dataset.terms ?? "");
  else sessionStorage.removeItem(agreed);
});

function check() {
  const wrong = [];
  if (!looksRight()) wrong.push({ field: "email", text: t("email.js.wrong") });
  wrong.push(...newPassword("password"));
  if (!input("terms").checked) wrong.push({ field: "terms", text: t("signup.js.terms") });
  return wrong;
}

async function send() {
  const solved = await captcha.answer();
  const answer = await call("POST", "/v1/signup", {
    email: address(), password: input("password").value, captcha: solved,
    terms: { version: form.dataset.terms, accepted: true }, locale: document.documentElement.lang,
  }).finally(() => captcha.reset());
  sessionStorage.setItem("signup", JSON.stringify({ id: answer.signupId, email: answer.email, resendAt: Date.now() + answer.resendAfter * 1000 }));
  sessionStorage.removeItem(agreed);
  remember(answer.email);
  (await product)?.keep();
  location.assign(`/check-inbox${location.search}`);
}

onSubmit(form, check, send);
