// @ts-check
// One page of a document as a picture: fetched, compared with the hash it was checked under, and drawn with the reviewer's name on it.
import { Problem } from "../api.js";
import { t } from "../words.js";
import { desk } from "./lock.js";

const patience = 20_000;

/** @param {ArrayBuffer} bytes @returns {Promise<string>} its SHA-256 in lower-case hexadecimal */
async function sha256(bytes) {
  return [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))].map((b) => b.toString(16).padStart(2, "0")).join("");
}

/** @param {string} url that works for a moment */
async function bytesOf(url) {
  try {
    const answer = await fetch(url, { credentials: "omit", cache: "no-store", signal: AbortSignal.timeout(patience) });
    if (answer.ok) return await answer.arrayBuffer();
  } catch {} // said below
  throw new Problem(0, { code: "unreachable", detail: t("desk.js.page.unreachable") }, 0);
}

/**
 * Fetches a page. Throws a Problem: also where the bytes are others than those that the case and the API name; these are shown to nobody.
 * @param {string} path of the page below /v1/review @param {string} expected the SHA-256 that the case has
 * @returns {Promise<ImageBitmap>}
 */
export async function pageOf(path, expected) {
  const { url, sha256: said } = await desk("GET", path);
  const bytes = await bytesOf(url), found = await sha256(bytes);
  if (found !== expected || found !== said) throw new Problem(0, { code: "page_differs", detail: t("desk.js.page.differs") }, 0);
  try {
    return await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
  } catch {
    throw new Problem(0, { code: "page_broken", detail: t("desk.js.page.broken") }, 0);
  }
}

/**
 * Draws a page, turned, with a text all over it: whoever prints or copies it has that too.
 * @param {HTMLCanvasElement} canvas @param {ImageBitmap} page @param {number} turn 0, 90, 180 or 270 degrees @param {string} mark
 */
export function draw(canvas, page, turn, mark) {
  const lies = turn % 180 !== 0;
  canvas.width = lies ? page.height : page.width;
  canvas.height = lies ? page.width : page.height;
  const c = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  c.translate(canvas.width / 2, canvas.height / 2);
  c.rotate((turn * Math.PI) / 180);
  c.drawImage(page, -page.width / 2, -page.height / 2);
  c.resetTransform();
  watermark(c, mark);
}

/** @param {CanvasRenderingContext2D} c @param {string} mark */
function watermark(c, mark) {
  const { width, height } = c.canvas, size = Math.max(14, Math.round(width / 45)), reach = Math.hypot(width, height);
  c.font = `600 ${size}px sans-serif`;
  c.globalAlpha = 0.2;
  c.fillStyle = "#7a1f1f";
  c.translate(width / 2, height / 2);
  c.rotate(-Math.PI / 7);
  const step = c.measureText(mark).width + size * 4;
  for (let y = -reach / 2, row = 0; y < reach / 2; y += size * 9, row++) {
    for (let x = -reach / 2 - (row % 2) * (step / 2); x < reach / 2; x += step) c.fillText(mark, x, y);
  }
  c.resetTransform();
  c.globalAlpha = 1;
}
