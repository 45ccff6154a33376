// @ts-check
// The desk: what waits, what I hold, and the press that takes the next case.
import { begin } from "../account.js";
import { Problem } from "../api.js";
import { byId, input, once } from "../form.js";
import { copyOf, part } from "../template.js";
import { t } from "../words.js";
import { listen } from "./keys.js";
import { itemRow } from "./list.js";
import { desk, lockFor } from "./lock.js";
import { report } from "./report.js";

/** @typedef {{lane: string, waiting: number, overdue: number}} Lane */
/** @typedef {import("./list.js").Item} Item */

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
    trouble(error.status === 404 ? t("404.heading") : error.message);
  }
}

const next = () => location.assign("/review/case#next");

/** @param {Lane} l @param {boolean} lead */
function laneRow(l, lead) {
  const row = copyOf("lane"), show = part(row, "button");
  part(row, "[data-lane]").textContent = t(`desk.lane.${l.lane}`);
  part(row, "[data-waiting]").textContent = String(l.waiting);
  part(row, "[data-overdue]").textContent = l.overdue ? t("desk.js.overdue.n", { n: l.overdue }) : "";
  part(row, "[data-of]").textContent = ` ${t(`desk.lane.${l.lane}`)}`;
  show.hidden = !lead;
  show.addEventListener("click", () => once(show, () => attempt(() => list(l.lane, ""))));
  return row;
}

/** The cases of a lane, page by page. @param {string} lane @param {string} after */
async function list(lane, after) {
  const { items, next: more } = await desk("GET", `/cases?lane=${lane}&after=${encodeURIComponent(after)}`);
  const rows = byId("list-rows"), again = byId("more");
  byId("list").hidden = false;
  byId("list-title").textContent = t(`desk.lane.${lane}`);
  if (!after) rows.replaceChildren();
  rows.append(...items.map(itemRow));
  byId("list-none").hidden = rows.childElementCount > 0;
  again.hidden = !more;
  again.onclick = () => void once(again, () => attempt(() => list(lane, more)));
  if (!after) byId("list-title").focus();
}

async function search() {
  const q = input("q").value.trim();
  if (!q) return;
  const { items } = /** @type {{items: Item[]}} */ (await desk("POST", "/search", { q }));
  byId("found-rows").replaceChildren(...items.map(itemRow));
  byId("found").textContent = t("desk.js.found", { n: items.length });
}

async function load() {
  const home = await desk("GET", "");
  const mine = /** @type {Item[]} */ (home.mine);
  byId("lanes").replaceChildren(...home.lanes.map((/** @type {Lane} */ l) => laneRow(l, home.reviewer.lead)));
  byId("mine-rows").replaceChildren(...mine.map(itemRow));
  byId("mine-none").hidden = mine.length > 0;
  byId("scanner").hidden = home.scanner !== "off";
  byId("report").hidden = !home.reviewer.lead;
  byId("desk").hidden = false;
}

const [account] = await begin();
lockFor(account.email);
byId("search").addEventListener("submit", (event) => {
  event.preventDefault();
  void once(byId("search-go"), () => attempt(search));
});
byId("search").dataset.ready = "";
byId("report-show").addEventListener("click", () => once(byId("report-show"), () => attempt(async () => {
  await report();
  byId("report-tables").hidden = false;
})));
listen([
  { keys: ["n"], text: "desk.key.next", run: next },
  { keys: ["/"], text: "desk.key.search", run: () => input("q").focus() },
]);
await attempt(load);
document.addEventListener("visibilitychange", () => document.hidden || void attempt(load));
