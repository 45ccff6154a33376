// @ts-check
// One file on its way to storage.
import { Problem, call } from "../api.js";
import { t } from "../words.js";
import { arrived, road, underWay } from "./sent.js";

/** How long nothing may move before an upload counts as broken, in ms. */
const patience = 60_000;

/** What may end the name of each type; the first is given to those that end otherwise. @type {Record<string, string[]>} */
const ends = { "application/pdf": [".pdf"], "image/jpeg": [".jpg", ".jpeg"], "image/png": [".png"] };

/** How long the API takes a name to be, in code points. */
const longest = 200;

/**
 * The file's name as the API takes it: without marks that nobody sees and slashes, not too long, and with an end that fits what it is.
 * Joiners and the selectors of a glyph stay: Indian scripts need them.
 * @param {string} name @param {string} type
 */
function nameOf(name, type) {
  const shown = name.replace(/(?![\u200c\u200d\ufe00-\ufe0f])[\p{C}\p{DI}\u2028\u2029\u2800]/gu, "").replace(/[\\/]/g, "-").trim();
  const end = /\.[^.]*$/.exec(shown)?.[0] ?? "", fits = ends[type].includes(end.toLowerCase()), stem = shown.slice(0, shown.length - end.length);
  const last = fits ? end : ends[type][0];
  return [...(stem || "file")].slice(0, longest - last.length).join("") + last;
}

/**
 * Sends the form that storage asked for. XMLHttpRequest, because fetch tells no progress.
 * @param {{url: string, fields: Record<string, string>}} form @param {Blob} file @param {AbortSignal} signal @param {(sent: number, all: number) => void} progress
 * @returns {Promise<void>} rejects with the text for the person
 */
function post(form, file, signal, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let still = 0;
    const moves = () => {
      clearTimeout(still);
      still = setTimeout(() => request.abort(), patience);
    };
    request.open("POST", form.url);
    request.upload.onprogress = (e) => {
      moves();
      if (e.lengthComputable) progress(e.loaded, e.total);
    };
    request.onload = () => (request.status < 300 ? resolve() : reject(new Error(t("upload.refused"))));
    request.onerror = () => reject(new Error(t(navigator.onLine ? "upload.failed" : "upload.offline")));
    request.onabort = () => reject(new Error(t(signal.aborted ? "upload.canceled" : "upload.failed")));
    request.onloadend = () => clearTimeout(still);
    signal.addEventListener("abort", () => request.abort());
    const body = new FormData();
    for (const [name, value] of Object.entries(form.fields)) body.append(name, value);
    body.append("file", file); // storage ignores what comes after it
    request.send(body);
    moves();
  });
}

/** Takes back what was allowed and has not arrived; what cannot be reached now, the next upload takes back. */
async function takeBack() {
  for (const id of underWay) await call("DELETE", `${road.documents}/${id}`).then(() => underWay.delete(id), () => {});
}

/**
 * Asks for an upload. A name with what may be an Aadhaar number is not sent on: nobody needs it.
 * @param {{requirement: string, documentType: string, file: Blob, type: string}} what @param {string} fileName @returns {Promise<any>}
 */
async function begun(what, fileName) {
  const ask = (/** @type {string} */ name) => call("POST", road.documents, {
    requirement: what.requirement, documentType: what.documentType, fileName: name, contentType: what.type, size: what.file.size,
  });
  return ask(fileName).catch((error) => {
    const number = error instanceof Problem && error.errors.length === 1 && error.errors[0].code === "aadhaar_number_suspected";
    return number ? ask(nameOf("document", what.type)) : Promise.reject(error);
  });
}

/**
 * Uploads a file for a requirement. What was cancelled or broken leaves nothing behind in the case.
 * @param {{requirement: string, documentType: string, name: string, file: Blob, type: string}} what
 * @param {AbortSignal} signal @param {(sent: number, all: number) => void} progress
 * @returns {Promise<string>} the id of the document
 */
export async function upload(what, signal, progress) {
  await takeBack();
  const { documentId, upload: form } = await begun(what, nameOf(what.name, what.type));
  underWay.add(documentId);
  try {
    if (signal.aborted) throw new Error(t("upload.canceled"));
    await post(form, what.file, signal, progress);
  } catch (error) {
    await takeBack();
    throw error;
  }
  underWay.delete(documentId);
  arrived.add(documentId);
  await call("POST", `${road.documents}/${documentId}/complete`).catch(missed);
  return documentId;
}

/** Storage tells of the file too: only when the file is not there has anything failed. @param {unknown} error */
function missed(error) {
  if (!(error instanceof Problem) || (error.status > 0 && error.status < 500)) throw error;
}
