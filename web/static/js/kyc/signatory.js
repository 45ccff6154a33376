// @ts-check
// The signatory's own papers, by a link and without an account: what is asked is shown, and uploaded as on the page of the case.
import { Problem, call } from "../api.js";
import { byId, onSubmit } from "../form.js";
import { swap } from "../swap.js";
import { mailedToken } from "../token.js";
import { road } from "../upload/sent.js";
import { momentOf } from "../when.js";
import { t } from "../words.js";
import { isBeingChecked, titleOf } from "./case.js";
import * as fold from "./fold.js";
import { Row } from "./rows.js";

/** @typedef {{for: string, expiresAt: string, requirements: import("./case.js").Requirement[], parts: import("./case.js").Part[]}} Asked */

road.documents = "/v1/signatory/documents";
road.viewed = false;

const token = mailedToken("signatory.token"), link = token.split(".")[1] ?? "";

/** Which link this device has opened: another one is another case. */
const opened = { get: () => localStorage.getItem("signatory.link"), set: () => localStorage.setItem("signatory.link", link) };

/** @type {Map<string, Row>} */
const rows = new Map();
let looking = 0;

/** @param {string} text */
const told = (text) => void (byId("said").textContent = text);

/** @param {import("./case.js").Requirement} r */
const isThere = (r) => !r.needed || ["ready", "accepted"].includes(r.state);

/** @param {Asked} asked */
function take(asked) {
  const first = rows.size === 0, list = byId("rows");
  for (const r of asked.requirements) {
    const row = rows.get(r.id) ?? new Row(r, { changed: reload, told });
    const was = row.r.state;
    rows.set(r.id, row);
    row.update(r, asked.parts.find((p) => p.pointer === `/requirements/${r.id}`));
    if (!row.element.isConnected) list.append(row.element);
    if (!first && was !== r.state && isThere(r)) done(row, asked);
  }
  const there = asked.requirements.filter(isThere).length, all = asked.requirements.length;
  byId("for").textContent = t("signatory.js.for", { name: asked.for, date: momentOf(asked.expiresAt) });
  byId("left").textContent = there === all ? t("signatory.js.done") : t("signatory.js.left", { n: there, all });
  if (first) fold.begin(asked.requirements.filter((r) => !isThere(r)).flatMap((r) => rows.get(r.id)?.element ?? []));
  clearTimeout(looking);
  if (asked.requirements.some((r) => r.documents.some(isBeingChecked))) looking = setTimeout(reload, 1500);
}

/** @param {Row} row @param {Asked} asked */
function done(row, asked) {
  told(`${titleOf(row.r)}: ${t(`state.${row.r.state}`)}`);
  const next = asked.requirements.find((r) => !isThere(r));
  if (!row.busy) fold.goOn(row.element, next && rows.get(next.id)?.element);
}

function over() {
  clearTimeout(looking);
  for (const row of rows.values()) row.adder.end();
  for (const id of ["ask", "work"]) if (!byId(id).hidden) swap(id, "over");
}

async function reload() {
  try {
    take(await call("GET", "/v1/signatory"));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.status === 410) over();
    else looking = setTimeout(reload, 5000);
  }
}

/** @param {Asked} asked */
function begin(asked) {
  swap("ask", "work");
  take(asked);
}

const form = /** @type {HTMLFormElement} */ (byId("form"));
onSubmit(form, () => (token ? [] : [{ field: "", text: t("signatory.js.link") }]), async () => {
  const asked = await call("POST", "/v1/signatory/open", { token });
  opened.set();
  begin(asked);
}, (problem) => {
  if (problem.status === 410) over();
  return problem.status === 410;
});

// Looking at a link uses nothing up: only the press of the button binds it to this device.
if (opened.get() && (!token || opened.get() === link)) {
  call("GET", "/v1/signatory").then(begin, (error) => {
    if (!(error instanceof Problem)) throw error;
    if (token && error.status === 410) over();
  });
}

for (const what of ["dragover", "drop"]) addEventListener(what, (event) => event.preventDefault());
document.addEventListener("visibilitychange", () => void (document.hidden || byId("work").hidden || reload()));
addEventListener("beforeunload", (event) => [...rows.values()].some((row) => row.adder.busy > 0) && event.preventDefault());
