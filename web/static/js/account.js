// @ts-check
// The account of the session, for the pages that need one.
import { Problem, call, session } from "./api.js";
import { byId } from "./form.js";
import { carried, onward, request } from "./onward.js";
import { t } from "./words.js";

/** @typedef {{email: string, type: string | null, firstName: string | null, lastName: string | null, companyName: string | null, sector: string | null,
 *  phone: {number: string, kind: string, verifiedAt: string} | null, locale: string, kyc: {status: string, verified: boolean, verifiedUntil: string | null}, identityLocked: boolean, next: string, etag: string}} Account */

/** Where each `next` of the API leads. @type {Record<string, string>} */
const addresses = { "terms-accept": "/terms-accept", "account-details": "/account-details", kyc: "/settings/kyc", home: "/", login: "/login" };

/** @param {string} next */
export const addressOf = (next) => addresses[next] ?? "/";

/** Tells the other tabs that the session is over. */
const tabs = new BroadcastChannel("session");

let leaving = false, loggingOut = false;

function ended() {
  if (loggingOut) return false;
  if (!leaving) location.replace(carried(`/login?ended&to=${encodeURIComponent(location.pathname)}`));
  return (leaving = true);
}

session.ended = ended;
tabs.onmessage = () => void ended();

// A page that comes back from the browser's memory may show what a session saw that has ended since.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

byId("logout").addEventListener("click", async () => {
  loggingOut = true;
  try {
    await call("POST", "/v1/logout");
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) {
      loggingOut = false;
      byId("logout").textContent = /** @type {Error} */ (error).message;
      return;
    }
  }
  tabs.postMessage("ended");
  sessionStorage.clear(); // what was typed here is not for who comes next
  location.assign("/login");
});

// On a narrow window the tabs of the settings scroll: to the one that is shown.
const tab = /** @type {HTMLElement | null} */ (document.querySelector(".sidenav [aria-current]"));
if (tab?.parentElement) tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - (tab.parentElement.clientWidth - tab.offsetWidth) / 2;

/** @param {string} selector @param {string} text */
function fill(selector, text) {
  for (const place of document.querySelectorAll(selector)) place.textContent = text;
}

/** @param {Account} a */
function name(a) {
  const full = [a.firstName, a.lastName].filter(Boolean).join(" ");
  fill("[data-email]", a.email);
  fill("[data-initials]", a.email[0].toUpperCase());
  if (!full) return;
  fill("[data-name]", full);
  fill("[data-initials]", [a.firstName, a.lastName].map((s) => [...(s ?? "")][0] ?? "").join("").toUpperCase());
}

/** Says that a product waits, and leads back to it: with what it needs, or without. */
function way() {
  const line = document.createElement("p"), link = document.createElement("a");
  line.className = "notice notice--info";
  link.textContent = t("js.product.back");
  link.href = "/";
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    const a = /** @type {Account} */ (await call("GET", "/v1/account"));
    location.assign(a.next === "account-details" || (location.pathname.startsWith("/settings/kyc") && !a.kyc.verified) ? onward("/") + "&central_cancel=1" : onward("/"));
  });
  line.append(`${t("js.product")} `, link);
  byId("main").prepend(line);
}

/** Mails follow the language that a person chose. @param {Account} a */
function follow(a) {
  const chosen = /(?:^|; )__Host-language=(\w+)/.exec(document.cookie)?.[1];
  if (chosen && chosen !== a.locale) call("PUT", "/v1/account/locale", { locale: chosen }).catch(() => {}); // the next page tries again
}

/**
 * Reads the account and shows its name. Who has not saved the details yet goes there first, or home, or to what the account is: `next` decides.
 * @returns {Promise<Account>}
 */
export async function account() {
  const a = /** @type {Account} */ (await call("GET", "/v1/account"));
  if (a.next === "terms-accept" && location.pathname !== "/account") {
    leaving = true;
    location.replace(carried(addresses[a.next]));
    return new Promise(() => {});
  }
  if (a.next === "account-details" && !["/", "/account", addresses[a.next]].includes(location.pathname)) {
    leaving = true;
    location.replace(carried(addresses[a.next]));
    return new Promise(() => {});
  }
  name(a);
  if (request) way();
  follow(a);
  return a;
}

/**
 * Reads the account, and what else a page begins with. Where that fails the page says so, offers to load again, and shows nothing
 * that may be wrong.
 * @param {...string} paths of the API
 * @returns {Promise<[Account, ...any[]]>}
 */
export async function begin(...paths) {
  try {
    return await Promise.all([account(), ...paths.map((path) => call("GET", path))]);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    for (const place of document.querySelectorAll("#not-loaded [data-text]")) place.textContent = error.message;
    byId("not-loaded").hidden = false;
    byId("main").classList.add("is-not-loaded");
    return new Promise(() => {});
  }
}
