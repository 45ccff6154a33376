// @ts-check
// One case on the desk, from the press that claims it to the press that claims the next.
import { begin } from "../account.js";
import { Problem } from "../api.js";
import { byId, once } from "../form.js";
import { part } from "../template.js";
import { shortOf } from "../when.js";
import { t } from "../words.js";
import { decide, mayUndo, offerUndo, onDecision, undo } from "./decide.js";
import { open, sends } from "./dialog.js";
import { about, head, pair } from "./head.js";
import { history } from "./history.js";
import { listen } from "./keys.js";
import { desk, isLocked, lockFor } from "./lock.js";
import { Viewer } from "./pages.js";
import { partsOf } from "./parts.js";
import { Things, copyButton } from "./things.js";
import { Verdicts } from "./verdicts.js";

/** @typedef {import("./parts.js").Case} Case */
/** @typedef {import("./decide.js").Outcome} Outcome */

/** How often a lease is prolonged, in ms: it lasts five minutes. */
const beat = 60_000;

/** @type {Case | null} */
let current = null;
/** @type {Things | null} */
let things = null;

const mine = () => current?.lease?.mine === true;
const free = () => !mine();
const ofCase = () => current !== null;
/** @param {string} what */
const pathOf = (what) => `/cases/${current?.reference}${what}`;

/** For those who cannot see it, and for those who look elsewhere. @param {string} text */
function say(text) {
  byId("said").textContent = "";
  byId("said").textContent = text;
}

/** @param {string} text */
function trouble(text) {
  byId("trouble").hidden = !text;
  part(byId("trouble"), "[data-text]").textContent = text;
}

/** Does something with the API, and says what went wrong. @param {() => Promise<void>} work */
async function attempt(work) {
  trouble("");
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    trouble(error.message);
  }
}

/** Where the tab keeps what this reviewer has judged of a round. @param {Case} c */
const draftOf = (c) => `verdicts ${home.reviewer.accountId} ${c.reference} ${c.round}`;

/** Shows a case. @param {Case} c */
function take(c) {
  const other = c.reference !== current?.reference || c.round !== current.round;
  current = c;
  location.hash === `#${c.reference}` || window.history.replaceState(null, "", `#${c.reference}`);
  byId("nothing").hidden = true;
  byId("case").hidden = byId("bar").hidden = false;
  if (other) lay(c);
  else things?.redraw();
  head(c);
  if (things) about(c, things);
  bar();
}

/** Lays a case on the desk. @param {Case} c */
function lay(c) {
  viewer.forget();
  const parts = partsOf(c), verdicts = new Verdicts(parts, reasons, JSON.parse(sessionStorage.getItem(draftOf(c)) ?? "[]"));
  things = new Things(parts, verdicts, {
    mine, say,
    moved: (p) => {
      viewer.show(p.paper ?? viewer.main.paper, p.old);
      byId("expected").replaceChildren(...p.expected.map((e) => pair(e.label, copyButton(e.value, say))));
    },
    judged: () => {
      sessionStorage.setItem(draftOf(c), JSON.stringify(verdicts.draft()));
      bar();
    },
  });
  if (parts.length) things.go(0);
}

/** What is left, and what follows from the verdicts. */
function bar() {
  if (!things || !current) return;
  const v = things.verdicts, left = v.missing().length, follows = mine() ? v.outcome() : null;
  byId("left").textContent = !mine() ? t("desk.js.look") : left ? t("desk.js.left", { n: left }) : t(`desk.js.follows.${follows}`);
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (byId("bar").querySelectorAll("[data-outcome]"))) {
    button.hidden = !mine() || (current.canDecide.length > 0 && !current.canDecide.includes(button.dataset.outcome ?? ""));
    button.classList.toggle("btn--primary", button.dataset.outcome === follows);
    button.classList.toggle("btn--secondary", button.dataset.outcome !== follows);
  }
  byId("next").hidden = mine();
}

