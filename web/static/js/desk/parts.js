// @ts-check
// What of a case is judged: its fields and its documents, as the desk's list has them.
import { named, t } from "../words.js";

/** @typedef {import("./verdicts.js").Verdict} Verdict */
/** @typedef {import("./pages.js").Paper} Paper */
/** @typedef {{label: string, value: string}} Expected */
/** @typedef {{code: string, detail: string}} Reason */
/** @typedef {{verdict: "yes" | "no", code: string | null, detail: string | null, checklist: Verdict["checklist"], validUntil: string | null}} Earlier  the API's verdict */
/** @typedef {{id: string, type: string, typeTitle: string, fileName: string, size: number, state: string, flattened: boolean, pages: string[], verdict: Earlier | null, new: boolean,
 *  origin: {program: string, signature: "none" | "intact" | "broken" | "unread", signer: string, extended: boolean}, checklist: {id: string, text: string}[]}} Doc */
/** @typedef {{pointer: string, id: string, title: string, whose: string, expected: Expected[], documents: Doc[], flag: Reason | null, answer: string | null}} Requirement  its documents newest first */
/** @typedef {{pointer: string, label: string, value: string | null, earlier: string | null, flag: Reason | null, answer: string | null, verdict: Earlier | null}} Field */
/** @typedef {{id: string | null, by: string, until: string, mine: boolean}} Lease */
/** @typedef {{reference: string, accountId: string, caseNo: number, status: string, lane: string | null, round: number, version: number, risk: string | null, dueAt: string | null, overdue: boolean,
 *  submittedAt: string | null, entityType: {code: string, name: string}, holder: {name: string, company: string | null, email: string, phone: string | null, type: string}, lease: Lease | null, fields: Field[],
 *  requirements: Requirement[], findings: {severity: string, code: string, detail: string, pointers: string[]}[], notes: {at: string, by: string, text: string}[],
 *  firstBy: string | null, canDecide: string[]}} Case */

/** @typedef {import("./verdicts.js").Thing & {id: string, title: string, about: string, value: string, earlier: string, expected: Expected[], paper: Paper | null, old: Paper | null,
 *  removed: boolean, changed: boolean, asked: string, answer: string}} Part */

/** @param {Doc} d @returns {Paper} */
const paperOf = (d) => ({ id: d.id, title: titleOf(d), fileName: d.fileName, pages: d.pages });

/** @param {Doc} d */
const titleOf = (d) => named(`document.${d.type}`, d.typeTitle);

/** @param {Earlier | null} v @returns {Verdict | null} */
const keptOf = (v) => v && { verdict: v.verdict, code: v.code ?? "", detail: v.detail ?? "", checklist: v.checklist, validUntil: v.validUntil ?? "" };

/** What was asked, and whether it has to be looked at again. @param {Field | Requirement} x */
const asking = (x) => ({ asked: x.flag?.detail ?? "", answer: x.answer ?? "" });

/** @param {Case} c @param {Field} f @param {number} i @returns {Part} */
function ofField(c, f, i) {
  const changed = f.earlier !== null || f.flag !== null, value = f.value ?? "";
  return {
    pointer: f.pointer, documentId: null, checks: [], kept: keptOf(f.verdict), required: changed && f.verdict === null, id: `part-f${i}`, title: named(f.pointer.replace("/fields/", "field."), f.label), about: "",
    value, earlier: f.earlier ?? "", expected: [], paper: paperWith(c, value), old: null, removed: false, changed, ...asking(f),
  };
}

/** The document that a value is looked for in: the first of a requirement that expects it. @param {Case} c @param {string} value */
function paperWith(c, value) {
  const r = c.requirements.find((r) => r.expected.some((e) => e.value === value) && r.documents.some(isJudged)), d = r?.documents.find(isJudged);
  return d ? paperOf(d) : null;
}

/** What was rejected is judged again only where no newer file took its place; what the first of two looks removed stays judged. @param {Doc} d @param {number} i @param {Doc[]} all */
const isJudged = (d, i, all) => ["clean", "accepted", "superseded"].includes(d.state) || d.state === "rejected" && !all.slice(0, i).some((newer) => newer.state === "clean");

/** @param {Requirement} r @returns {Part[]} */
function ofRequirement(r) {
  const before = r.documents.find((d) => d.state === "rejected");
  return r.documents.filter(isJudged).map((d) => {
    const changed = d.new || r.flag !== null && d.state === "rejected";
    return {
      pointer: r.pointer, documentId: d.id, checks: d.checklist.map(checkOf), kept: keptOf(d.verdict), required: true, id: `part-${d.id}`, title: named(`requirement.${r.id}`, r.title), about: aboutOf(d), value: "", earlier: "",
      expected: r.expected, paper: paperOf(d), old: d.new && before ? paperOf(before) : null, removed: d.state === "superseded", changed, ...(changed ? asking(r) : { asked: "", answer: "" }),
    };
  });
}

/** A check as it reads here: the catalogue's text speaks to the holder. @param {{id: string, text: string}} c */
const checkOf = ({ id, text }) => ({ id, text: named(`desk.check.${id}`, named(`check.${id}`, text)) });

/** @param {Doc} d */
function originOf({ origin: { program, signature, signer, extended } }) {
  const signed = signature !== "none" ? t(`desk.js.signature.${signature}`, { name: signer || "?" }) : "";
  return [program && t("desk.js.program", { name: program }), signed, extended ? t("desk.js.extended") : ""];
}

/** @param {Doc} d */
const aboutOf = (d) => [titleOf(d), t("desk.js.pages", { n: d.pages.length }), d.flattened ? t("desk.js.flattened") : "", ...originOf(d), d.fileName].filter(Boolean).join(" · ");

/** What is judged, what changed since the last round first. @param {Case} c @returns {Part[]} */
export function partsOf(c) {
  const all = [...c.requirements.flatMap(ofRequirement), ...c.fields.map((f, i) => ofField(c, f, i))];
  return [...all.filter((p) => p.changed), ...all.filter((p) => !p.changed)];
}
