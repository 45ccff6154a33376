// @ts-check
// Makes a picture as small as a reviewer needs it: upright, white behind what is transparent, without Exif and the place where it was taken.

/** @typedef {import("./shape.js").Shape} Shape */
/** @typedef {{picture: Blob, thumb: Blob}} Smaller */

/** Pixels of the long edge: small print on a page that fills the picture can be read. */
export const longEdge = 2400;

/** The first that makes the picture small enough is taken, or else the last: with that, small print can still be read. */
const qualities = [0.82, 0.65, 0.5];

/** A picture is small enough with a tenth of its bytes, and with these. The grain of a cheap camera costs more than what it took. */
const smallEnough = 400 * 1024;

const thumbEdge = 160;

/** @param {Blob} file @param {string} type @param {Shape} shape @returns {Promise<Smaller>} */
export async function shrink(file, type, shape) {
  const source = await decoded(file, type, shape);
  const canvas = "displayWidth" in source ? drawn(source, source.displayWidth, source.displayHeight, longEdge) : drawn(source, source.width, source.height, longEdge);
  source.close(); // at once: it is by far the largest of all
  const aim = Math.min(Math.max(smallEnough, file.size / 10), file.size - 1);
  let picture = await packed(canvas, qualities[0]);
  for (const quality of qualities.slice(1)) if (picture.size > aim) picture = await packed(canvas, quality);
  return { picture, thumb: await packed(drawn(canvas, canvas.width, canvas.height, thumbEdge), 0.8) };
}

/**
 * A photo of 50 million pixels takes 200 MB: where the browser can, it decodes only as many as are needed. It can in eighths.
 * @param {Blob} file @param {string} type @param {Shape} shape
 * @returns {Promise<VideoFrame | ImageBitmap>}
 */
async function decoded(file, type, { width, height }) {
  const eighths = Math.ceil((8 * longEdge) / Math.max(width, height));
  // A frame that does not know how it is turned would not be upright.
  if (type === "image/jpeg" && eighths < 8 && "ImageDecoder" in self && "rotation" in VideoFrame.prototype) {
    const desired = (/** @type {number} */ whole) => Math.ceil((whole * eighths) / 8) + 1;
    const decoder = new ImageDecoder({ data: file.stream(), type, desiredWidth: desired(width), desiredHeight: desired(height) });
    try {
      return (await decoder.decode()).image;
    } catch {
      // createImageBitmap forgives more
    } finally {
      decoder.close();
    }
  }
  return createImageBitmap(file);
}

/** @param {CanvasImageSource} source @param {number} width @param {number} height @param {number} edge the longest that it may become */
function drawn(source, width, height, edge) {
  const scale = Math.min(1, edge / Math.max(width, height)), w = Math.max(1, Math.round(width * scale)), h = Math.max(1, Math.round(height * scale));
  const canvas = typeof OffscreenCanvas === "undefined" ? Object.assign(document.createElement("canvas"), { width: w, height: h }) : new OffscreenCanvas(w, h);
  const pen = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }));
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, w, h);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(source, 0, 0, w, h);
  return canvas;
}

/** @param {OffscreenCanvas | HTMLCanvasElement} canvas @param {number} quality @returns {Promise<Blob>} */
function packed(canvas, quality) {
  const type = "image/jpeg";
  if ("convertToBlob" in canvas) return canvas.convertToBlob({ type, quality });
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture is too large"))), type, quality));
}
