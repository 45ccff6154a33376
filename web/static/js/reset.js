// @ts-check
import { call } from "./api.js";
import { byId, input, onSubmit, show, swap } from "./form.js";
import { newPassword, passwords } from "./password.js";
import { t } from "./words.js";

const token = location.hash.slice(1) || sessionStorage.getItem("reset.token") || "";
sessionStorage.setItem("reset.token", token);
if (location.hash) history.replaceState(null, "", location.pathname);
passwords();

const form = /** @type {HTMLFormElement} */ (byId("form"));

onSubmit(
  form,
  () => (token ? newPassword("password") : [{ field: "", text: t("reset.js.link") }]),
  async () => {
    await call("POST", "/v1/password/reset", { token, password: input("password").value });
    sessionStorage.removeItem("reset.token");
    swap("ask", "done");
  },
  (problem) => {
    if (problem.code === "link_expired" || problem.code === "link_used") swap("ask", "expired");
    else if (problem.code === "link_invalid") show([{ field: "", text: problem.message }], form);
    else return false;
    return true;
  },
);
