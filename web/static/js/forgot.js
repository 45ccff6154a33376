// @ts-check
import { call } from "./api.js";
import { Captcha } from "./captcha.js";
import { byId, input, onSubmit, swap } from "./form.js";
import { t } from "./words.js";

const form = /** @type {HTMLFormElement} */ (byId("form"));
const captcha = new Captcha(form);

onSubmit(
  form,
  () => (/^\S+@\S+$/.test(input("email").value.trim()) ? [] : [{ field: "email", text: t("forgot.js.email") }]),
  async () => {
    const email = input("email").value.trim();
    await call("POST", "/v1/password/forgot", { email, captcha: await captcha.answer() }).finally(() => captcha.reset());
    for (const place of document.querySelectorAll("[data-said]")) place.textContent = t("forgot.js.said", { email });
    swap("ask", "done");
  },
);
