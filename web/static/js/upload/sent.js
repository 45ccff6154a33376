// @ts-check
// What this tab knows of the files that it sends.

/** Where the API takes documents on this page, and whether what was sent can be looked at again. */
export const road = { documents: "/v1/kyc/documents", viewed: true };

/** Documents that this tab was allowed to upload and has not: rows do not show them. @type {Set<string>} */
export const underWay = new Set();

/** Documents that this tab has uploaded: storage has them, even where the API has not heard of it. @type {Set<string>} */
export const arrived = new Set();

/** What the files of this visit look like, and what was said of their size, by document. @type {Map<string, {url: string, size: string}>} */
export const seen = new Map();
