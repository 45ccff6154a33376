// @ts-check
// A mailed link opens a tab of its own: what a product has asked for is kept for it, in this browser.
import { lead, request } from "../onward.js";

const kept = "onward", life = 24 * 3600 * 1000;

/** Keeps the request for the tab that a mailed link will open. */
export function keep() {
  try {
    if (request) localStorage.setItem(kept, JSON.stringify({ request, until: Date.now() + life }));
    else localStorage.removeItem(kept);
  } catch {
    // without a memory the first tab still leads back
  }
}

/** The tab of a mailed link leads on to what was kept, once. */
export function recall() {
  try {
    const found = JSON.parse(localStorage.getItem(kept) ?? "null");
    if (found?.until > Date.now()) lead(found.request);
    localStorage.removeItem(kept);
  } catch {
    // nothing was kept
  }
}
