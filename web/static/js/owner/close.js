// @ts-check
// Closing the account: first it is said what becomes of it, then it is done.
import { Problem, call } from "../api.js";
import { byId, once } from "../form.js";
import { stepUp } from "../step-up.js";
import { dayOf, momentOf } from "../when.js";
import { t } from "../words.js";

/** @typedef {{eraseAt: string, kept: {what: string, until: string}[]}} Closing */

/** @param {string} text */
function trouble(text) {
  byId("close-trouble").textContent = text;
  byId("close-trouble").hidden = !text;
}

/** @param {HTMLElement} button @param {() => Promise<void>} work */
const press = (button, work) => button.addEventListener("click", () => once(button, async () => {
  trouble("");
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    trouble(error.message);
  }
}));

/** @param {boolean} open */
function plan(open) {
  byId("close-plan").hidden = !open;
  byId("close-ask").hidden = open;
  byId(open ? "close-plan" : "close-look").focus();
}

/** @param {Closing} closing */
function show({ eraseAt, kept }) {
  const place = byId("close-plan");
  const when = place.querySelector("[data-when]"), list = place.querySelector("[data-kept]");
  if (when) when.textContent = t("account.js.eraseAt", { time: momentOf(eraseAt) });
  list?.replaceChildren(...kept.map(({ what, until }) => {
    const item = document.createElement("li");
    item.textContent = t(`account.js.kept.${what}`, { day: dayOf(until) });
    return item;
  }));
  plan(true);
}

export function closing() {
  press(byId("close-look"), async () => show(await call("GET", "/v1/account/close")));
  press(byId("close-not"), async () => plan(false));
  press(byId("close-do"), async () => {
    await stepUp(() => call("POST", "/v1/account/close"));
    location.assign("/login?closed");
  });
}
