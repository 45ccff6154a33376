// @ts-check
import { begin } from "./account.js";
import { call } from "./api.js";
import { byId } from "./form.js";
import { t } from "./words.js";

const [a] = await begin();
const status = a.kyc.status, missing = { details: a.next === "account-details", kyc: !a.kyc.verified };
if (a.firstName) byId("hello").textContent = t("home.js.hello", { name: a.firstName });
if (!missing.details) {
  byId("todo-title").textContent = `${t("home.js.kyc")}: ${t(`kycStatus.${status}`)}`;
  const renews = a.kyc.verified && !["approved", "expiring"].includes(status); // an earlier case is in force
  byId("todo-text").textContent = t(renews ? "home.js.inForce" : `kycStatus.${status}.text`);
  const actions = /** @type {Record<string, string>} */ ({ not_started: "start", draft: "continue", withdrawn: "continue", needs_info: "fix", expiring: "renew", expired: "start" });
  byId("todo-link").textContent = t(`home.js.${actions[status] ?? "view"}`);
}
byId(missing.details ? "todo-details" : "todo").hidden = false;

const waits = status === "submitted" || status === "under_review";
function say() {
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-needs]"))) {
    const needs = (place.dataset.needs ?? "").split(" ").filter((need) => missing[/** @type {"details" | "kyc"} */ (need)]).join("-");
    const key = { "": "ready", kyc: waits ? "review" : "kyc", details: "details", "details-kyc": "both" }[needs] ?? "both";
    place.textContent = t(`home.js.needs.${key}`);
    place.classList.toggle("is-ready", key === "ready");
  }
}
say();

/** @type {{ products: { code: string, address: string, missing: string[] }[] }} */
const { products } = await call("GET", "/v1/products").catch(() => ({ products: [] })); // the tiles say what they need all the same
for (const product of products) {
  const tile = document.querySelector(`[data-product="${CSS.escape(product.code)}"]`);
  if (!tile) continue;
  const needs = /** @type {HTMLElement} */ (tile.querySelector("[data-needs]"));
  needs.dataset.needs = product.missing.join(" ");
  if (product.missing.length) continue;
  const heading = /** @type {HTMLElement} */ (tile.querySelector("h3")), link = document.createElement("a");
  link.href = product.address;
  link.textContent = heading.textContent;
  heading.replaceChildren(link);
}
say();
