// Files to upload, in the shape that setInputFiles takes. Each call makes another file: its bytes differ from the last one's.
import { randomBytes, randomInt } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';

export interface File {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** A small, whole PDF with one page of text. `trailer` and `catalog` add entries to those dictionaries. */
export function pdf(name = 'certificate.pdf', { trailer = '', catalog = '' } = {}): File {
  const text = `BT /F1 24 Tf 72 720 Td (Certificate ${randomBytes(4).toString('hex')}) Tj ET`;
  const objects = [
    `<< /Type /Catalog /Pages 2 0 R ${catalog} >>`,
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${text.length} >>\nstream\n${text}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let out = '%PDF-1.4\n%\xe2\xe3\xcf\xd3\n';
  const offsets = objects.map((body, i) => {
    const at = out.length;
    out += `${i + 1} 0 obj\n${body}\nendobj\n`;
    return at;
  });
  const start = out.length;
  out += `xref\n0 ${offsets.length + 1}\n0000000000 65535 f \n`;
  for (const at of offsets) out += `${String(at).padStart(10, '0')} 00000 n \n`;
  out += `trailer\n<< /Size ${offsets.length + 1} /Root 1 0 R ${trailer} >>\nstartxref\n${start}\n%%EOF\n`;
  return { name, mimeType: 'application/pdf', buffer: Buffer.from(out, 'latin1') };
}

/** A PDF that asks for a password: file_password_protected. */
export const lockedPdf = (name = 'aadhaar.pdf') => pdf(name, { trailer: '/Encrypt 5 0 R' });

/** A PDF that would run a script when it is opened: taken, as nobody opens it. */
export const scriptedPdf = (name = 'form.pdf') => pdf(name, { catalog: '/OpenAction << /S /JavaScript /JS (app.alert(1)) >>' });

/** Half a PDF: file_corrupt. */
export function brokenPdf(name = 'half.pdf'): File {
  const whole = pdf(name);
  return { ...whole, buffer: whole.buffer.subarray(0, 400) };
}

/** A program that somebody called a PDF: file_type_mismatch. */
export function renamedExe(name = 'scan.pdf', mimeType = 'application/pdf'): File {
  return { name, mimeType, buffer: Buffer.concat([Buffer.from('MZ\x90\x00\x03\x00\x00\x00', 'latin1'), Buffer.alloc(2000), randomBytes(16)]) };
}

/** A file of so many bytes that begins as a PDF does; without a number one byte more than any requirement takes. */
export function largePdf(bytes = 10 * 1024 * 1024 + 1, name = 'large.pdf'): File {
  return { name, mimeType: 'application/pdf', buffer: Buffer.concat([Buffer.from('%PDF-1.4\n')], bytes) };
}

/** A file without a byte. */
export const emptyFile = (name = 'empty.pdf'): File => ({ name, mimeType: 'application/pdf', buffer: Buffer.alloc(0) });

/** A grey baseline JPEG: squares of 8 x 8 pixels, each with a shade of its own; with a coarser grain, so many of them side by side have the same. */
export function jpeg(name = 'photo.jpg', width = 800, height = 600, grain = 1): File {
  const u16 = (n: number) => [n >> 8, n & 255];
  const segment = (marker: number, body: number[]) => [0xff, marker, ...u16(body.length + 2), ...body];
  // Shades: codes of four bits for the lengths 0 to 11. Within a square: one code, 0, that says that nothing follows.
  const head = [
    0xff, 0xd8,
    ...segment(0xe0, [...Buffer.from('JFIF\0'), 1, 1, 0, 0, 1, 0, 1, 0, 0]),
    ...segment(0xdb, [0, ...new Array<number>(64).fill(8)]),
    ...segment(0xc0, [8, ...u16(height), ...u16(width), 1, 1, 0x11, 0]),
    ...segment(0xc4, [0x00, 0, 0, 0, 12, ...new Array<number>(12).fill(0), 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
    ...segment(0xc4, [0x10, 1, ...new Array<number>(15).fill(0), 0]),
    ...segment(0xda, [1, 1, 0x00, 0, 63, 0]),
  ];
  const data: number[] = [];
  let bits = 0;
  let count = 0;
  const put = (value: number, length: number) => {
    for (let i = length - 1; i >= 0; i--) {
      bits = (bits << 1) | ((value >> i) & 1);
      if (++count === 8) {
        data.push(bits);
        if (bits === 0xff) data.push(0);
        bits = count = 0;
      }
    }
  };
  let last = 0;
  let shade = 0;
  for (let squares = Math.ceil(width / 8) * Math.ceil(height / 8); squares > 0; squares--) {
    if (squares % grain === 0) shade = randomInt(-100, 101);
    const step = shade - last;
    const length = step === 0 ? 0 : Math.floor(Math.log2(Math.abs(step))) + 1;
    put(length, 4);
    put(step < 0 ? step + (1 << length) - 1 : step, length);
    put(0, 1);
    last = shade;
  }
  while (count > 0) put(1, 1);
  return { name, mimeType: 'image/jpeg', buffer: Buffer.from([...head, ...data, 0xff, 0xd9]) };
}

/** A grey PNG. */
export function png(name = 'scan.png', width = 800, height = 600): File {
  const chunk = (type: string, body: Buffer) => {
    const named = Buffer.concat([Buffer.from(type), body]);
    const out = Buffer.alloc(named.length + 8);
    out.writeUInt32BE(body.length, 0);
    named.copy(out, 4);
    out.writeUInt32BE(crc32(named), named.length + 4);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head[8] = 8; // bits of a pixel, in the colour type 0: grey
  const lines = Buffer.alloc((width + 1) * height, randomInt(0, 256));
  for (let y = 0; y < height; y++) lines[y * (width + 1)] = 0; // no filter
  const buffer = Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', deflateSync(lines)), chunk('IEND', Buffer.alloc(0)),
  ]);
  return { name, mimeType: 'image/png', buffer };
}
