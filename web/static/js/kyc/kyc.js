// @ts-check
// The KYC case to look at: where it stands, what it holds, and the ways on.
import { begin } from "../account.js";
import { Problem, call } from "../api.js";
import { ask } from "../ask.js";
import { byId, once } from "../form.js";
import { stepUp } from "../step-up.js";
import { copyOf, note, part } from "../template.js";
import { act, fileOf } from "../upload/file.js";
import { dayOf, momentOf } from "../when.js";
import { has, named, speakOf, t } from "../words.js";
import { flagText, isEditable, isKept, isOver, reasonOf, requirementChip, standing, stateChip, statusChip, titleOf } from "./case.js";
import { foldable, set } from "./fold.js";
import { fileLink } from "./papers.js";
import { drawTimeline } from "./timeline.js";
import { open } from "./view.js";

/** @typedef {import("./case.js").Case} Case */

const trouble = byId("trouble");

/** @param {string} text */
function say(text) {
  trouble.textContent = text;
  trouble.hidden = !text;
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

/** A fact beside the reference, where it is known. @param {string} id @param {string | null | undefined} text */
function fact(id, text) {
  byId(id).textContent = text ?? "";
  byId(id).parentElement?.toggleAttribute("hidden", !text);
}

/** What became of the case, and what happens next. @param {Case} c @param {string} email */
function receipt(c, email) {
  const steps = (c.final ? ["kyc.js.final"] : [1, 2, 3].map((n) => `kyc.next.${c.status}.${n}`)).filter(has), late = c.expectedBy !== null && Date.parse(c.expectedBy) < Date.now();
  if (late) steps.unshift("kyc.js.late");
  byId("receipt").hidden = steps.length === 0 && !c.timeline.length;
  byId("submission").hidden = !c.submittedAt || !c.reference;
  byId("reference").textContent = c.reference;
  fact("submittedAt", c.submittedAt && momentOf(c.submittedAt));
  fact("expectedBy", late ? null : c.expectedBy && momentOf(c.expectedBy));
  fact("dueBy", c.dueBy && momentOf(c.dueBy));
  fact("validUntil", c.validUntil && dayOf(c.validUntil));
  byId("next-part").hidden = steps.length === 0;
  byId("next").replaceChildren(...steps.map((key) => Object.assign(document.createElement("li"), { textContent: t(key, { email }) })));
  byId("locked").hidden = isEditable(c.status) || isOver(c.status);
  drawTimeline(c.timeline);
  asked(c);
}

/** What a reviewer asks for, or why the case was rejected. @param {Case} c */
function asked(c) {
  const flags = c.parts.flatMap((p) => (p.flag ? [{ name: nameOf(c, p.pointer), flag: p.flag }] : []));
  byId("asked").hidden = flags.length === 0;
  byId("asked-title").textContent = isOver(c.status) ? t("kyc.js.why") : t("kyc.js.answers", { n: flags.filter((f) => f.flag.answered).length, all: flags.length });
  byId("asked-list").replaceChildren(...flags.map(({ name, flag }) => {
    const item = copyOf("asked-item");
    part(item, "[data-name]").textContent = name;
    if (!isOver(c.status)) part(item, "[data-chip]").append(stateChip(flag.answered ? "answered" : "asked"));
    part(item, "[data-detail]").textContent = flagText(flag);
    return item;
  }));
}

/** What can be done from here. @param {Case} c */
function roads(c) {
  byId("edit").hidden = !isEditable(c.status) && (!isOver(c.status) || c.final);
  if (isOver(c.status)) byId("edit").textContent = t("kyc.js.again");
  byId("withdraw").hidden = !c.withdrawable;
  byId("begun").hidden = c.status !== "under_review";
  byId("renew").hidden = !c.renewable || !["approved", "expiring"].includes(c.status);
  byId("renew").className = c.status === "expiring" ? "btn btn--primary" : "btn btn--secondary"; // what is wanted next
  byId("renew").textContent = t(c.status === "expiring" ? "kyc.js.renew" : "kyc.js.changed");
  byId("roads").hidden = byId("withdraw").hidden && byId("renew").hidden;
}

/** @param {Case} c @param {any} type */
function given(c, type) {
  byId("entity").textContent = named(`entityType.${c.entityType}`, type?.name ?? c.entityType);
  byId("fields").replaceChildren(...c.asked.map((f) => f.name).filter((one) => c.fields[one]).map((name) => {
    const pair = document.createElement("div"), dt = document.createElement("dt"), dd = document.createElement("dd");
    dt.textContent = labelOf(c, name);
    dd.textContent = shown(c, name);
    dd.className = "tnum";
    pair.append(dt, dd);
    return pair;
  }));
  const editable = isEditable(c.status), partOf = (/** @type {string} */ id) => c.parts.find((p) => p.pointer === `/requirements/${id}`);
  byId("rows").replaceChildren(...c.requirements.filter((r) => r.needed || r.documents.length).map((r) => rowOf(r, editable ? partOf(r.id) : undefined, editable)));
}

/** @param {import("./case.js").Requirement} r @param {import("./case.js").Part | undefined} p @param {boolean} editable */
function rowOf(r, p, editable) {
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
    if (d.reason && editable && p?.open !== false) f.querySelector(".file__acts")?.append(mendOf(r, d));
    if (isKept(d)) act(f, "view", d.fileName, (button) => once(button, () => open(d.id, say)));
    part(li, "[data-files]").append(f);
  }
  return li;
}

/** The way to the part of a file that has to be replaced. @param {import("./case.js").Requirement} r @param {import("./case.js").Doc} d */
function mendOf(r, d) {
  const link = /** @type {HTMLAnchorElement} */ (copyOf("mend"));
  link.href = `/settings/kyc/edit#requirement-${r.id}`;
  part(link, "[data-of]").textContent = ` ${d.fileName}`;
  return link;
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

/** @param {Case} c */
function draw(c) {
  speakOf(c.entityType);
  const type = catalogue.entityTypes.find((/** @type {any} */ e) => e.code === c.entityType);
  byId("status").replaceChildren(statusChip(c.status));
  const earlier = c.inForce?.caseNo !== c.caseNo && c.inForce;
  byId("lede").textContent = earlier ? t("kyc.js.inForce", { date: dayOf(earlier.validUntil) }) : t(`kycStatus.${c.status}.text`);
  byId("summary").hidden = !c.inForce;
  byId("summary").replaceChildren(fileLink("/v1/kyc/summary", t("kyc.js.summary")));
  roads(c);
  receipt(c, account.email);
  byId(c.entityType ? "case" : "nothing").hidden = false;
  if (c.entityType) given(c, type);
}

/** Does something to the case as a whole. Where it is not possible any more, the page says why and shows the case as it is. @param {string} path @param {() => void} done */
async function change(path, done) {
  say("");
  try {
    await stepUp(() => call("POST", path));
    done();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    say(error.message);
    const now = error.status === 409 ? await call("GET", "/v1/kyc").catch(() => null) : null;
    if (now) draw(now);
  }
}

byId("withdraw").addEventListener("click", async () => {
  if (byId("roads").querySelector(".ask") || !(await ask(byId("roads"), t("kyc.js.withdraw"), t("kyc.js.withdraw.yes"), byId("withdraw")))) return;
  await change("/v1/kyc/withdraw", () => location.reload());
});
byId("renew").addEventListener("click", () => once(byId("renew"), () => change("/v1/kyc/renew", () => location.assign("/settings/kyc/edit"))));

const [account, found, catalogue] = await begin("/v1/kyc", "/v1/kyc/entity-types");
draw(found);
