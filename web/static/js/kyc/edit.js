// @ts-check
// The KYC case to edit: everything is saved as it is given, and the case is handed in when nothing is missing.
import { begin } from "../account.js";
import { Problem, call, session } from "../api.js";
import { byId, clear, input, onSubmit, once, show, withdraw } from "../form.js";
import { stepUp } from "../step-up.js";
import { part } from "../template.js";
import { momentOf } from "../when.js";
import { named, speakOf, t } from "../words.js";
import { isAsked, isBeingChecked, isEditable, isOver, requirementChip, stateChip, statusChip, titleOf } from "./case.js";
import { EntityChoice, nameOf } from "./entity.js";
import { Fields } from "./fields.js";
import * as fold from "./fold.js";
import { draw } from "./overview.js";
import { Row } from "./rows.js";
import { SignatoryLink } from "./signatory-link.js";

/** @typedef {import("./case.js").Case} Case */
/** @typedef {import("./case.js").Missing} Missing */

const form = /** @type {HTMLFormElement} */ (byId("form")), details = byId("details");
/** @type {Case} */
let current;
/** @type {Map<string, Row>} */
const rows = new Map();
let attempted = false, leaving = false;

/** For screen readers: what happened where nobody looks. @param {string} text */
const told = (text) => void (byId("said").textContent = text);

