// @ts-check
// What the link in the mail to the address before opens. It needs no session; where it succeeds a new password is chosen next.
import { call } from "../api.js";
import { byId, onSubmit } from "../form.js";
import { swap } from "../swap.js";
import { mailedToken } from "../token.js";
import { t } from "../words.js";

const token = mailedToken("undo.token");

onSubmit(
  /** @type {HTMLFormElement} */ (byId("form")),
  () => (token ? [] : [{ field: "", text: t("verify.js.link") }]),
  async () => {
    const { reset } = await call("POST", "/v1/account/email/undo", { token });
    location.replace(`/reset-password#${reset}`);
  },
  (problem) => {
    if (problem.code !== "link_expired" && problem.code !== "link_used") return false;
    swap("ask", "expired");
    return true;
  },
);
