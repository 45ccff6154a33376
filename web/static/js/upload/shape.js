// @ts-check
// What the first bytes of a picture say of it.

/** @typedef {{width: number, height: number, upright: boolean}} Shape  in pixels as stored; 0 where the bytes do not say */

/** As far as cameras write before the pixels: previews and profiles come first. In bytes. */
const head = 512 * 1024;

/** @param {Blob} file @param {string} type @returns {Promise<Shape>} */
export async function shapeOf(file, type) {
  const view = new DataView(await file.slice(0, head).arrayBuffer());
  try {
    if (type === "image/jpeg") return jpeg(view);
    if (type === "image/png") return { width: view.getUint32(16), height: view.getUint32(20), upright: true };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // it ends too soon, or points beyond its end
  }
  return { width: 0, height: 0, upright: false };
}

/** Goes through the segments to the frame header (ITU-T T.81, annex B). @param {DataView} view @returns {Shape} */
function jpeg(view) {
  let upright = true;
  for (let i = 2; ; ) {
    const marker = view.getUint16(i);
    if (marker === 0xffff) i++; // a fill byte
    else if (marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker)) {
      return { height: view.getUint16(i + 5), width: view.getUint16(i + 7), upright };
    } else {
      if (marker === 0xffe1 && view.getUint32(i + 4) === 0x45786966) upright &&= orientation(view, i + 10) <= 1; // "Exif"
      if (marker < 0xff00) throw new RangeError("this is no segment");
      i += 2 + view.getUint16(i + 2);
    }
  }
}

/** The orientation of Exif (2.32, 4.6.4): 1 is upright; 0 where it says nothing. @param {DataView} view @param {number} tiff where its header is */
function orientation(view, tiff) {
  const little = view.getUint16(tiff) === 0x4949, table = tiff + view.getUint32(tiff + 4, little);
  for (let i = 0; i < view.getUint16(table, little); i++) {
    const entry = table + 2 + 12 * i;
    if (view.getUint16(entry, little) === 0x0112) return view.getUint16(entry + 8, little);
  }
  return 0;
}
