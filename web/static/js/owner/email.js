// @ts-check
// Another address: asked for here, confirmed by the mail that goes there.
import { Problem, call } from "../api.js";
import { address, looksRight } from "../email.js";
import { byId, input, onSubmit } from "../form.js";
import { stepUp } from "../step-up.js";
import { momentOf } from "../when.js";
import { t } from "../words.js";

/** @typedef {{email: string, pending: {email: string, expiresAt: string} | null}} Emails */

export async function emails() {
  const found = await call("GET", "/v1/account/email").catch(none);
  const form = /** @type {HTMLFormElement} */ (byId("email-form"));
  waits(found);
  onSubmit(
    form,
    () => {
      if (!looksRight()) return [{ field: "email", text: t("email.js.wrong") }];
      return address().toLowerCase() === found.email ? [{ field: "email", text: t("account.js.same") }] : [];
    },
    async () => {
      waits(await stepUp(() => call("POST", "/v1/account/email", { email: address() })));
      input("email").value = "";
    },
  );
}

/** While newer terms are not accepted, the account can be read and closed, and no more. @param {unknown} error @returns {Emails} */
function none(error) {
  if (!(error instanceof Problem)) throw error;
  return { email: "", pending: null };
}

/** Says which address waits for its confirmation. @param {Emails} found */
function waits({ pending }) {
  const place = byId("pending");
  place.hidden = !pending;
  const text = place.querySelector("[data-text]");
  if (pending && text) text.textContent = t("account.js.pending", { email: pending.email, time: momentOf(pending.expiresAt) });
}
