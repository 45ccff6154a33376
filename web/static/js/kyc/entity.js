// @ts-check
// What kind of person or business somebody is: it decides what is asked for.
import { Problem, call } from "../api.js";
import { ask, onChoice } from "../ask.js";
import { byId, clear, say, withdraw } from "../form.js";
import { part } from "../template.js";
import { named, t } from "../words.js";
import { FlagBox } from "./flags.js";
import { proposes } from "./propose.js";

/** @typedef {import("./case.js").Case} Case */
/** @typedef {{code: string, name: string, accountTypes: string[], fields: import("./control.js").Spec[]}} EntityType */

const select = /** @type {HTMLSelectElement} */ (byId("entityType"));
const place = /** @type {HTMLElement} */ (select.closest(".field"));

/** @param {EntityType} e */
export const nameOf = (e) => named(`entityType.${e.code}`, e.name);

export class EntityChoice {
  #page;
  #wrong = ""; // as the case has it
  #changing = false;
  /** @type {FlagBox | null} */
  #flag = null;

  /**
   * @param {EntityType[]} types all there are @param {(e: EntityType) => boolean} may whether the account may choose one
   * @param {{now: () => Case, settled: () => Promise<void>, offer: (name: string, value: string) => void,
   *  take: (c: Case) => void, reload: () => Promise<void>, answer: import("./flags.js").Answer}} page
   */
  constructor(types, may, page) {
    this.#page = page;
    this.types = types;
    for (const e of types) if (may(e)) select.append(new Option(nameOf(e), e.code));
    proposes(types.filter(may), nameOf, async (code, field, number) => {
      select.value = code;
      await this.#change();
      if (page.now().entityType === code) page.offer(field, number);
      select.focus();
    });
    onChoice(select, () => page.now().entityType ?? "", () => void this.#change(), () => !this.#loses(select.value));
  }

  /** @param {Case} c */
  update(c) {
    const p = c.parts.find((x) => x.pointer === "/entityType"), m = c.entityType ? c.missing.find((x) => x.pointer === "/entityType") : undefined;
    if (!this.#changing) select.value = c.entityType ?? "";
    byId("proposal").hidden = Boolean(c.entityType);
    select.disabled = p?.open === false;
    if (p?.flag) {
      this.#flag ??= new FlagBox("entityType", t("kyc.js.entity"), (text, known) => this.#page.answer("/entityType", text, known));
      if (!this.#flag.element.isConnected) place.append(this.#flag.element);
      this.#flag.update(p.flag);
    } else this.#flag?.element.remove();
    if (c.missing.every((x) => x.pointer !== "/entityType")) withdraw("entityType");
    const wrong = m && m.code !== "flag_unanswered" ? named(`error.${m.code}`, m.detail) : "";
    if (wrong === this.#wrong) return;
    this.#wrong = wrong;
    this.#say(wrong);
  }

  /** @param {string} text */
  #say(text) {
    if (text) say({ field: "entityType", text });
    else clear("entityType");
  }

  async #change() {
    if (this.#changing) return; // what is chosen meanwhile is seen below
    this.#changing = true;
    await this.#page.settled(); // what was typed belongs to the case, whatever it becomes
    while (select.value !== this.#page.now().entityType) if (!(await this.#changed())) break;
    this.#changing = false;
    select.value = this.#page.now().entityType ?? "";
  }

  /** @returns {Promise<boolean>} whether the choice holds */
  async #changed() {
    if (!this.#loses(select.value)) return this.choose();
    if (!(await ask(place, t("kyc.js.switch"), t("kyc.js.switch.yes"), select))) return false;
    select.focus();
    return this.choose();
  }

  /** Saves what is chosen; after a case that is over, a new one begins. @returns {Promise<boolean>} whether it is saved */
  async choose() {
    const { now, take, reload } = this.#page;
    this.#say("");
    try {
      take(await call("PUT", "/v1/kyc", { entityType: select.value }, now().etag ? { "If-Match": now().etag } : {}));
      return true;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      await reload();
      this.#say(error.status === 412 ? t("kyc.js.elsewhere") : (error.errors[0]?.text ?? error.message));
      return false;
    }
  }

  /** Whether files or entries would no longer count. @param {string} code */
  #loses(code) {
    const { requirements, fields } = this.#page.now(), asked = this.types.find((e) => e.code === code)?.fields ?? [];
    return requirements.some((r) => r.documents.length > 0) || Object.keys(fields).some((name) => !asked.some((f) => f.name === name));
  }
}
