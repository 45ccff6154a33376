// @ts-check
// Account details: asked for after the first log-in, and changed in the profile.
import { account, addressOf, begin } from "./account.js";
import { call } from "./api.js";
import { byId, input, onSubmit, show } from "./form.js";
import { phone } from "./phone.js";
import { named, t } from "./words.js";

const form = /** @type {HTMLFormElement} */ (byId("form"));
const sector = /** @type {HTMLSelectElement} */ (byId("sector"));
const kept = "details.draft";
const texts = ["firstName", "lastName", "companyName"];
const first = document.body.dataset.page === "details";

const type = () => /** @type {HTMLInputElement | null} */ (form.querySelector("[name=type]:checked"))?.value ?? "";

/** @param {Record<string, any>} values of the account, or a draft */
function fill(values) {
  for (const id of texts) if (values[id]) input(id).value = values[id] ?? "";
  if (values.sector) sector.value = values.sector;
  for (const radio of /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("[name=type]"))) radio.checked = radio.value === values.type;
}

function needed() {
  const optional = /** @type {HTMLElement | null} */ (document.querySelector("label[for=companyName] .opt"));
  if (optional) optional.hidden = type() === "company";
}

/** What is typed outlives a reload, and the phone that forgets the tab while the SMS is read. */
function draft() {
  const values = { type: type(), sector: sector.value, ...Object.fromEntries(texts.map((id) => [id, input(id).value])) };
  sessionStorage.setItem(kept, JSON.stringify(values));
}

const [found, sectors] = await begin("/v1/sectors");
let current = found;
for (const s of sectors.sectors) sector.append(new Option(named(`sector.${s.code}`, s.name), s.code));
fill(current);
if (first) fill({ ...current, ...JSON.parse(sessionStorage.getItem(kept) ?? "{}") });
needed();
form.addEventListener("change", needed);
if (first) form.addEventListener("input", draft);
phone(current.phone, (proven) => (current.phone = { kind: "", verifiedAt: "", ...proven }));

function check() {
  const wrong = [];
  /** @param {boolean} ok @param {string} field */
  const need = (ok, field) => ok || wrong.push({ field, text: t(`details.js.${field}`) });
  need(type() !== "", "type");
  need(input("firstName").value.trim() !== "", "firstName");
  need(input("lastName").value.trim() !== "", "lastName");
  need(type() !== "company" || input("companyName").value.trim() !== "", "companyName");
  need(sector.value !== "", "sector");
  if (!current.phone || !byId("otp").hidden) wrong.push({ field: byId("otp").hidden ? "phone" : "code", text: t("phone.js.first") });
  return wrong;
}

async function send() {
  const company = input("companyName").value.trim();
  const saved = await call("PUT", "/v1/account/details", {
    type: type(), firstName: input("firstName").value.trim(), lastName: input("lastName").value.trim(), companyName: company || null, sector: sector.value,
  });
  sessionStorage.removeItem(kept);
  if (first) return location.assign(addressOf(saved.next));
  current = await account();
  byId("saved").textContent = t("details.js.saved");
}

onSubmit(form, check, send, (problem) => {
  if (problem.code !== "phone_not_verified") return false;
  show([{ field: "phone", text: t("phone.js.first") }], form);
  return true;
});
form.addEventListener("input", () => (byId("saved").textContent = ""));
