// @ts-check
import { call } from "../api.js";
import { byId, input, onSubmit } from "../form.js";
import { newPassword, passwords } from "../password.js";
import { swap } from "../swap.js";
import { mailedToken } from "../token.js";
import { t } from "../words.js";
import { recall } from "./recall.js";

const kept = "reset.token", done = "reset.done";
const token = mailedToken(kept);
passwords();

const form = /** @type {HTMLFormElement} */ (byId("form"));

onSubmit(
  form,
  () => (token ? newPassword("password") : [{ field: "", text: t("reset.js.link") }]),
  async () => {
    await call("POST", "/v1/password/reset", { token, password: input("password").value });
    sessionStorage.setItem(done, token);
    recall();
    swap("ask", "done");
  },
  (problem) => {
    if (problem.code !== "link_expired" && problem.code !== "link_used") return false;
    swap("ask", "expired");
    return true;
  },
);

// A reload afterwards shows what is.
if (token && sessionStorage.getItem(done) === token) swap("ask", "done");
