// @ts-check
// What the link in the mail about a log-in from a new device opens. It needs no session; where it succeeds a new password is chosen next.
import { call } from "../api.js";
import { byId, onSubmit } from "../form.js";
import { swap } from "../swap.js";
import { mailedToken } from "../token.js";
import { t } from "../words.js";

const token = mailedToken("not-me.token");

onSubmit(
  /** @type {HTMLFormElement} */ (byId("form")),
  () => (token ? [] : [{ field: "", text: t("verify.js.link") }]),
  async () => {
    const { reset } = await call("POST", "/v1/login/disown", { token });
    location.replace(`/reset-password#${reset}`);
  },
  (problem) => {
    if (problem.code !== "link_expired" && problem.code !== "link_used") return false;
    swap("ask", "expired");
    return true;
  },
);
