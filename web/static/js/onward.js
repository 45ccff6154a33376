// @ts-check
// The way back to a product that has sent somebody here. Its request is carried from page to page as it came, and leads to one address of ours alone,
// which looks at it anew.

/** The request of the product; "" where nobody is on the way to one. */
export const request = new URLSearchParams(location.search).get("authorize") ?? "";

/** Where to go when there is nothing left to do here. @param {string} otherwise */
export const onward = (otherwise) => (request ? `/oauth2/authorize?${request}` : otherwise);

/** A page of ours that carries the request on. @param {string} page @param {string} [asked] */
export const carried = (page, asked = request) => (asked ? `${page}${page.includes("?") ? "&" : "?"}authorize=${encodeURIComponent(asked)}` : page);

/** The links to the pages before the log-in lead on, too. @param {string} [asked] */
export function lead(asked = request) {
  for (const link of document.links) {
    const page = link.getAttribute("href") ?? "";
    if (/^\/(login|signup|forgot-password)$/.test(page)) link.href = carried(page, asked);
  }
}

if (request) lead();
