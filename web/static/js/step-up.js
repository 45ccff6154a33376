// @ts-check
// Proving again who one is, before a change that would do harm in other hands.
import { Problem, call } from "./api.js";
import { clear, input, once, say } from "./form.js";
import { known, prove } from "./passkey.js";
import { proofOf } from "./proof.js";
import { copyOf, part } from "./template.js";
import { t } from "./words.js";

/**
 * Runs a call of the API; where that wants a fresh proof of who one is, asks for it and runs the call again. Who gives up gets the problem.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function stepUp(work) {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== "step_up_required" || !(await proved(error.body.proofs))) throw error;
    }
  }
}

/** Opens the dialog until it is proved or given up; what had the focus has it again afterwards. @param {string[]} proofs @returns {Promise<boolean>} */
function proved(proofs) {
  const dialog = /** @type {HTMLDialogElement} */ (copyOf("step-up-ask")), form = /** @type {HTMLFormElement} */ (part(dialog, "form")), back = document.activeElement;
  document.body.append(dialog);
  const byPassword = proofs.includes("password"), field = input(byPassword ? "step-up-password" : "step-up-code");
  part(dialog, `[data-proof=${byPassword ? "password" : "code"}]`).hidden = false;
  /** @type {HTMLInputElement} */ (part(dialog, "[data-username]")).value = document.querySelector("[data-email]")?.textContent ?? "";
  const key = part(dialog, "[data-passkey]");
  key.hidden = !known || !proofs.includes("passkey");
  let done = false;
  /** @param {HTMLElement} button @param {() => Promise<object>} proof */
  const send = (button, proof) => once(button, async () => {
    clear(field.id);
    try {
      await call("POST", "/v1/step-up", await proof());
      done = true;
      dialog.close();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      refuse(field, error.errors[0]?.text ?? error.message);
    }
  });
  form.addEventListener("input", () => clear(field.id));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!field.value.trim()) return refuse(field, t(byPassword ? "js.stepUp.empty" : "js.factor.empty"));
    void send(part(form, "[type=submit]"), async () => (byPassword ? { password: field.value } : proofOf(field.value)));
  });
  key.addEventListener("click", () => void send(key, async () => ({ passkey: await prove(await call("POST", "/v1/step-up/passkey")) })));
  part(dialog, "[data-close]").addEventListener("click", () => dialog.close());
  form.dataset.ready = "";
  dialog.showModal();
  field.focus();
  return new Promise((resolve) => dialog.addEventListener("close", () => {
    dialog.remove();
    if (back instanceof HTMLElement) back.focus();
    resolve(done);
  }));
}

/** @param {HTMLInputElement} field @param {string} text */
function refuse(field, text) {
  say({ field: field.id, text });
  field.focus();
}
