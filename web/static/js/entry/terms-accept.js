// @ts-check
// Where a log-in stops after newer terms were published.
import { call, session } from "../api.js";
import { byId, input, onSubmit } from "../form.js";
import { carried, onward } from "../onward.js";
import { t } from "../words.js";

/** Where each `next` of the API leads. @type {Record<string, string>} */
const addresses = { "account-details": "/account-details", kyc: "/settings/kyc" };

const form = /** @type {HTMLFormElement} */ (byId("form"));

session.ended = () => {
  location.replace(carried("/login?ended"));
  return true;
};

onSubmit(
  form,
  () => (input("accepted").checked ? [] : [{ field: "accepted", text: t("terms-accept.js.required") }]),
  async () => {
    const { next } = await call("POST", "/v1/terms/accept", { version: form.dataset.terms, accepted: true });
    location.replace(onward(addresses[next] ?? "/"));
  },
);
