// @ts-check
// What the link in the mail to the new address opens. It needs the session of the account that asked; who has none logs in and comes back.
import { Problem, call, session } from "../api.js";
import { byId, onSubmit } from "../form.js";
import { swap } from "../swap.js";
import { mailedToken } from "../token.js";
import { t } from "../words.js";

const kept = "confirm.token", done = "confirm.done";
const token = mailedToken(kept);

session.ended = () => {
  location.replace("/login?to=/confirm-email");
  return true;
};

/** @param {string} email */
function finished(email) {
  for (const place of document.querySelectorAll("[data-address]")) place.textContent = email;
  swap("ask", "done");
}

onSubmit(
  /** @type {HTMLFormElement} */ (byId("form")),
  () => (token ? [] : [{ field: "", text: t("verify.js.link") }]),
  async () => {
    const { email } = await call("POST", "/v1/account/email/confirm", { token });
    sessionStorage.setItem(done, token);
    finished(email);
  },
  (problem) => {
    if (problem.code !== "link_expired" && problem.code !== "link_used") return false;
    swap("ask", "expired");
    return true;
  },
);

/** Says which address the button would confirm, before anybody presses it. */
async function look() {
  const { email, pending } = await call("GET", "/v1/account/email");
  if (sessionStorage.getItem(done) === token) return finished(email); // a reload afterwards shows what is
  for (const place of document.querySelectorAll("[data-to]")) place.textContent = pending?.email ?? "";
}

if (token) look().catch((error) => {
  if (!(error instanceof Problem)) throw error; // what is wrong is said when the button is pressed
});
