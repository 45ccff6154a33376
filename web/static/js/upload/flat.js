// @ts-check
// Pages as pictures, and nothing else: what was under a box is gone.

/** @typedef {import("./opened.js").Part} Part */

/** As in shrink.js: small print can be read. */
const edge = 2400, quality = 0.8;

/** The long edge of a page in a PDF, as A4: in points. */
const points = 842;

/** @param {HTMLCanvasElement} canvas @returns {Promise<Blob>} */
const packed = (canvas) => new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture is too large"))), "image/jpeg", quality));

/**
 * A JPEG of one page, a PDF of pictures of several.
 * @param {{sheet: import("./opened.js").Sheet, covered: Part[]}[]} pages
 * @returns {Promise<{file: Blob, type: string}>}
 */
export async function flatten(pages) {
  const pictures = [];
  for (const { sheet, covered } of pages) { // one at a time: each takes memory
    const canvas = await sheet.draw(edge), { width, height } = canvas, pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    pen.fillStyle = "#000";
    for (const c of covered) pen.fillRect(c.left * width, c.top * height, c.width * width, c.height * height);
    pictures.push({ jpeg: await packed(canvas), width, height });
    canvas.width = canvas.height = 0; // gives its memory back at once
  }
  return pictures.length === 1 ? { file: pictures[0].jpeg, type: "image/jpeg" } : { file: await pdfOf(pictures), type: "application/pdf" };
}

/** A PDF whose pages are pictures (ISO 32000-1, 7.5 and 8.9.5). @param {{jpeg: Blob, width: number, height: number}[]} pictures */
async function pdfOf(pictures) {
  /** @type {(string | Blob)[]} */
  const parts = ["%PDF-1.4\n"];
  /** @type {number[]} */
  const offsets = [];
  let at = 9;
  const put = (/** @type {(string | Blob)[]} */ ...more) => {
    for (const p of more) at += typeof p === "string" ? p.length : p.size; // all text is ASCII
    parts.push(...more);
  };
  const object = (/** @type {string} */ dictionary, /** @type {string | Blob} */ stream = "") => {
    offsets.push(at);
    put(`${offsets.length} 0 obj\n<< ${dictionary} >>\n`, ...(stream ? ["stream\n", stream, "\nendstream\n"] : []), "endobj\n");
  };
  object("/Type /Catalog /Pages 2 0 R");
  object(`/Type /Pages /Count ${pictures.length} /Kids [${pictures.map((_, i) => `${3 + 3 * i} 0 R`).join(" ")}]`);
  for (const { jpeg, width, height } of pictures) {
    const scale = points / Math.max(width, height), w = (width * scale).toFixed(2), h = (height * scale).toFixed(2), n = offsets.length + 1, show = `${w} 0 0 ${h} 0 0 cm /P Do`;
    object(`/Type /Page /Parent 2 0 R /MediaBox [0 0 ${w} ${h}] /Contents ${n + 1} 0 R /Resources << /XObject << /P ${n + 2} 0 R >> >>`);
    object(`/Length ${show.length}`, show);
    object(`/Type /XObject /Subtype /Image /Width ${width} /Height ${height} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode /Length ${jpeg.size}`, jpeg);
  }
  const start = at, size = offsets.length + 1;
  put(`xref\n0 ${size}\n0000000000 65535 f \n`, ...offsets.map((o) => `${String(o).padStart(10, "0")} 00000 n \n`), `trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`);
  return new Blob(parts, { type: "application/pdf" });
}
