// @ts-check
import { begin } from "./account.js";
import { act, copyOf, fileOf, flagText, isKept, note, part, reasonOf, requirementChip, standing, stateChip, statusChip, titleOf } from "./case.js";
import { foldable, set } from "./fold.js";
import { byId, once } from "./form.js";
import { open } from "./view.js";
import { has, named, t } from "./words.js";

/** @typedef {import("./case.js").Case} Case */

const trouble = byId("trouble");

/** @param {string} text */
function say(text) {
  trouble.textContent = text;
  trouble.hidden = !text;
}

/** As dates are written in India, in Indian time. @param {string} iso */
function dateOf(iso) {
  const written = (/** @type {Intl.DateTimeFormatOptions} */ style) => new Intl.DateTimeFormat(`${document.documentElement.lang}-IN`, { timeZone: "Asia/Kolkata", ...style }).format(new Date(iso));
  return `${written({ dateStyle: "long" })}, ${written({ timeStyle: "short" })} IST`;
}

/** @param {Case} c @param {string} pointer */
function nameOf(c, pointer) {
  const [, what, name] = pointer.split("/"), r = c.requirements.find((x) => x.id === name);
  if (what === "requirements") return r ? titleOf(r) : name;
  return what === "fields" ? labelOf(c, name) : t("kyc.js.entity");
}

/** @param {Case} c @param {string} name */
const labelOf = (c, name) => named(`field.${name}`, c.asked.find((f) => f.name === name)?.label ?? name);

/** A value as its holder chose it. @param {Case} c @param {string} name */
function shown(c, name) {
  const value = c.fields[name], spec = c.asked.find((f) => f.name === name);
  if (spec?.kind === "flag") return t("kyc.js.yes");
  return spec && ["choice", "state"].includes(spec.kind) ? named(`choice.${value}`, spec.choices.find((o) => o.value === value)?.label ?? value) : value;
}

/** What became of the case, and what happens next. @param {Case} c @param {string} email */
function receipt(c, email) {
  const steps = [1, 2, 3].map((n) => `kyc.next.${c.status}.${n}`).filter(has);
  byId("receipt").hidden = steps.length === 0;
  byId("submission").hidden = !c.submittedAt || !c.reference;
  byId("reference").textContent = c.reference;
  if (c.submittedAt) byId("submittedAt").textContent = dateOf(c.submittedAt);
  byId("next").replaceChildren(...steps.map((key) => Object.assign(document.createElement("li"), { textContent: t(key, { email }) })));
  byId("locked").hidden = !["submitted", "under_review", "approved"].includes(c.status);
  const flags = c.parts.flatMap((p) => (p.flag ? [{ name: nameOf(c, p.pointer), flag: p.flag }] : []));
  byId("asked").hidden = flags.length === 0;
  byId("asked-title").textContent = t("kyc.js.answers", { n: flags.filter((f) => f.flag.answered).length, all: flags.length });
  byId("asked-list").replaceChildren(...flags.map(({ name, flag }) => {
    const item = copyOf("asked-item");
    part(item, "[data-name]").textContent = name;
    part(item, "[data-chip]").append(stateChip(flag.answered ? "answered" : "asked"));
    part(item, "[data-detail]").textContent = flagText(flag);
    return item;
  }));
}

/** @param {Case} c @param {any} type */
function given(c, type) {
  byId("entity").textContent = named(`entityType.${c.entityType}`, type?.name ?? c.entityType);
  for (const name of c.asked.map((f) => f.name).filter((one) => c.fields[one])) {
    const pair = document.createElement("div"), dt = document.createElement("dt"), dd = document.createElement("dd");
    dt.textContent = labelOf(c, name);
    dd.textContent = shown(c, name);
    dd.className = "tnum";
    pair.append(dt, dd);
    byId("fields").append(pair);
  }
  byId("rows").replaceChildren(...c.requirements.filter((r) => r.needed || r.documents.length)
    .map((r) => rowOf(r, c.parts.find((p) => p.pointer === `/requirements/${r.id}`))));
}

/** @param {import("./case.js").Requirement} r @param {import("./case.js").Part | undefined} p */
function rowOf(r, p) {
  const li = copyOf("row"), toggle = part(li, ".part__toggle"), chip = part(li, "[data-chip]");
  li.dataset.requirement = r.id;
  part(li, "[data-title]").textContent = titleOf(r);
  chip.id = `${r.id}-chip`;
  chip.append(requirementChip(r, p));
  part(li, ".part__body").id = `${r.id}-body`;
  toggle.setAttribute("aria-controls", `${r.id}-body`);
  toggle.setAttribute("aria-describedby", chip.id);
  foldable(li);
  for (const d of standing(r)) {
    const f = fileOf(r, d);
    if (d.reason) part(li, "[data-note]").append(note(`${d.fileName}: ${reasonOf(d.reason)}`));
    if (d.reason) set(li, true);
    if (isKept(d)) act(f, "view", d.fileName, (button) => once(button, () => open(d.id, say)));
    part(li, "[data-files]").append(f);
  }
  return li;
}

byId("copy").addEventListener("click", async () => {
  const reference = byId("reference");
  try {
    await navigator.clipboard.writeText(reference.textContent ?? "");
    byId("copied").textContent = t("kyc.js.copied");
  } catch {
    getSelection()?.selectAllChildren(reference); // the person copies it
  }
});

const [account, found, catalogue] = await begin("/v1/kyc", "/v1/kyc/entity-types");
const c = /** @type {Case} */ (found), type = catalogue.entityTypes.find((/** @type {any} */ e) => e.code === c.entityType);
byId("status").replaceChildren(statusChip(c.status));
byId("lede").textContent = t(`kycStatus.${c.status}.text`);
byId("edit").hidden = ["submitted", "under_review", "approved"].includes(c.status);
if (["rejected", "expired"].includes(c.status)) byId("edit").textContent = t("kyc.js.again");
receipt(c, account.email);
byId(c.entityType ? "case" : "nothing").hidden = false;
if (c.entityType) given(c, type);
