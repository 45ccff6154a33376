// @ts-check
import { account } from "./account.js";
import { byId } from "./form.js";
import { t } from "./words.js";

const a = await account();
const status = a.kyc.status;
if (a.firstName) byId("hello").textContent = t("home.js.hello", { name: a.firstName });
byId("todo-title").textContent = `${t("home.js.kyc")}: ${t(`kycStatus.${status}`)}`;
byId("todo-text").textContent = t(`kycStatus.${status}.text`);
const actions = /** @type {Record<string, string>} */ ({ not_started: "start", draft: "continue", needs_info: "fix", expired: "start" });
byId("todo-link").textContent = t(`home.js.${actions[status] ?? "view"}`);
byId("todo").hidden = false;

const waits = status === "submitted" || status === "under_review";
for (const place of document.querySelectorAll("[data-needs]")) place.textContent = t(`home.js.${status === "approved" ? "ready" : waits ? "review" : "needs"}`);
