// @ts-check
// Another language in place: where a password stands in a form, the page is not loaded again, so that nothing typed is lost and no
// password has to be kept anywhere. The same page in the other language has the same elements; their words are taken over.
import { learn } from "./words.js";

/** What scripts have written, and write again when they hear of it. What they have added has data-added. */
const written = "[data-name],[data-email],[data-initials],[data-address],[data-to],[data-text],[data-said],[data-waiting],[data-reveal],#captcha-status,#captcha-more,#problems ul";
const attributes = ["aria-label", "aria-current", "placeholder", "title", "alt"];

/** @param {Node} mine @param {Node} other */
function take(mine, other) {
  if (mine instanceof Text && other instanceof Text) return void (mine.data = other.data);
  if (!(mine instanceof Element) || !(other instanceof Element) || mine.matches(written) || mine instanceof HTMLScriptElement) return;
  for (const name of attributes) {
    const value = other.getAttribute(name);
    if (value !== null) mine.setAttribute(name, value);
    else if (name === "aria-current") mine.removeAttribute(name);
  }
  const own = [...mine.childNodes].filter((child) => !(child instanceof HTMLElement && "added" in child.dataset)), theirs = [...other.childNodes];
  if (own.length === theirs.length) own.forEach((child, i) => take(child, theirs[i]));
  else if (!mine.querySelector("input,select,textarea")) mine.replaceChildren(...theirs.map((child) => document.importNode(child, true))); // words in another order
}

/** The same page as the server makes it now, as a document without scripts that run. @returns {Promise<Document>} */
const page = () => new Promise((resolve, reject) => {
  const request = new XMLHttpRequest();
  request.open("GET", location.pathname);
  request.responseType = "document";
  request.onload = () => (request.status === 200 && request.responseXML ? resolve(request.responseXML) : reject(new Error("no page")));
  request.onerror = () => reject(new Error("no page"));
  request.send();
});

/** Takes the words of the page in the language that was just chosen. */
export async function translate() {
  const other = await page();
  learn(other.getElementById("words")?.textContent ?? "{}");
  document.documentElement.lang = other.documentElement.lang;
  document.title = other.title;
  take(document.body, other.body);
  document.dispatchEvent(new Event("translated"));
}
