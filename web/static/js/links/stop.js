// @ts-check
import { call } from "../api.js";
import { byId, onSubmit } from "../form.js";
import { swap } from "../swap.js";
import { mailedToken } from "../token.js";
import { t } from "../words.js";

const kept = "stop.done", token = mailedToken("stop.token");

onSubmit(
  /** @type {HTMLFormElement} */ (byId("form")),
  () => (token ? [] : [{ field: "", text: t("stop.js.link") }]),
  async () => {
    await call("POST", "/v1/factors/reset/stop", { token });
    sessionStorage.setItem(kept, token);
    swap("ask", "done");
  },
  (problem) => {
    if (problem.code === "link_used") swap("ask", "done");
    else if (problem.code === "link_expired") swap("ask", "expired");
    else return false;
    return true;
  },
);

// A reload afterwards shows what is.
if (token && sessionStorage.getItem(kept) === token) swap("ask", "done");
