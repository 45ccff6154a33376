// @ts-check
// Proving again who one is, before a change that would do harm in other hands.
import { Problem, call } from "./api.js";
import { copyOf, part } from "./case.js";
import { clear, input, once, say } from "./form.js";
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
  const field = input("step-up-password");
  part(dialog, "[data-proof=password]").hidden = !proofs.includes("password");
  /** @type {HTMLInputElement} */ (part(dialog, "[data-username]")).value = document.querySelector("[data-email]")?.textContent ?? "";
  let done = false;
  form.addEventListener("input", () => clear(field.id));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void once(part(form, "[type=submit]"), async () => {
      if (!field.value) return refuse(field, t("js.stepUp.empty"));
      try {
        await call("POST", "/v1/step-up", { password: field.value });
        done = true;
        dialog.close();
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        refuse(field, error.message);
      }
    });
  });
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
