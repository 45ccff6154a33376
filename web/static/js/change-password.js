// @ts-check
import { begin } from "./account.js";
import { call } from "./api.js";
import { byId, input, onSubmit, show } from "./form.js";
import { newPassword, passwords } from "./password.js";
import { t } from "./words.js";

passwords();
const form = /** @type {HTMLFormElement} */ (byId("form"));

onSubmit(
  form,
  () => [...(input("currentPassword").value ? [] : [{ field: "currentPassword", text: t("password.enter") }]), ...newPassword("newPassword")],
  async () => {
    await call("PUT", "/v1/account/password", { currentPassword: input("currentPassword").value, newPassword: input("newPassword").value });
    form.reset();
    byId("saved").textContent = t("password.saved");
  },
  (problem) => {
    if (problem.code !== "password_wrong") return false;
    show([{ field: "currentPassword", text: problem.message }], form);
    return true;
  },
);
form.addEventListener("input", () => (byId("saved").textContent = ""));
const [a] = await begin();
input("username").value = a.email;
