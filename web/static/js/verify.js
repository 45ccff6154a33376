// @ts-check
import { call } from "./api.js";
import { byId, input, onSubmit, show, swap } from "./form.js";
import { passwords } from "./password.js";
import { t } from "./words.js";

// The token stays out of history and of every request but the one that uses it; it survives a reload.
const token = location.hash.slice(1) || sessionStorage.getItem("verify.token") || "";
sessionStorage.setItem("verify.token", token);
if (location.hash) history.replaceState(null, "", location.pathname);
passwords();

const form = /** @type {HTMLFormElement} */ (byId("form"));
const proof = byId("proof");

function check() {
  if (!token) return [{ field: "", text: t("verify.js.link") }];
  if (!proof.hidden && !input("password").value) return [{ field: "password", text: t("verify.js.password") }];
  return [];
}

async function send() {
  const answer = await call("POST", "/v1/verify", { token, ...(proof.hidden ? {} : { password: input("password").value }) });
  sessionStorage.removeItem("verify.token");
  sessionStorage.removeItem("signup");
  for (const place of document.querySelectorAll("[data-address]")) place.textContent = answer.email;
  swap("ask", "done");
}

/** @param {import("./api.js").Problem} problem */
function special(problem) {
  switch (problem.code) {
    case "already_verified":
      swap("ask", "already");
      return true;
    case "link_expired":
      swap("ask", "expired");
      return true;
    case "signup_proof_required":
      proof.hidden = false;
      input("password").focus();
      return true;
    case "password_wrong":
      show([{ field: "password", text: problem.message }], form);
      return true;
    case "link_invalid":
      show([{ field: "", text: problem.message }], form);
      return true;
  }
  return false;
}

onSubmit(form, check, send, special);
