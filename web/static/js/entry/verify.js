// @ts-check
import { call, Problem } from "../api.js";
import { remember } from "../email.js";
import { byId, input, onSubmit } from "../form.js";
import { passwords } from "../password.js";
import { swap } from "../swap.js";
import { mailedToken } from "../token.js";
import { t } from "../words.js";
import { recall } from "./recall.js";

const token = mailedToken("verify.token");
passwords();

const form = /** @type {HTMLFormElement} */ (byId("form"));
const proof = byId("proof");

function check() {
  if (!token) return [{ field: "", text: t("verify.js.link") }];
  if (!proof.hidden && !input("password").value) return [{ field: "password", text: t("verify.js.password") }];
  return [];
}

/** The other tab of this browser that waits for it moves on. @param {string} email */
function finished(email) {
  sessionStorage.removeItem("signup");
  remember(email);
  recall();
  new BroadcastChannel("signup").postMessage({ verified: email });
  for (const place of document.querySelectorAll("[data-address]")) place.textContent = email;
}

async function send() {
  const answer = await call("POST", "/v1/verify", { token, ...(proof.hidden ? {} : { password: input("password").value }) });
  finished(answer.email);
  swap("ask", "done");
}

/** This is not the browser that signed up: who presses will be asked for the password, and is told so beforehand. */
function askPassword() {
  proof.hidden = false;
  byId("one-press").hidden = true;
}

/** @param {import("../api.js").Problem} problem */
function special(problem) {
  switch (problem.code) {
    case "already_verified":
      swap("ask", "already");
      return true;
    case "link_expired":
      swap("ask", "expired");
      return true;
    case "signup_proof_required":
      askPassword();
      input("password").focus();
      return true;
  }
  return false;
}

onSubmit(form, check, send, special);

/** Says what the button would do, before anybody presses it: asking changes nothing. */
async function look() {
  const link = await call("POST", "/v1/verify/check", { token });
  for (const place of document.querySelectorAll("[data-to]")) place.textContent = link.email ?? "";
  input("username").value = link.email ?? "";
  if (link.state === "verified") {
    finished(link.email);
    swap("ask", "already");
  } else if (link.state === "expired") swap("ask", "expired");
  else if (link.passwordRequired) askPassword();
}

if (token) look().catch((error) => {
  if (!(error instanceof Problem)) throw error; // what is wrong with the link is said when the button is pressed
});
