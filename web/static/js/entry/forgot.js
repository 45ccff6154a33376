// @ts-check
import { call } from "../api.js";
import { address, looksRight, remember } from "../email.js";
import { byId, onSubmit } from "../form.js";
import { swap } from "../swap.js";
import { t } from "../words.js";
import { Captcha } from "./captcha.js";
import { keep } from "./recall.js";

const form = /** @type {HTMLFormElement} */ (byId("form"));
const captcha = new Captcha(form);
remember();

onSubmit(
  form,
  () => (looksRight() ? [] : [{ field: "email", text: t("email.js.wrong") }]),
  async () => {
    const email = address();
    await call("POST", "/v1/password/forgot", { email, captcha: await captcha.answer() }).finally(() => captcha.reset());
    keep();
    for (const place of document.querySelectorAll("[data-said]")) place.textContent = t("forgot.js.said", { email });
    swap("ask", "done");
  },
);
