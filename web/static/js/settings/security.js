// @ts-check
// What proves the holder beside the password: an app that makes codes, passkeys, recovery codes.
import { begin } from "../account.js";
import { Problem, call } from "../api.js";
import { ask } from "../ask.js";
import { byId, clear, input, once, say } from "../form.js";
import { known, make } from "../passkey.js";
import { proofOf } from "../proof.js";
import { stepUp } from "../step-up.js";
import { copyOf, part } from "../template.js";
import { trim } from "../typed.js";
import { dayOf, momentOf } from "../when.js";
import { t } from "../words.js";

/** @typedef {{id: string, name: string, addedAt: string, usedAt: string | null, synced: boolean}} Passkey */
/** @typedef {{totpAddedAt: string | null, passkeys: Passkey[], recoveryCodesLeft: number, resetAt: string | null, recoveryCodes?: string[]}} Factors */

let enrolment = "";

/** @param {string} text */
function trouble(text) {
  byId("trouble").textContent = text;
  byId("trouble").hidden = !text;
}

/**
 * Changes the factors and shows them as they are then. What the API says against it stands at the control, or above everything.
 * @param {HTMLElement} button @param {() => Promise<Factors>} work @param {string} said @param {string} [field]
 */
const change = (button, work, said, field = "") => once(button, async () => {
  trouble("");
  byId("said").textContent = "";
  if (field) clear(field);
  try {
    draw(await stepUp(work));
    byId("said").textContent = t(said);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (field && error.errors.length) say({ field, text: error.errors[0].text });
    else trouble(error.message);
    if (error.status === 409 || error.status === 404) draw(await call("GET", "/v1/factors"));
  }
});

/** @param {Factors} f */
function draw(f) {
  const app = f.totpAddedAt !== null;
  byId("reset").hidden = !f.resetAt;
  if (f.resetAt) part(byId("reset"), "[data-text]").textContent = t("security.js.reset", { date: momentOf(f.resetAt) });
  byId("app-there").hidden = byId("app-remove").hidden = !app;
  byId("app-there").textContent = f.totpAddedAt ? t("security.js.app.since", { date: dayOf(f.totpAddedAt) }) : "";
  byId("app-add").hidden = app || enrolment !== "";
  byId("enrol").hidden = app || enrolment === "";
  byId("new-key").hidden = !known || f.passkeys.length >= 10;
  byId("no-keys").hidden = known;
  byId("rows").replaceChildren(...f.passkeys.map(rowOf));
  byId("recovery").hidden = !app && f.passkeys.length === 0;
  byId("left").textContent = t("security.js.left", { n: f.recoveryCodesLeft });
  if (f.recoveryCodes) fresh(f.recoveryCodes);
}

/** Shows codes that nobody sees again. @param {string[]} codes */
function fresh(codes) {
  byId("codes").replaceChildren(...codes.map((code) => Object.assign(document.createElement("li"), { textContent: code })));
  byId("fresh").hidden = false;
  byId("fresh-title").focus();
}

/** @param {Passkey} key */
function rowOf(key) {
  const li = copyOf("row"), path = `/v1/factors/passkeys/${key.id}`, form = /** @type {HTMLFormElement} */ (part(li, "[data-renaming]")), field = /** @type {HTMLInputElement} */ (part(form, "input"));
  part(li, "[data-name]").textContent = key.name;
  for (const place of li.querySelectorAll("[data-of]")) place.textContent = `: ${key.name}`;
  part(li, "[data-when]").textContent = t(key.usedAt ? "security.js.key.used" : "security.js.key.added", { added: dayOf(key.addedAt), used: key.usedAt ? momentOf(key.usedAt) : "" });
  for (const place of li.querySelectorAll("[id], [for], [aria-describedby]")) for (const name of ["id", "for", "aria-describedby"]) if (place.hasAttribute(name)) place.setAttribute(name, `${place.getAttribute(name)?.replace("rename", `rename-${key.id}`)}`);
  part(li, "[data-rename]").addEventListener("click", () => {
    form.hidden = !form.hidden;
    field.value = key.name;
    if (!form.hidden) field.focus();
  });
  form.dataset.ready = "";
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void change(part(form, "button"), () => call("PUT", path, { name: trim(field.value) }), "security.js.renamed", field.id);
  });
  const remove = part(li, "[data-remove]");
  remove.addEventListener("click", async () => {
    if (li.querySelector(".ask") || !(await ask(part(li, "[data-ask]"), t("security.js.key.ask", { name: key.name }), t("security.js.remove"), remove))) return;
    await change(remove, () => call("DELETE", path), "security.js.removed");
  });
  return li;
}

