// @ts-check
import { begin } from "../account.js";
import { call } from "../api.js";
import { byId, input, onSubmit } from "../form.js";
import { newPassword, passwords } from "../password.js";
import { stepUp } from "../step-up.js";
import { t } from "../words.js";

passwords();
const form = /** @type {HTMLFormElement} */ (byId("form"));

function check() {
  const current = input("currentPassword").value, wrong = newPassword("newPassword");
  if (current && current === input("newPassword").value) wrong.unshift({ field: "newPassword", text: t("password.same") });
  if (!current) wrong.unshift({ field: "currentPassword", text: t("password.enter") });
  return wrong;
}

async function send() {
  await stepUp(() => call("PUT", "/v1/account/password", { currentPassword: input("currentPassword").value, newPassword: input("newPassword").value }));
  form.reset();
  input("newPassword").dispatchEvent(new Event("input"));
  byId("saved").textContent = t("password.saved");
}

onSubmit(form, check, send);
form.addEventListener("input", (event) => event.isTrusted && (byId("saved").textContent = ""));
const [a] = await begin();
input("username").value = a.email;
