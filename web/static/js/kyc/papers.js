// @ts-check
// Letters that Central fills in, for the holder to print, sign and upload.
import { named, t } from "../words.js";

/** A link to a file that the API makes. @param {string} href @param {string} textContent */
export const fileLink = (href, textContent) => Object.assign(document.createElement("a"), { href, download: "", textContent });

/** Links to the papers of a requirement. @param {import("./case.js").Requirement} r */
export const papersOf = (r) => r.options.flatMap((o) => o.template ? [fileLink(`/v1/kyc/papers/${o.template}`, t("kyc.js.paper", { title: named(`document.${o.id}`, o.title) }))] : []);
