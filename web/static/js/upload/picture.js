// @ts-check
// Photos as phones take them, made fit to be sent. One at a time: each takes memory.
import { shapeOf } from "./shape.js";
import { longEdge, shrink } from "./shrink.js";

/** @typedef {import("./shrink.js").Smaller} Smaller */

/** What the API takes. */
const taken = ["image/jpeg", "image/png"];

/** What is no larger is sent as it is, where nothing else is to be changed. In bytes. */
const small = 1024 * 1024;

const workerURL = new URL("picture-worker.js", import.meta.url).href;
const policy = /** @type {any} */ (window).trustedTypes?.createPolicy("picture-worker", { createScriptURL: () => workerURL });

/** @param {Blob} file @param {string} type @param {import("./shape.js").Shape} shape @returns {Promise<Smaller>} */
function inWorker(file, type, shape) {
  const worker = new Worker(policy ? policy.createScriptURL("") : workerURL, { type: "module" });
  /** @type {Promise<Smaller>} */
  const answer = new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data));
    worker.onerror = () => reject(new Error("the worker did not start"));
    worker.postMessage({ file, type, shape });
  });
  return answer.finally(() => worker.terminate());
}

/** @type {Promise<unknown>} */
let last = Promise.resolve();

/**
 * The picture as it is sent: smaller, upright and a JPEG where it was not; the same file where there is nothing to be gained.
 * @param {File} file @param {string} type
 * @returns {Promise<{file: Blob, type: string, thumb: Blob | null, changed: boolean} | null>} null where the API would not take it and this browser cannot read it
 */
export async function fit(file, type) {
  const as = { file, type, thumb: file, changed: false }, isTaken = taken.includes(type), shape = await shapeOf(file, type);
  const known = isTaken && shape.width > 0;
  if (known && shape.upright && Math.max(shape.width, shape.height) <= longEdge && file.size <= small) return as;
  const turn = last.then(() => inWorker(file, type, shape)).catch(() => shrink(file, type, shape));
  last = turn.catch(() => {});
  try {
    const { picture, thumb } = await turn;
    if (isTaken && picture.size >= file.size) return { ...as, thumb };
    return { file: picture, type: "image/jpeg", thumb, changed: true };
  } catch {
    return isTaken ? { ...as, thumb: null } : null; // whoever judges it by its structure may still take it
  }
}
