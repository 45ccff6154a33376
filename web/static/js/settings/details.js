// @ts-check
// Account details: asked for after the first log-in, and changed in the profile.
import { account, addressOf, begin } from "../account.js";
import { call } from "../api.js";
import { byId, input, onSubmit, show } from "../form.js";
import { onward } from "../onward.js";
import { trim } from "../typed.js";
import { named, t } from "../words.js";
import { insist, phone, unproven } from "./phone.js";

const form = /** @type {HTMLFormElement} */ (byId("form"));
const sector = /** @type {HTMLSelectElement} */ (byId("sector"));
const kept = "details.draft";
const texts = ["firstName", "lastName", "companyName"];
const first = document.body.dataset.page === "details";
const types = /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("[name=type]"));

const type = () => [...types].find((radio) => radio.checked)?.value ?? "";

/** Fills what nobody has filled yet: on a slow network people are faster than their account. @param {Record<string, any>} values of the account, or a draft */
function fill(values) {
  for (const id of texts) input(id).value ||= values[id] ?? "";
  sector.value ||= values.sector ?? "";
  if (!type()) for (const radio of types) radio.checked = radio.value === values.type;
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

/** While a KYC case keeps who this is, the page says so before anybody types, and takes no other names and no other number. */
function lock() {
  byId("locked").hidden = false;
  for (const id of texts) Object.assign(input(id), { readOnly: true, value: current[id] ?? "" });
  for (const radio of types) radio.disabled = !(radio.checked = radio.value === current.type);
  byId("phone-change").hidden = true;
}

const drafted = first ? JSON.parse(sessionStorage.getItem(kept) ?? "{}") : {};
fill(drafted);
needed();
form.addEventListener("change", needed);
if (first) form.addEventListener("input", draft);
const [found, sectors] = await begin("/v1/sectors");
/** @type {Record<string, any>} */
let current = found;
for (const s of sectors.sectors) sector.append(new Option(named(`sector.${s.code}`, s.name), s.code));
for (const values of [drafted, current]) fill(values);
needed();
if (current.identityLocked) lock();
phone(current.phone, (proven) => {
  current.phone = { verifiedAt: "", ...proven };
  if (!first) byId("saved").textContent = t("details.js.phone");
});

function check() {
  const wrong = [];
  /** @param {boolean} ok @param {string} field */
  const need = (ok, field) => ok || wrong.push({ field, text: t(`details.js.${field}`) });
  need(type() !== "", "type");
  need(trim(input("firstName").value) !== "", "firstName");
  need(type() !== "company" || trim(input("companyName").value) !== "", "companyName");
  need(sector.value !== "", "sector");
  if (!current.phone || unproven()) wrong.push(insist());
  return wrong;
}

async function send() {
  /** @param {string} id */
  const orNull = (id) => trim(input(id).value) || null;
  const saved = await call("PUT", "/v1/account/details", {
    type: type(), firstName: trim(input("firstName").value), lastName: orNull("lastName"), companyName: orNull("companyName"), sector: sector.value,
  });
  sessionStorage.removeItem(kept);
  if (first) return location.assign(onward(addressOf(saved.next)));
  current = await account();
  byId("saved").textContent = t("details.js.saved");
}

onSubmit(form, check, send, (problem) => {
  if (problem.code !== "phone_not_verified") return false;
  show([insist()], form);
  return true;
});
form.addEventListener("input", () => (byId("saved").textContent = ""));