/** @param {{size: number, path: string}} qr */
function picture(qr) {
  const space = "http://www.w3.org/2000/svg", svg = document.createElementNS(space, "svg"), path = document.createElementNS(space, "path");
  svg.setAttribute("viewBox", `0 0 ${qr.size} ${qr.size}`);
  path.setAttribute("d", qr.path);
  svg.append(path);
  byId("qr").replaceChildren(svg);
}

byId("app-add").addEventListener("click", () => once(byId("app-add"), async () => {
  trouble("");
  try {
    const begun = await stepUp(() => call("POST", "/v1/factors/totp"));
    enrolment = begun.enrolment;
    picture(begun.qr);
    byId("secret").textContent = begun.secret.match(/.{4}/g).join(" ");
    byId("app-add").hidden = true;
    byId("enrol").hidden = false;
    input("code").focus();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    trouble(error.message);
  }
}));

function endEnrolment() {
  enrolment = "";
  byId("qr").replaceChildren();
  byId("secret").textContent = input("code").value = "";
}

byId("enrol-cancel").addEventListener("click", () => {
  endEnrolment();
  byId("enrol").hidden = true;
  byId("app-add").hidden = false;
  byId("app-add").focus();
});

byId("enrol").addEventListener("submit", (event) => {
  event.preventDefault();
  const { code } = proofOf(input("code").value);
  if (!code) return say({ field: "code", text: t("js.factor.empty") });
  void change(part(byId("enrol"), "[type=submit]"), async () => {
    const f = await call("POST", "/v1/factors/totp/confirm", { enrolment, code });
    endEnrolment();
    return f;
  }, "security.js.app.added", "code");
});

byId("app-remove").addEventListener("click", async () => {
  const place = /** @type {HTMLElement} */ (byId("app-remove").closest("section"));
  if (place.querySelector(".ask") || !(await ask(place, t("security.js.app.ask"), t("security.js.remove"), byId("app-remove")))) return;
  await change(byId("app-remove"), () => call("DELETE", "/v1/factors/totp"), "security.js.removed");
});

byId("new-key").addEventListener("submit", (event) => {
  event.preventDefault();
  const name = trim(input("name").value);
  if (!name) return say({ field: "name", text: t("security.js.name") });
  void change(part(byId("new-key"), "[type=submit]"), async () => {
    const passkey = await make(await call("POST", "/v1/factors/passkeys/begin"));
    const f = await call("POST", "/v1/factors/passkeys", { name, passkey });
    input("name").value = "";
    return f;
  }, "security.js.key.done", "name");
});

byId("renew").addEventListener("click", async () => {
  if (byId("recovery").querySelector(".ask") || !(await ask(byId("recovery"), t("security.js.renew.ask"), t("security.js.renew.yes"), byId("renew")))) return;
  await change(byId("renew"), () => call("POST", "/v1/factors/recovery-codes"), "security.js.renewed");
});

byId("copy").addEventListener("click", async () => {
  const codes = [...byId("codes").children].map((li) => li.textContent).join("\n");
  await navigator.clipboard.writeText(codes).then(() => (byId("copied").textContent = t("security.js.copied")), () => getSelection()?.selectAllChildren(byId("codes")));
});
byId("kept").addEventListener("click", () => {
  byId("fresh").hidden = true;
  byId("codes").replaceChildren();
  byId("copied").textContent = "";
});
for (const id of ["enrol", "new-key"]) {
  byId(id).dataset.ready = "";
  byId(id).addEventListener("input", (event) => clear(/** @type {HTMLElement} */ (event.target).id));
}

const [, found] = await begin("/v1/factors");
draw(found);
