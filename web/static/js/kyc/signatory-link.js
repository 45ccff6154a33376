// @ts-check
// The link by which the signatory brings the own papers: made, copied, shared and ended where those papers are asked for.
import { Problem, call } from "../api.js";
import { once } from "../form.js";
import { stepUp } from "../step-up.js";
import { copyOf, note, part } from "../template.js";
import { momentOf } from "../when.js";
import { t } from "../words.js";

/** @typedef {{url: string, createdAt: string, openedAt: string | null, expiresAt: string}} Link */

export class SignatoryLink {
  element = copyOf("signatory-link");
  /** @type {Link | null} */
  #link = null;
  /** @type {import("./case.js").Requirement[]} */
  #asked = [];
  #url = /** @type {HTMLInputElement} */ (part(this.element, "input"));

  constructor() {
    this.#press("make", async () => this.#show(await stepUp(() => call("POST", "/v1/kyc/signatory-link"))));
    this.#press("again", async () => this.#show(await stepUp(() => call("POST", "/v1/kyc/signatory-link"))));
    this.#press("end", async () => (await stepUp(() => call("DELETE", "/v1/kyc/signatory-link")), this.#show(null)));
    this.#press("copy", async () => {
      await navigator.clipboard.writeText(this.#url.value).then(() => (this.#said.textContent = t("kyc.js.link.copied")), () => this.#url.select());
    });
    this.#press("share", () => navigator.share({ url: this.#url.value }).catch(() => {})); // who closes the sheet shares nothing
  }

  get #said() {
    return part(this.element, "[data-said]");
  }

  /** @param {import("./case.js").Requirement[]} asked of the signatory */
  update(asked) {
    this.#asked = asked;
    this.#show(this.#link);
  }

  /** Asks how the link is now. */
  async look() {
    try {
      this.#show((await call("GET", "/v1/kyc/signatory-link")).link);
    } catch (error) {
      if (!(error instanceof Problem)) throw error; // who comes back to the page asks again
    }
  }

  /** @param {Link | null} link */
  #show(link) {
    this.#link = link;
    const there = this.#asked.filter((r) => ["ready", "accepted"].includes(r.state)).length, opened = link?.openedAt;
    const date = link ? momentOf(link.expiresAt) : "";
    part(this.element, "[data-text]").textContent = !link ? t("kyc.js.link.none") : !opened ? t("kyc.js.link.made", { date })
      : t("kyc.js.link.opened", { at: momentOf(opened), n: there, all: this.#asked.length, date });
    const waits = link !== null && !opened;
    this.#url.value = waits ? link.url : "";
    part(this.element, "[data-link]").hidden = !waits;
    for (const [act, shown] of Object.entries({ make: !link, again: link !== null, end: link !== null, copy: waits, share: waits && "share" in navigator })) part(this.element, `[data-act=${act}]`).hidden = !shown;
  }

  /** @param {string} act @param {() => Promise<unknown>} work */
  #press(act, work) {
    const button = part(this.element, `[data-act=${act}]`);
    button.addEventListener("click", () => once(button, async () => {
      const wrong = part(this.element, "[data-problem]"), within = this.element.contains(document.activeElement);
      wrong.replaceChildren();
      this.#said.textContent = "";
      try {
        await work();
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        wrong.append(note(error.message));
      }
      if (within && button.hidden) part(this.element, this.#link && !this.#link.openedAt ? "input" : "button:not([hidden])").focus();
    }));
  }
}
