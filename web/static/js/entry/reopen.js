// @ts-check
// Where a log-in leads to an account that is being closed: it is taken back, or left alone.
import { call } from "../api.js";
import { byId, onSubmit } from "../form.js";
import { swap } from "../swap.js";
import { momentOf } from "../when.js";
import { t } from "../words.js";

/** @type {{reopen: string, until: string} | null} */
const back = JSON.parse(sessionStorage.getItem("reopen") ?? "null");

const place = document.querySelector("[data-until]");
if (place && back) place.textContent = t("reopen.js.until", { time: momentOf(back.until) });

onSubmit(
  /** @type {HTMLFormElement} */ (byId("form")),
  () => (back ? [] : [{ field: "", text: t("reopen.js.login") }]),
  async () => {
    await call("POST", "/v1/account/reopen", { token: back?.reopen });
    sessionStorage.removeItem("reopen");
    location.replace("/login?reopened");
  },
  (problem) => {
    if (problem.code !== "link_expired" && problem.code !== "link_used") return false;
    swap("ask", "expired");
    return true;
  },
);
