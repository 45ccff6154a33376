// @ts-check
// Logging in by a passkey, and the second step after the password.
import { Problem, call } from "../api.js";
import { byId, input, mistakesOf, once, onSubmit, show } from "../form.js";
import { known, prove } from "../passkey.js";
import { proofOf } from "../proof.js";
import { swap } from "../swap.js";
import { t } from "../words.js";

/** @typedef {(answer: {next: string}) => void} Landed */

/** @typedef {(problem: Problem) => boolean} Special what is more than a sentence to show, and was done */

/** @param {string} id of a button @param {() => Promise<{next: string}>} work @param {Landed} landed @param {Special} special */
function press(id, work, landed, special) {
  byId(id).addEventListener("click", () => once(byId(id), async () => {
    show([]);
    try {
      landed(await work());
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (special(error)) return;
      show(mistakesOf(error, () => ""));
    }
  }));
}

/** Offers to log in without a password, where the browser can. @param {Landed} landed @param {Special} special */
export function byPasskey(landed, special) {
  byId("by-passkey").hidden = !known;
  press("by-passkey", async () => {
    const passkey = await prove(await call("POST", "/v1/login/passkey/begin"));
    return call("POST", "/v1/login/passkey", { passkey, remember: input("remember").checked, transport: "cookie" });
  }, landed, special);
}

let begun = false;

/** Asks for the second factor; the browser has the first half in a cookie. @param {string[]} proofs @param {Landed} landed */
export function secondStep(proofs, landed) {
  byId("notice").hidden = true;
  swap("first", "second");
  byId("second-passkey").hidden = !known || !proofs.includes("passkey");
  input("code").value = "";
  input("code").focus();
  if (begun) return;
  begun = true;
  press("second-passkey", async () => {
    const passkey = await prove(await call("POST", "/v1/login/factor/passkey", {}));
    return call("POST", "/v1/login/factor", { passkey, transport: "cookie" });
  }, landed, () => false);
  onSubmit(
    /** @type {HTMLFormElement} */ (byId("factor")),
    () => (input("code").value.trim() ? [] : [{ field: "code", text: t("js.factor.empty") }]),
    async () => landed(await call("POST", "/v1/login/factor", { ...proofOf(input("code").value), transport: "cookie" })),
    (problem) => {
      if (!problem.errors.length) return false;
      show(problem.errors.map((e) => ({ field: "code", text: e.text })));
      return true;
    },
  );
}
