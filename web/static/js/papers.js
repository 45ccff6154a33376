// @ts-check
// Letters that Central fills in, for the holder to print, sign and upload.
import { named, t } from "./words.js";

/** Papers by the type of document that they become; a list of people is another paper for each requirement. @type {Record<string, string>} */
const papers = { board_resolution: "board_resolution", authorisation_letter: "authorisation_letter", gst_declaration: "gst_declaration", partner_list: "partner_list", trustee_list: "trustee_list" };

/** A link to a file that the API makes. @param {string} href @param {string} textContent */
export const fileLink = (href, textContent) => Object.assign(document.createElement("a"), { href, download: "", textContent });

/** Links to the papers of a requirement. @param {import("./case.js").Requirement} r */
export const papersOf = (r) => r.options.flatMap((o) => {
  const paper = papers[o.id === "member_list" ? r.id : o.id];
  if (!paper) return [];
  const title = o.id === "member_list" ? named(`requirement.${r.id}`, r.title) : named(`document.${o.id}`, o.title);
  return [fileLink(`/v1/kyc/papers/${paper}`, t("kyc.js.paper", { title }))];
});
