// @ts-check
import { Problem, call } from "../api.js";
import { remember } from "../email.js";
import { byId, countdown, once } from "../form.js";
import { carried } from "../onward.js";
import { t } from "../words.js";

/** @type {{id: string, email: string, resendAt: number} | null} */
const signup = JSON.parse(sessionStorage.getItem("signup") ?? "null");
const button = byId("resend");

/** @param {number} seconds */
function wait(seconds) {
  if (signup) {
    signup.resendAt = Date.now() + seconds * 1000;
    sessionStorage.setItem("signup", JSON.stringify(signup));
  }
  countdown(button, seconds, "inbox.js.in", () => (byId("trouble").hidden = true));
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

/** The address is verified: all that is left is to log in. */
function verified() {
  clearTimeout(asking);
  sessionStorage.removeItem("signup");
  if (signup) remember(signup.email);
  location.replace(carried("/login?verified"));
}

/** How long until the page asks again whether the link was opened elsewhere, in ms: often at first, and less and less. */
let pause = 4000, asking = 0;

async function ask() {
  clearTimeout(asking);
  if (document.hidden) return; // coming back asks at once
  try {
    if ((await call("GET", `/v1/signups/${signup?.id}`)).verified) return verified();
  } catch (error) {
    if (error instanceof Problem && error.status === 410) return; // a day is over
  }
  asking = setTimeout(ask, (pause = Math.min(pause * 1.2, 60_000)));
}

byId(signup ? "known" : "unknown").hidden = false;
if (signup) {
  for (const place of document.querySelectorAll("[data-address]")) place.textContent = signup.email;
  const left = Math.ceil((signup.resendAt - Date.now()) / 1000);
  if (left > 0) wait(left);
  button.addEventListener("click", () => once(button, resend));
  asking = setTimeout(ask, pause);
  document.addEventListener("visibilitychange", () => void ask());
  new BroadcastChannel("signup").onmessage = ({ data }) => data.verified === signup.email && verified();
}
