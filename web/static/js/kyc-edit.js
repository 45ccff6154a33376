// @ts-check
import { begin } from "./account.js";
import { Problem, call } from "./api.js";
import { act, copyOf, fileOf, note, part, picture, reasonOf, row, statusChip } from "./case.js";
import { adder, busy, pictures } from "./adder.js";
import { byId, once, onSubmit, show } from "./form.js";
import { open } from "./view.js";
import { has, named, t } from "./words.js";

/** @typedef {import("./case.js").Case} Case */

const form = /** @type {HTMLFormElement} */ (byId("form"));
const select = /** @type {HTMLSelectElement} */ (byId("entityType"));
/** @type {any} */
let catalogue;
/** @type {Case} */
let current;

/** @param {string} text */
function trouble(text) {
  byId("trouble").textContent = text;
  byId("trouble").hidden = !text;
}

/** @param {() => Promise<void>} work */
async function tried(work) {
  trouble("");
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    trouble(error.message);
  }
}

const spec = () => catalogue.entityTypes.find((/** @type {any} */ e) => e.code === current.entityType);

function values() {
  /** @type {Record<string, string>} */
  const out = {};
  for (const c of /** @type {NodeListOf<HTMLInputElement>} */ (byId("fields").querySelectorAll("input"))) if (c.value.trim()) out[c.name] = c.value.trim();
  return out;
}

/** @param {any} f of the catalogue */
function fieldOf(f) {
  const field = document.importNode(/** @type {HTMLTemplateElement} */ (byId("field")).content, true);
  const id = `field-${f.name}`;
  const control = /** @type {HTMLInputElement} */ (part(field, "input")), label = /** @type {HTMLLabelElement} */ (part(field, "label"));
  label.htmlFor = control.id = id;
  control.name = f.name;
  control.value = current.fields[f.name] ?? "";
  part(field, "[data-label]").textContent = named(`field.${f.name}`, f.label);
  if (f.level === "required") part(field, ".opt").remove();
  else part(field, ".opt").hidden = false;
  part(field, "[data-hint]").textContent = named(`fieldHelp.${f.name}`, f.help);
  part(field, "[data-hint]").id = `${id}-hint`;
  part(field, ".error").id = `${id}-error`;
  control.setAttribute("aria-describedby", `${id}-hint`);
  control.addEventListener("change", () => void save());
  return field;
}

/** The control of a JSON Pointer of the API. @param {string} pointer */
function idOf(pointer) {
  const [, what, name] = pointer.split("/");
  if (what === "fields") return `field-${name}`;
  return what === "requirements" ? `requirement-${name}` : what;
}

/** Saves type and fields. What is wrong is said at its field, and nothing is saved then. */
async function save(entityType = current.entityType) {
  byId("autosave").textContent = t("kyc.js.saving");
  try {
    const switched = entityType !== current.entityType;
    take(await call("PUT", "/v1/kyc", { entityType, ...(switched ? {} : { fields: values() }) }), switched);
    for (const p of form.querySelectorAll(".is-invalid")) p.classList.remove("is-invalid");
    show([], form);
    byId("autosave").textContent = t("kyc.js.save");
  } catch (error) {
    byId("autosave").textContent = "";
    if (!(error instanceof Problem)) throw error;
    select.value = current.entityType ?? "";
    if (error.errors.length === 0) return trouble(error.message);
    show(error.errors.map((e) => ({ field: idOf(e.pointer), text: e.text })), form);
  }
}

