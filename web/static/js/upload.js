// @ts-check
// One file on its way to storage: checked, sent with progress, cancelled, tried again.
import { call } from "./api.js";
import { sizeOf } from "./case.js";
import { t } from "./words.js";

/** How files of each kind begin. @type {[string, number[]][]} */
const kinds = [["application/pdf", [0x25, 0x50, 0x44, 0x46]], ["image/jpeg", [0xff, 0xd8, 0xff]], ["image/png", [0x89, 0x50, 0x4e, 0x47]]];

/** The type by the file's own first bytes; "" if it is none that we take. @param {File} file */
async function typeOf(file) {
  const head = new Uint8Array(await file.slice(0, 1024).arrayBuffer());
  const found = kinds.find(([, magic]) => magic.every((b, i) => head[i] === b));
  return found ? found[0] : "";
}

/**
 * What is wrong with a file before it is sent, or its type.
 * @param {File} file @param {number} maxBytes
 * @returns {Promise<{type: string, problem: string}>}
 */
export async function look(file, maxBytes) {
  const type = await typeOf(file);
  let problem = "";
  if (file.size === 0) problem = t("upload.empty");
  else if (!type) problem = t(/\.hei[cf]$/i.test(file.name) ? "upload.heic" : "upload.type");
  else if (file.size > maxBytes) problem = t("upload.large", { size: sizeOf(file.size), most: sizeOf(maxBytes) });
  return { type, problem };
}

/** The file's name with an end that fits what it is. @param {File} file @param {string} type */
function nameOf(file, type) {
  const ends = { "application/pdf": /\.pdf$/i, "image/jpeg": /\.jpe?g$/i, "image/png": /\.png$/i }[type];
  return ends?.test(file.name) ? file.name : `${file.name.replace(/\.[^.]*$/, "")}.${type.replace(/.*\//, "").replace("jpeg", "jpg")}`;
}

/**
 * Sends the form that storage asked for. XMLHttpRequest, because fetch tells no progress.
 * @param {{url: string, fields: Record<string, string>}} form @param {File} file @param {AbortSignal} signal @param {(sent: number, all: number) => void} progress
 * @returns {Promise<void>} rejects with the text for the person
 */
function post(form, file, signal, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.url);
    request.upload.onprogress = (e) => e.lengthComputable && progress(e.loaded, e.total);
    request.onload = () => (request.status < 300 ? resolve() : reject(new Error(t("upload.refused"))));
    request.onerror = () => reject(new Error(t(navigator.onLine ? "upload.failed" : "upload.offline")));
    request.onabort = () => reject(new Error(t("upload.canceled")));
    signal.addEventListener("abort", () => request.abort());
    const body = new FormData();
    for (const [name, value] of Object.entries(form.fields)) body.append(name, value);
    body.append("file", file); // storage ignores what comes after it
    request.send(body);
  });
}

/**
 * Uploads a file for a requirement. What was cancelled or broken leaves nothing behind in the case.
 * @param {{requirement: string, documentType: string, file: File, type: string}} what
 * @param {AbortSignal} signal @param {(sent: number, all: number) => void} progress
 * @returns {Promise<string>} the id of the document
 */
export async function upload(what, signal, progress) {
  const { documentId, upload: form } = await call("POST", "/v1/kyc/documents", {
    requirement: what.requirement, ...(what.documentType ? { documentType: what.documentType } : {}), fileName: nameOf(what.file, what.type),
    contentType: what.type, size: what.file.size,
  });
  try {
    await post(form, what.file, signal, progress);
  } catch (error) {
    await call("DELETE", `/v1/kyc/documents/${documentId}`).catch(() => {}); // it expires by itself
    throw error;
  }
  await call("POST", `/v1/kyc/documents/${documentId}/complete`);
  return documentId;
}
