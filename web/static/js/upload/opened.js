// @ts-check
// PDFs opened in this browser: neither the password nor what a page says leaves it.

/** @typedef {{left: number, top: number, width: number, height: number}} Part  of a page: parts of its width and height, from 0 to 1 */
/** @typedef {{draw: (edge: number) => Promise<HTMLCanvasElement>, found: Part[]}} Sheet  found: where the page shows the first digits of a number */

/** @param {string} name */
const at = (name) => new URL(`../../pdfjs-6.5.438/${name}`, import.meta.url).href;

const workerURL = at("pdf.worker.min.js");
const policy = /** @type {any} */ (window).trustedTypes?.createPolicy("pdf-worker", { createScriptURL: () => workerURL });

/** pdf.js is large: it comes when the first PDF is opened. @type {Promise<any> | undefined} */
let loading;

async function load() {
  const library = await import(at("pdf.min.js"));
  library.GlobalWorkerOptions.workerPort = new Worker(policy ? policy.createScriptURL("") : workerURL, { type: "module" });
  return library;
}

const loaded = () => (loading ??= load().catch((error) => {
  loading = undefined; // it can be had later
  throw error;
}));

/** Whether a PDF is encrypted: its trailer says so in plain text. @param {Blob} file */
export const isEncrypted = async (file) => new TextDecoder("latin1").decode(await file.arrayBuffer()).includes("/Encrypt");

/**
 * The pages of a PDF.
 * @param {Blob} file @param {(wrong: boolean) => Promise<string>} password asked for until it is right; rejects where the person gives up
 * @returns {Promise<Sheet[]>} rejects with what password rejects with, or with pdf.js's reason
 */
export async function sheetsOf(file, password) {
  const library = await loaded();
  const task = library.getDocument({ data: new Uint8Array(await file.arrayBuffer()), useWasm: false, wasmUrl: at(""), enableXfa: false, verbosity: 0 });
  const left = new Promise((_, reject) => {
    task.onPassword = (/** @type {(password: string) => void} */ use, /** @type {number} */ reason) => {
      password(reason === library.PasswordResponses.INCORRECT_PASSWORD).then(use, (error) => {
        reject(error);
        void task.destroy();
      });
    };
  });
  const opened = await Promise.race([task.promise, left]);
  return Promise.all(Array.from({ length: opened.numPages }, async (_, i) => sheetOf(await opened.getPage(i + 1))));
}

/** @param {any} page @returns {Promise<Sheet>} */
async function sheetOf(page) {
  const whole = page.getViewport({ scale: 1 }), { items } = await page.getTextContent();
  return {
    found: items.flatMap((/** @type {any} */ item) => numbersIn(item, whole)),
    draw: async (edge) => {
      const viewport = page.getViewport({ scale: edge / Math.max(whole.width, whole.height) });
      const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(viewport.width), height: Math.round(viewport.height) });
      await page.render({ canvas, viewport, background: "#fff" }).promise;
      return canvas;
    },
  };
}

/** Twelve digits are an Aadhaar number, sixteen a virtual id; the last four may be seen. */
const numbers = /(?<!\d)(?:\d{4}\s?){2,3}(?=\d{4}(?!\d))/g;

/** @param {any} item a line of text, as pdf.js gives it @param {any} whole the page @returns {Part[]} */
function numbersIn(item, whole) {
  const [, , c, d, x, y] = item.transform ?? [], high = Math.hypot(c, d);
  const part = (/** @type {number} */ chars) => (item.width * chars) / item.str.length;
  return [...(item.str ?? "").matchAll(numbers)].map((found) => {
    const [left, bottom] = whole.convertToViewportPoint(x + part(found.index), y);
    const margin = high / 4, width = part(found[0].trimEnd().length) + 2 * margin;
    return { left: (left - margin) / whole.width, top: (bottom - high - margin) / whole.height, width: width / whole.width, height: (high + 2.5 * margin) / whole.height };
  });
}