/** Says something to what a reviewer asked. @type {import("./flags.js").Answer} */
async function answer(pointer, text, sure) {
  try {
    const own = `/answers/${pointer.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    take(await call("PATCH", "/v1/kyc", { answers: { [pointer]: text }, ...(sure && { confirmed: [own] }) }));
  } catch (error) {
    if (error instanceof Problem && error.status === 409) await reload();
    throw error;
  }
}

const fields = new Fields(byId("fields"), { etag: () => current.etag, take, reload, answer, told: saved });

/** @param {import("./autosave.js").State} state */
function saved(state) {
  const offline = state === "later" && !navigator.onLine, partly = state === "saved" && fields.mistakes().length > 0;
  byId("autosave").textContent = t(`kyc.js.${offline ? "offline" : partly ? "partly" : state}`);
  drawParts();
}

/** Brings the page in step with the case as the API has it. @param {Case} c */
function take(c) {
  if (current && c.caseNo === current.caseNo && c.version < current.version) return lookAgain(); // overtaken on the way
  const before = current, fresh = before?.entityType !== c.entityType || before.caseNo !== c.caseNo, over = isOver(c.status);
  if (before && before.notice.version !== c.notice.version) for (const tick of ticks) tick.checked = false;
  current = over ? { ...c, requirements: [], parts: [], missing: [] } : c; // a new case begins with the entity type
  byId("status").replaceChildren(statusChip(c.status));
  byId("again").hidden = !over;
  if (!over && !isEditable(c.status)) return close();
  speakOf(c.entityType);
  if (fresh) fields.draw(over ? [] : c.asked, c, catalogue.states);
  fields.update(c);
  choice.update(c);
  const done = drawRows();
  drawLink();
  drawParts();
  const needy = [details, ...rowsInOrder().map((row) => row.element)].filter(isNeedy);
  if (!before) fold.begin(needy);
  else if (fresh) fold.spread(needy);
  for (const row of done) {
    told(`${titleOf(row.r)}: ${t(`state.${row.r.state}`)}`);
    if (!row.busy) fold.goOn(row.element, next(row));
  }
  lookAgain();
}

/** The case was handed in elsewhere: there is nothing to change here any more. */
function close() {
  leaving = true;
  clearTimeout(looking);
  fields.draw([], current, []);
  for (const row of rows.values()) row.adder.end();
  form.hidden = byId("flags").hidden = true;
  byId("trouble").hidden = false;
}

const rowsInOrder = () => current.requirements.map((r) => /** @type {Row} */ (rows.get(r.id)));

/** Draws the rows, and answers those that have become complete. */
function drawRows() {
  const done = [], list = byId("rows");
  for (const [id, row] of rows) {
    if (current.requirements.some((r) => r.id === id)) continue;
    row.end();
    rows.delete(id);
  }
  for (const [i, r] of current.requirements.entries()) {
    const old = rows.get(r.id), row = old ?? new Row(r, { changed: reload, answer, told }), was = row.r.state;
    rows.set(r.id, row);
    row.update(r, current.parts.find((p) => p.pointer === `/requirements/${r.id}`), current.warnings.find((w) => w.pointers[0] === `/requirements/${r.id}`));
    if (list.children[i] !== row.element) list.insertBefore(row.element, list.children[i] ?? null);
    if (old && was !== r.state && ["ready", "accepted"].includes(r.state)) done.push(row);
    const m = lackOf(row);
    row.mark(m && (attempted || m.code.startsWith("document_same")) ? lack(m) : "");
    if (!m) withdraw(row.toggle.id);
  }
  return done;
}

const link = new SignatoryLink();

/** The link stands in the first row that the signatory brings the papers of. */
function drawLink() {
  const asked = current.requirements.filter((r) => r.whose === "signatory"), first = asked[0] && rows.get(asked[0].id);
  if (!first) return link.element.remove();
  const place = part(first.element, "[data-note]");
  link.update(asked);
  if (place.previousElementSibling === link.element) return;
  place.before(link.element);
  void link.look();
}

/** @param {Row} row */
const lackOf = (row) => current.missing.find((m) => m.pointer === `/requirements/${row.r.id}`);

/** What is missing, where the name of the part stands before it. @param {Missing} m */
const lack = (m) => named(`kyc.js.lack.${m.code}`, named(`error.${m.code}`, m.detail));

const ofDetails = (/** @type {{pointer: string}} */ m) => !m.pointer.startsWith("/requirements/");

/** Whether somebody has to do something about a part. @param {Element} folding */
function isNeedy(folding) {
  if (folding === details) return current.requirements.length === 0 || current.missing.some(ofDetails);
  const row = rowsInOrder().find((r) => r.element === folding);
  return row !== undefined && lackOf(row) !== undefined;
}

/** The part that is to be done after a row: the next one, or else the first of all. @param {Row} row */
function next(row) {
  const all = [details, ...rowsInOrder().map((r) => r.element)], at = all.indexOf(row.element);
  return [...all.slice(at + 1), ...all.slice(0, at)].find(isNeedy);
}

/** What somebody knows a business by. */
const brief = () => current.asked.filter((f) => f.name === "legalName" || ["pan", "cin", "llpin", "gstin", "tan"].includes(f.name)).map((f) => current.fields[f.name]).filter(Boolean);

function drawParts() {
  const wrong = fields.mistakes().some((m) => m.wrong), lacks = isNeedy(details), flags = current.parts.filter((p) => p.flag);
  const state = wrong ? "wrong" : flags.some((p) => ofDetails(p) && isAsked(p)) ? "asked" : lacks ? "missing" : "complete", mark = () => stateChip(state);
  const type = choice.types.find((e) => e.code === current.entityType);
  part(details, "[data-chip]").replaceChildren(mark());
  part(details, "[data-brief]").textContent = type ? [nameOf(type), ...brief()].join(" · ") : "";
  const entries = rowsInOrder().map((row) => {
    const lacks = lackOf(row) !== undefined;
    return {
      id: row.toggle.id, title: titleOf(row.r), chip: row.asked ? stateChip("asked") : requirementChip(row.r), counts: row.r.needed || lacks, done: !lacks,
      wrong: ["refused", "rejected"].includes(row.r.state) || row.element.classList.contains("is-wrong"),
    };
  });
  const answered = flags.filter((p) => p.flag?.answered).length, n = current.missing.length;
  const left = flags.length ? t("kyc.js.answers", { n: answered, all: flags.length }) : n ? t("kyc.js.left", { n }) : t("kyc.js.none");
  draw([{ id: "details-toggle", title: t("kyc.js.details"), chip: mark(), counts: true, done: !lacks, wrong }, ...entries], left, go);
  byId("submitbar").hidden = current.requirements.length === 0;
  byId("consent").hidden = current.requirements.length === 0 || n > 0 || !current.notice.due;
  part(byId("consent"), "[for=declared]").textContent = t(type?.accountTypes.includes("individual") ? "kyc.js.declared.self" : "kyc.js.declared");
  byId("flags").hidden = flags.length === 0;
  part(byId("flags"), "[data-text]").textContent = current.dueBy ? t("kyc.js.due", { left, date: momentOf(current.dueBy) }) : left;
}

/** Opens the part that a control is in, or that it folds, and goes there. @param {string} id */
function go(id) {
  const control = document.getElementById(id), folding = control?.closest(".part");
  if (folding && !fold.isOpen(folding)) fold.open(folding);
  control?.focus();
}

async function reload() {
  try {
    take(await call("GET", "/v1/kyc"));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    lookAgain();
  }
}

let looking = 0;

/** Looks at the case once more while a file is being checked. */
function lookAgain() {
  clearTimeout(looking);
  if (rowsInOrder().some((row) => row.r.documents.some(isBeingChecked))) looking = setTimeout(reload, 1500);
}

const ticks = [input("notice"), input("declared")];
for (const tick of ticks) tick.addEventListener("change", () => tick.checked && clear(tick.id));

/** What is not accepted or declared yet. */
const unticked = () => (byId("consent").hidden ? [] : ticks.filter((tick) => !tick.checked).map(({ id }) => ({ field: id, text: t(`kyc.js.lack.${id}`) })));

/** What speaks against handing the case in before the API is asked. */
function check() {
  if (!current.entityType) return [{ field: "entityType", text: t("kyc.choose") }];
  const busy = rowsInOrder().filter((row) => row.adder.busy > 0).map((row) => ({ field: row.toggle.id, name: titleOf(row.r), text: t("kyc.js.busy") }));
  return [...fields.mistakes().filter((m) => m.wrong), ...busy];
}

/** @param {Missing} m */
function mistakeOf(m) {
  const [, what, name] = m.pointer.split("/"), row = what === "requirements" ? rows.get(name) : undefined;
  if (row) return { field: row.toggle.id, name: titleOf(row.r), text: lack(m) };
  const f = what === "fields" ? fields.get(name) : undefined;
  return { field: f?.control.id ?? what, name: f?.title ?? t("kyc.js.entity"), text: lack(m) };
}

onSubmit(form, check, async () => {
  await fields.flush();
  const open = [fields.mistakes(), unticked()].find((found) => found.length);
  if (open) return show(open, form);
  const [accepted, declared] = ticks.map((tick) => tick.checked);
  await stepUp(() => call("POST", "/v1/kyc/submit", { notice: { version: current.notice.version, accepted, locale: document.documentElement.lang }, declared }));
  leaving = true;
  location.assign("/settings/kyc");
}, (problem) => {
  if (problem.code !== "kyc_incomplete") {
    if (problem.status === 409 || problem.errors.some((e) => e.code === "notice_outdated")) void reload();
    return false;
  }
  attempted = true;
  current = { ...current, missing: problem.body.errors };
  show(problem.body.errors.map(mistakeOf), form);
  drawRows();
  drawParts();
  return true;
});

// An entry of the summary leads into a part that may be folded.
byId("problems").addEventListener("click", (event) => {
  const link = /** @type {HTMLElement} */ (event.target).closest("a");
  if (link) go(link.hash.slice(1));
});

const ended = session.ended;
session.ended = () => (leaving = ended());

// A file that misses its place must not replace the page.
for (const what of ["dragover", "drop"]) addEventListener(what, (event) => event.preventDefault());

const [account, found, catalogue] = await begin("/v1/kyc", "/v1/kyc/entity-types");
// An entity type that the account may not choose any more is shown all the same, and that it does not fit.
const choice = new EntityChoice(catalogue.entityTypes, (e) => e.accountTypes.includes(account.type ?? "") || e.code === found.entityType, {
  now: () => current, settled: () => fields.flush(), offer: (name, value) => fields.offer(name, value), take, reload, answer,
});
fold.foldable(details);
byId("again").addEventListener("click", () => once(byId("again"), async () => void (await choice.choose())));
if (found.final || !isEditable(found.status) && !isOver(found.status)) location.replace("/settings/kyc");
else take(found);
if (location.hash) go(location.hash.slice(1)); // to the part that somebody came for

// Whoever comes back sees what happened meanwhile; whoever goes leaves nothing unsaved behind.
document.addEventListener("visibilitychange", () => void (document.hidden ? fields.flush() : Promise.all([reload(), link.element.isConnected && link.look()])));
addEventListener("beforeunload", (event) => {
  void fields.flush();
  if (!leaving && (fields.atRisk || [...rows.values()].some((row) => row.adder.busy > 0))) event.preventDefault();
});
