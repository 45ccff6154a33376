// @ts-check
// A ZIP archive of files as they are (APPNOTE 6.3.9, method 0): papers are packed already. Names are UTF-8.

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

/** @param {Uint8Array} bytes */
function crc32(bytes) {
  let c = 0xffffffff;
  for (const b of bytes) c = table[(c ^ b) & 0xff] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

/** Little-endian numbers one after the other. @param {...[bytes: 2 | 4, value: number]} parts */
function packed(...parts) {
  const view = new DataView(new ArrayBuffer(parts.reduce((sum, [bytes]) => sum + bytes, 0)));
  let at = 0;
  for (const [bytes, value] of parts) {
    if (bytes === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += bytes;
  }
  return new Uint8Array(view.buffer);
}

/** The time in the form of MS-DOS. @param {Date} d */
const dos = (d) => ({
  time: (d.getUTCHours() << 11) | (d.getUTCMinutes() << 5) | (d.getUTCSeconds() >> 1),
  date: ((d.getUTCFullYear() - 1980) << 9) | ((d.getUTCMonth() + 1) << 5) | d.getUTCDate(),
});

/** @param {{name: string, bytes: Uint8Array<ArrayBuffer>}[]} files @param {Date} when */
export function zip(files, when) {
  const { time, date } = dos(when), utf8 = 0x0800;
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const body = [], index = [];
  let at = 0, indexed = 0;
  for (const { name, bytes } of files) {
    const path = new TextEncoder().encode(name);
    /** @type {[2 | 4, number][]} */
    const about = [[2, 20], [2, utf8], [2, 0], [2, time], [2, date], [4, crc32(bytes)], [4, bytes.length], [4, bytes.length], [2, path.length], [2, 0]];
    const local = packed([4, 0x04034b50], ...about), entry = packed([4, 0x02014b50], [2, 20], ...about, [2, 0], [2, 0], [2, 0], [4, 0], [4, at]);
    body.push(local, path, bytes);
    index.push(entry, path);
    at += local.length + path.length + bytes.length;
    indexed += entry.length + path.length;
  }
  const end = packed([4, 0x06054b50], [2, 0], [2, 0], [2, files.length], [2, files.length], [4, indexed], [4, at], [2, 0]);
  return new Blob([...body, ...index, end], { type: "application/zip" });
}
