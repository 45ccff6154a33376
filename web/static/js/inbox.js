// @ts-check
import { Problem, call } from "./api.js";
import { byId, countdown, once } from "./form.js";
import { t } from "./words.js";

/** @type {{id: string, email: string, resendAt: number} | null} */
const signup = JSON.parse(sessionStorage.getItem("signup") ?? "null");
const button = byId("resend");

/** @param {number} seconds */
function wait(seconds) {
  if (signup) {
    signup.resendAt = Date.now() + seconds * 1000;
    sessionStorage.setItem("signup", JSON.stringify(signup));
  }
  countdown(button, seconds, "inbox.js.in");
}

async function resend() {
  byId("trouble").hidden = true;
  byId("said").textContent = "";
  try {
    const answer = await call("POST", "/v1/signup/resend", { signupId: signup?.id });
    byId("said").textContent = t("inbox.js.sent");
    wait(answer.resendAfter);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    byId("trouble").textContent = error.message;
    byId("trouble").hidden = false;
    if (error.status === 429) wait(error.retryAfter);
  }
}

byId(signup ? "known" : "unknown").hidden = false;
if (signup) {
  for (const place of document.querySelectorAll("[data-address]")) place.textContent = signup.email;
  const left = Math.ceil((signup.resendAt - Date.now()) / 1000);
  if (left > 0) wait(left);
  button.addEventListener("click", () => once(button, resend));
}