/** @param {Outcome} outcome */
function outcome(outcome) {
  const c = current, leaseId = c?.lease?.id;
  if (!c || !leaseId || !things) return;
  const v = things.verdicts, missing = v.missing().length;
  if (outcome !== "second_look" && missing) {
    things.goToMissing();
    return trouble(t("desk.js.left", { n: missing }));
  }
  if (outcome !== "second_look" && v.outcome() !== outcome) return trouble(t(`desk.js.not.${outcome}`));
  trouble("");
  void decide(outcome, { reference: c.reference, leaseId, version: c.version, risk: c.risk, parts: () => v.parts() });
}

/** @param {string} reference */
const load = (reference) => attempt(async () => take(await desk("GET", `/cases/${encodeURIComponent(reference)}`)));

/** Claims the most urgent case that nobody has. */
const next = () => attempt(async () => {
  const found = (await desk("POST", "/next", {})).case;
  if (found) return take(found);
  leave();
  byId("nothing").hidden = false;
});

/** Takes the case off the desk. */
function leave() {
  current = things = null;
  viewer.forget();
  byId("case").hidden = byId("bar").hidden = true;
  window.history.replaceState(null, "", location.pathname);
}

const claim = () => (current?.lease && !mine() ? void open("take") : attempt(async () => take(await desk("POST", pathOf("/claim"), { takeOver: "" }))));

/** @param {string} said */
function gone(said) {
  if (current) take({ ...current, lease: null });
  say(said);
}

const release = () => attempt(async () => {
  await desk("POST", pathOf("/release"), { leaseId: current?.lease?.id });
  gone(t("desk.js.released"));
});

async function pulse() {
  if (!mine() || document.hidden || isLocked()) return;
  const c = /** @type {Case} */ (current);
  try {
    const { leaseUntil } = await desk("POST", pathOf("/heartbeat"), { leaseId: c.lease?.id });
    if (current === c && c.lease && leaseUntil) c.lease.until = leaseUntil;
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 409 || current !== c) return; // the next one may get through
    gone(error.message);
    trouble(error.message);
  }
}

/** What the dialogs send, each about the present case. */
function dialogs() {
  const of = () => ({ leaseId: current?.lease?.id, version: current?.version });
  const again = async () => take(await desk("GET", pathOf("")));
  sends("take", async ({ takeOver }) => take(await desk("POST", pathOf("/claim"), { takeOver })));
  sends("holding", async ({ until, note }) => {
    await desk("POST", pathOf("/hold"), { ...of(), until: `${until}T04:30:00Z`, note }); // ten o'clock in India
    await again();
  });
  sends("question", async ({ question }) => {
    if (current?.lane === "colleague") await desk("POST", pathOf("/answer"), { ...of(), text: question });
    else await desk("POST", pathOf("/ask"), { ...of(), question });
    await again();
  });
  sends("reopening", async ({ reason }) => {
    await desk("POST", pathOf("/reopen"), { reason });
    await again();
  });
  sends("original", async ({ reason }) => {
    const { url } = await desk("POST", pathOf(`/documents/${viewer.main.paper?.id}/original`), { reason });
    location.assign(url); // an attachment: the page stays
  });
  onDecision((d, outcome, reference) => {
    const said = t(`desk.js.done.${d.status === "under_review" ? "second_look" : outcome}`, { reference });
    offerUndo(said, d.undoUntil, () => attempt(async () => {
      await desk("POST", `/cases/${reference}/undo`, { recordId: d.recordId });
      take(await desk("POST", `/cases/${reference}/claim`, { takeOver: "" }));
    }));
    gone(said);
    if (current) take({ ...current, status: d.status, lane: d.lane ?? "", version: current.version + 1 });
  }, (problem) => {
    trouble(problem.message);
    void load(current?.reference ?? "");
  });
}

function ask() {
  byId("question-title").textContent = t(current?.lane === "colleague" ? "desk.js.reply" : "desk.js.ask");
  open("question");
}

const [account] = await begin();
lockFor(account.email);
const home = await desk("GET", "").catch((/** @type {unknown} */ error) => {
  if (!(error instanceof Problem)) throw error;
  trouble(error.status === 404 ? t("404.heading") : error.message);
  return new Promise(() => {});
});
const reasons = home.reasons;
const viewer = new Viewer((id, n) => pathOf(`/documents/${id}/pages/${n}`), () => `${home.reviewer.name} · ${shortOf(new Date().toISOString())}`);
dialogs();

