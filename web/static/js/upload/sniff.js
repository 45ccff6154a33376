// @ts-check
// What a file is, by its first bytes: the rule of shared/document/sniff.go, so that page and API never disagree.

/** The header of a PDF begins within the first 1024 bytes, and has five. */
const head = 1024 - 1 + 5;

const foreign = [
  "PK\x03\x04", "PK\x05\x06", "Rar!\x1a\x07", "7z\xbc\xaf\x27\x1c", "\x1f\x8b", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "{\\rtf", "MZ", "\x7fELF",
  "\xca\xfe\xba\xbe", "\xcf\xfa\xed\xfe", "\xce\xfa\xed\xfe", "#!",
];

/** How files of each kind begin, "" where it is none for us. @type {[string, string][]} */
const magic = [
  ["\xff\xd8\xff", "image/jpeg"], ["\x89PNG\r\n\x1a\n", "image/png"], ["GIF8", "image/gif"], ["BM", "image/bmp"], ["II*\0", "image/tiff"], ["MM\0*", "image/tiff"],
  ...foreign.map((prefix) => /** @type {[string, string]} */ ([prefix, ""])),
];

/** The brands of still pictures in the container of videos (ISO/IEC 23008-12). @type {Record<string, string>} */
const brands = {
  heic: "image/heic", heix: "image/heic", hevc: "image/heic", hevx: "image/heic", mif1: "image/heif", msf1: "image/heif", avif: "image/avif", avis: "image/avif",
};

const markup = /^(?:\xef\xbb\xbf)?[ \t\r\n\f]*<(?:svg|\?xml|!doctype|html|head|body|script|!--)/i;

/** The type of a picture or a PDF; "" for anything else. A file that is both something else and a PDF is something else. @param {Blob} file */
export async function typeOf(file) {
  const text = String.fromCharCode(...new Uint8Array(await file.slice(0, head).arrayBuffer()));
  const known = magic.find(([prefix]) => text.startsWith(prefix));
  if (known) return known[1];
  if (text.startsWith("RIFF") && text.slice(8, 12) === "WEBP") return "image/webp";
  if (text.slice(4, 8) === "ftyp") return brands[text.slice(8, 12)] ?? "";
  return !markup.test(text) && text.includes("%PDF-") ? "application/pdf" : "";
}
