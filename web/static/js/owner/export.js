// @ts-check
// Everything that the account has of its holder, as one archive that this page makes: files come straight from storage, one after the other.
import { Problem, call } from "../api.js";
import { byId, once } from "../form.js";
import { stepUp } from "../step-up.js";
import { t } from "../words.js";
import { zip } from "./zip.js";

/** @typedef {{id: string, requirement: string, fileName: string, url: string}} Paper */
/** @typedef {{exportedAt: string, cases: {no: number, documents: Paper[]}[]}} Export */

const patience = 120_000;

/** @param {number} done @param {number} all */
const progress = (done, all) => (byId("export-said").textContent = t("account.js.exporting", { done, all }));

/** A name that no archiver takes for a path. @param {string} name */
const plain = (name) => name.replace(/[\\/:*?"<>|\p{Cc}]/gu, "_");

/** @param {string} url */
async function fetched(url) {
  const answer = await fetch(url, { signal: AbortSignal.timeout(patience) });
  if (!answer.ok) throw new Error(String(answer.status));
  return new Uint8Array(await answer.arrayBuffer());
}

async function archive() {
  progress(0, 1);
  const everything = /** @type {Export} */ (await stepUp(() => call("POST", "/v1/account/export")));
  const papers = everything.cases.flatMap((c) => c.documents.filter((d) => d.url).map((d) => ({ ...d, path: `kyc-${c.no}/${d.requirement}-${d.id}-${plain(d.fileName)}` })));
  const listed = JSON.stringify(everything, (key, value) => (key === "url" || key === "etag" ? undefined : value), 2);
  const files = [{ name: "account.json", bytes: new TextEncoder().encode(listed) }];
  for (const paper of papers) {
    progress(files.length, papers.length + 1);
    files.push({ name: paper.path, bytes: await fetched(paper.url) });
  }
  save(zip(files, new Date(everything.exportedAt)), `central-${everything.exportedAt.slice(0, 10)}.zip`);
  byId("export-said").textContent = t("account.js.exported", { all: files.length });
}

/** @param {Blob} blob @param {string} name */
function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), patience);
}

export function exporting() {
  const trouble = byId("export-trouble");
  byId("export").addEventListener("click", () => once(byId("export"), async () => {
    trouble.hidden = true;
    try {
      await archive();
    } catch (error) {
      byId("export-said").textContent = "";
      trouble.textContent = error instanceof Problem ? error.message : t("account.js.exportFailed");
      trouble.hidden = false;
    }
  }));
}