/** @param {string} id @param {() => unknown} work */
const onPress = (id, work) => byId(id).addEventListener("click", () => once(byId(id), async () => void (await work())));
onPress("next", next);
onPress("claim", claim);
onPress("release", release);
onPress("ask", ask);
onPress("hold", () => open("holding"));
onPress("reopen", () => open("reopening"));
onPress("history-open", () => history(current?.reference ?? ""));
onPress("original-open", () => open("original"));
for (const button of /** @type {NodeListOf<HTMLElement>} */ (byId("bar").querySelectorAll("[data-outcome]"))) {
  button.addEventListener("click", () => outcome(/** @type {Outcome} */ (button.dataset.outcome)));
}

/** How far each key moves what is larger than its place. @type {Record<string, [number, number]>} */
const pans = { "Shift+ArrowDown": [0, 0.5], "Shift+ArrowUp": [0, -0.5], "Shift+ArrowRight": [0.5, 0], "Shift+ArrowLeft": [-0.5, 0] };

/** @param {(t: Things) => void} work @returns {() => void} */
const on = (work) => () => things && work(things);
listen([
  { keys: ["n"], text: "desk.key.next", run: () => (mine() ? things?.no() : void next()) },
  { keys: ["y"], text: "desk.key.yes", run: on((x) => x.yes()), when: mine },
  { keys: ["0"], text: "desk.key.na", run: on((x) => x.notApplicable()), when: mine },
  { keys: ["x"], text: "desk.key.refuse", run: on((x) => x.refuse()), when: mine },
  { keys: ["v"], text: "desk.key.until", run: on((x) => x.until()), when: mine },
  { keys: ["j", "ArrowDown"], text: "desk.key.down", run: on((x) => x.step(1)) },
  { keys: ["k", "ArrowUp"], text: "desk.key.up", run: on((x) => x.step(-1)) },
  { keys: ["ArrowRight"], text: "desk.key.on", run: () => viewer.step(1) },
  { keys: ["ArrowLeft"], text: "desk.key.back", run: () => viewer.step(-1) },
  { keys: ["+", "="], text: "desk.key.larger", run: () => viewer.zoom(1) },
  { keys: ["-"], text: "desk.key.smaller", run: () => viewer.zoom(-1) },
  { keys: Object.keys(pans), text: "desk.key.pan", run: (name) => viewer.pan(...pans[name]) },
  { keys: ["r"], text: "desk.key.turn", run: () => viewer.turn() },
  { keys: ["c"], text: "desk.key.contrast", run: () => viewer.contrast() },
  { keys: ["b"], text: "desk.key.beside", run: () => viewer.pin() },
  { keys: ["a"], text: "desk.key.approve", run: () => outcome("approve"), when: mine },
  { keys: ["q"], text: "desk.key.question", run: () => outcome("needs_info"), when: mine },
  { keys: ["d"], text: "desk.key.reject", run: () => outcome("reject"), when: mine },
  { keys: ["s"], text: "desk.key.second", run: () => outcome("second_look"), when: mine },
  { keys: ["t"], text: "desk.key.claim", run: () => void claim(), when: () => ofCase() && free() },
  { keys: ["g"], text: "desk.key.ask", run: ask, when: mine },
  { keys: ["w"], text: "desk.key.hold", run: () => void open("holding"), when: mine },
  { keys: ["h"], text: "desk.key.history", run: () => void history(current?.reference ?? ""), when: ofCase },
  { keys: ["u"], text: "desk.key.undo", run: () => void undo(), when: mayUndo },
  { keys: ["Escape"], text: "desk.key.release", run: () => void release(), when: mine },
]);

setInterval(pulse, beat);
document.addEventListener("visibilitychange", () => void pulse());
const wanted = () => decodeURIComponent(location.hash.slice(1));
addEventListener("hashchange", () => wanted() && wanted() !== current?.reference && void load(wanted()));
if (wanted() === "next") await next();
else if (wanted()) await load(wanted());
else location.replace("/review");
