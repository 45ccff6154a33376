// @ts-check
import { begin } from "./account.js";
import { act, fileOf, note, part, reasonOf, row, statusChip } from "./case.js";
import { byId, once } from "./form.js";
import { open } from "./view.js";
import { named, t } from "./words.js";

/** @typedef {import("./case.js").Case} Case */

/** @param {Case} c @param {any} catalogue */
function show(c, catalogue) {
  byId("status").replaceChildren(statusChip(c.status));
  byId("lede").textContent = t(`kycStatus.${c.status}.text`);
  byId("edit").hidden = !["not_started", "draft", "needs_info", "expired"].includes(c.status);
  byId(c.entityType ? "case" : "nothing").hidden = false;
  if (!c.entityType) return;
  const type = catalogue.entityTypes.find((/** @type {any} */ e) => e.code === c.entityType);
  byId("entity").textContent = named(`entityType.${c.entityType}`, type?.name ?? c.entityType);
  for (const [name, value] of Object.entries(c.fields)) {
    const spec = type?.fields.find((/** @type {any} */ f) => f.name === name);
    const pair = document.createElement("div"), dt = document.createElement("dt"), dd = document.createElement("dd");
    dt.textContent = named(`field.${name}`, spec?.label ?? name);
    dd.textContent = value;
    dd.className = "tnum";
    pair.append(dt, dd);
    byId("fields").append(pair);
  }
  byId("rows").replaceChildren(...c.requirements.filter((r) => r.needed || r.documents.length).map(rowOf));
}

/** @param {import("./case.js").Requirement} r */
function rowOf(r) {
  const li = row(r);
  for (const d of r.documents) {
    const f = fileOf(r, d);
    if (d.reason) part(li, "[data-note]").append(note(reasonOf(d.reason)));
    if (["clean", "accepted", "rejected"].includes(d.state)) act(f, "view", d.fileName, (button) => once(button, () => open(d.id)));
    part(li, "[data-files]").append(f);
  }
  return li;
}

const [, found, catalogue] = await begin("/v1/kyc", "/v1/kyc/entity-types");
show(found, catalogue);