/** @param {Case} c @param {boolean} fresh whether the fields are drawn anew */
function take(c, fresh) {
  current = c;
  byId("status").replaceChildren(statusChip(c.status));
  select.value = c.entityType ?? "";
  if (fresh) byId("fields").replaceChildren(...(spec()?.fields ?? []).map(fieldOf));
  const rows = byId("rows");
  for (const r of c.requirements) {
    const before = rows.querySelector(`[data-requirement=${r.id}]`);
    if (before && busy(before)) continue; // an upload is shown there: it draws the row when it is done
    const now = rowOf(r);
    if (before) before.replaceWith(now);
    else rows.append(now);
  }
  for (const li of rows.querySelectorAll("[data-requirement]")) {
    if (!c.requirements.some((r) => r.id === /** @type {HTMLElement} */ (li).dataset.requirement)) li.remove();
  }
  const order = c.requirements.map((r) => r.id);
  const sorted = [.../** @type {NodeListOf<HTMLElement>} */ (rows.querySelectorAll("[data-requirement]"))];
  if (sorted.some((li, i) => li.dataset.requirement !== order[i])) {
    rows.append(...sorted.sort((a, b) => order.indexOf(a.dataset.requirement ?? "") - order.indexOf(b.dataset.requirement ?? "")));
  }
  byId("submitbar").hidden = !c.entityType;
  byId("left").textContent = c.missing.length ? t("kyc.js.left", { n: c.missing.length }) : t("kyc.js.none");
}

/** @param {import("./case.js").Requirement} r */
function rowOf(r) {
  const li = row(r);
  for (const d of r.documents) {
    if (d.state === "requested") continue; // began in another tab, or never arrived
    const f = fileOf(r, d);
    picture(f, pictures.get(d.id));
    if (d.reason) part(li, "[data-note]").append(note(reasonOf(d.reason)));
    if (["clean", "accepted", "rejected"].includes(d.state)) act(f, "view", d.fileName, (button) => once(button, () => open(d.id)));
    if (d.state !== "accepted") {
      act(f, "remove", d.fileName, (button) => once(button, () => tried(async () => {
        await call("DELETE", `/v1/kyc/documents/${d.id}`);
        await reload();
        document.getElementById(`requirement-${r.id}`)?.focus();
      })));
    }
    part(li, "[data-files]").append(f);
  }
  if (r.state !== "accepted") part(li, "[data-add]").append(["checking", "ready"].includes(r.state) ? folded(li, r) : adder(li, r, reload));
  return li;
}

/** What has its file can get more of them, but does not ask for any. @param {HTMLElement} li @param {import("./case.js").Requirement} r */
function folded(li, r) {
  const more = copyOf("more");
  part(more, "[data-of]").textContent = t("upload.of", { title: named(`requirement.${r.id}`, r.title) });
  more.append(adder(li, r, reload));
  return more;
}

let looking = 0;

/** Looks at the case once more while a file is being checked. */
function lookAgain() {
  clearTimeout(looking);
  if (current.requirements.some((r) => r.documents.some((d) => d.state === "uploaded"))) looking = setTimeout(reload, 1500);
}

async function reload() {
  clearTimeout(looking);
  await tried(async () => take(await call("GET", "/v1/kyc"), false));
  lookAgain();
}

select.addEventListener("change", () => {
  const files = current.requirements.some((r) => r.documents.length > 0);
  if (files && !confirm(t("kyc.js.switch"))) {
    select.value = current.entityType ?? "";
    return;
  }
  if (select.value) void save(select.value);
});

/** @param {{pointer: string, code: string, detail: string}} m */
function missing(m) {
  const r = current.requirements.find((x) => `/requirements/${x.id}` === m.pointer);
  const title = r ? `${named(`requirement.${r.id}`, r.title)}: ` : "";
  return { field: idOf(m.pointer), text: has(`error.${m.code}`) ? title + t(`error.${m.code}`) : m.detail };
}

onSubmit(
  form,
  () => (current.entityType ? [] : [{ field: "entityType", text: t("kyc.choose") }]),
  async () => {
    await call("POST", "/v1/kyc/submit");
    location.assign("/settings/kyc");
  },
  (problem) => {
    if (problem.code !== "kyc_incomplete") return false;
    show(problem.body.errors.map(missing), form);
    return true;
  },
);

const [a, found, all] = await begin("/v1/kyc", "/v1/kyc/entity-types");
if (["not_started", "draft", "needs_info", "expired"].includes(found.status)) {
  catalogue = all;
  for (const e of all.entityTypes) if (e.accountTypes.includes(a.type)) select.append(new Option(named(`entityType.${e.code}`, e.name), e.code));
  take(found, true);
  lookAgain();
} else location.replace("/settings/kyc");
