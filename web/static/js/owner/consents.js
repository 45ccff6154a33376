// @ts-check
// The ledger of what was accepted.
import { byId } from "../form.js";
import { momentOf } from "../when.js";
import { has, t } from "../words.js";

/** @param {{consents: {document: string, version: string, acceptedAt: string}[]}} found */
export function ledger({ consents }) {
  byId("consents").replaceChildren(...consents.map((c) => {
    const item = document.createElement("li"), key = `account.js.consent.${c.document}`;
    item.textContent = t(c.document === "app" ? "account.js.consentedApp" : "account.js.consented", { document: has(key) ? t(key) : c.document, version: c.version, time: momentOf(c.acceptedAt) });
    return item;
  }));
}
