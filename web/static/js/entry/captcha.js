// @ts-check
import { Problem, call } from "../api.js";
import { byId } from "../form.js";
import { t } from "../words.js";

/** @typedef {{provider: string, siteKey?: string, parameters?: any, signature?: string}} Challenge */

/** One named policy lets one address become a worker; nothing else on the page may become script. */
const policy = /** @type {any} */ (window).trustedTypes?.createPolicy("captcha-worker", {
  createScriptURL: (/** @type {string} */ url) => {
    if (url !== workerURL) throw new TypeError("not our worker");
    return url;
  },
});
const workerURL = new URL("captcha-worker.js", import.meta.url).href;

/** Proof of work expires after ten minutes: it is solved again before. In ms. */
const spare = 60_000;

/** @param {Challenge} challenge @returns {Promise<string>} */
function solve(challenge) {
  const worker = new Worker(policy ? policy.createScriptURL(workerURL) : workerURL);
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data.solution));
    worker.onerror = () => reject(new Error("the worker did not start"));
    const { provider: _, ...rest } = challenge;
    worker.postMessage(rest);
  }).then((solution) => btoa(JSON.stringify(solution))).finally(() => worker.terminate());
}

/** The captcha of a form: solved in the background from the first focus on, asked for when the form is sent. */
export class Captcha {
  /** @type {Promise<string> | null} */
  #answer = null;
  #good = 0; // until when, ms

  /** @param {HTMLFormElement} form */
  constructor(form) {
    form.addEventListener("focusin", () => void this.answer().catch(() => {}), { once: true });
    document.addEventListener("translated", () => this.#say(/** @type {any} */ (byId("captcha").dataset.state)));
    byId("captcha-again").addEventListener("click", () => {
      this.reset();
      void this.answer().catch(() => {});
    });
  }

  /** @param {"idle" | "busy" | "done" | "failed"} state */
  #say(state) {
    byId("captcha").dataset.state = state;
    byId("captcha-status").textContent = t(`captcha.${state}`);
    byId("captcha-again").hidden = state !== "failed";
    byId("captcha-more").textContent = t(state === "failed" ? "captcha.help" : "captcha.more");
  }

  /** What the API takes as the member captcha; solved now if it was not before. @returns {Promise<string>} */
  answer() {
    if (this.#answer && (this.#good === 0 || Date.now() < this.#good)) return this.#answer;
    this.#say("busy");
    this.#good = 0;
    this.#answer = this.#solve().catch((error) => {
      throw error instanceof Problem ? error : new Problem(0, { code: "captcha_failed", detail: t("captcha.failed") }, 0);
    });
    this.#answer.then(() => this.#say("done"), () => {
      this.#answer = null;
      this.#say("failed");
    });
    return this.#answer;
  }

  async #solve() {
    const challenge = await call("GET", "/v1/captcha");
    delete challenge.etag;
    switch (challenge.provider) {
      case "off":
        return "";
      case "altcha":
        this.#good = challenge.parameters.expiresAt * 1000 - spare;
        return solve(challenge);
      default: {
        byId("captcha-more").textContent = t("captcha.widget");
        const { widget } = await import("./captcha-widget.js");
        return widget(challenge.provider, challenge.siteKey ?? "", byId("captcha-widget"));
      }
    }
  }

  /** Forgets the answer: each may be used once. */
  reset() {
    this.#answer = null;
    this.#say("idle");
    byId("captcha-widget").replaceChildren();
  }
}
