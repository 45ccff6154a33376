// Photos as phones take them: large, turned, with what cameras write beside the pixels.
import type { Page } from '@playwright/test';
import { type File, jpeg } from './files.ts';

/** The Exif that a phone writes: how the picture is turned (1 to 8), and where it was taken. */
function exif(orientation: number): Buffer {
  const entry = (tag: number, type: number, count: number, value: Buffer) => Buffer.concat([u16(tag), u16(type), u32(count), value]);
  const tiff = Buffer.concat([
    Buffer.from('MM\0*'), u32(8),
    u16(2), entry(0x0112, 3, 1, Buffer.concat([u16(orientation), u16(0)])), entry(0x8825, 4, 1, u32(38)), u32(0),
    u16(1), entry(1, 2, 2, Buffer.from('N\0\0\0')), u32(0), // GPS: north
  ]);
  return segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), tiff]));
}

const u16 = (n: number) => Buffer.from([n >> 8, n & 255]);
const u32 = (n: number) => Buffer.concat([u16(n >>> 16), u16(n & 65535)]);
const segment = (marker: number, body: Buffer) => Buffer.concat([Buffer.from([0xff, marker]), u16(body.length + 2), body]);

export interface Photo {
  name?: string;
  width?: number;
  height?: number;
  orientation?: number;
  /** The size of the file, filled up with what phones append to the head: previews, depth. */
  bytes?: number;
}

/** A JPEG of a phone. Its pixels are grey stripes. */
export function photo({ name = 'IMG_20261123_101502.jpg', width = 4080, height = 3060, orientation = 1, bytes = 0 }: Photo = {}): File {
  const plain = jpeg(name, width, height, 64).buffer, parts = [plain.subarray(0, 2), exif(orientation)];
  for (let missing = bytes - plain.length; missing > 4; missing -= 65_000) parts.push(segment(0xe2, Buffer.alloc(Math.min(65_000, missing) - 4)));
  return { name, mimeType: 'image/jpeg', buffer: Buffer.concat([...parts, plain.subarray(2)]) };
}

/** A picture that a browser draws: red, green, blue and white quarters, or nothing where it is transparent. Pixels as stored. */
export async function drawn(page: Page, type: 'image/webp' | 'image/png' | 'image/jpeg', width: number, height: number, quarters = ['#f00', '#0f0', '#00f', '#fff']): Promise<Buffer> {
  const base64 = await page.evaluate(async ([type, width, height, quarters]) => {
    const canvas = new OffscreenCanvas(width, height), pen = canvas.getContext('2d')!;
    quarters.forEach((colour, i) => {
      pen.fillStyle = colour;
      pen.fillRect((i % 2) * width / 2, Math.floor(i / 2) * height / 2, width / 2, height / 2);
    });
    const bytes = new Uint8Array(await (await canvas.convertToBlob({ type, quality: 0.9 })).arrayBuffer());
    return btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(''));
  }, [type, width, height, quarters] as const);
  return Buffer.from(base64, 'base64');
}

/** A photo of paper with 12 million pixels, about 5 MB, with the grain of a cheap camera all over it. */
export async function grainy(page: Page, name: string): Promise<File> {
  const base64 = await page.evaluate(async () => {
    const width = 4000, height = 3000, canvas = new OffscreenCanvas(width, height), pen = canvas.getContext('2d')!;
    pen.fillStyle = '#e8e4da';
    pen.fillRect(0, 0, width, height);
    pen.fillStyle = '#222';
    pen.font = '64px sans-serif';
    for (let y = 120; y < height; y += 90) pen.fillText('Certificate of registration, स्थायी खाता संख्या 0123456789 '.repeat(3), 90, y);
    const pixels = pen.getImageData(0, 0, width, height);
    for (let i = 0; i < pixels.data.length; i += 4) {
      const grain = (Math.random() - 0.5) * 26;
      for (let c = 0; c < 3; c++) pixels.data[i + c]! += grain;
    }
    pen.putImageData(pixels, 0, 0);
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.92 });
    return new Promise<string>((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve((reader.result as string).split(',')[1]!);
      reader.readAsDataURL(blob);
    });
  });
  return { name, mimeType: 'image/jpeg', buffer: Buffer.from(base64, 'base64') };
}

/** Turns a JPEG as a phone that was held otherwise: the pixels stay, Exif says how it is to be shown. */
export const turned = (buffer: Buffer, orientation: number) => Buffer.concat([buffer.subarray(0, 2), exif(orientation), buffer.subarray(2)]);

/** What a picture shows: its size, and the colour in the middle of each quarter, as letters. */
export function shownBy(page: Page, picture: Buffer): Promise<{ width: number; height: number; quarters: string }> {
  return page.evaluate(async (base64) => {
    const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))]));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height), pen = canvas.getContext('2d', { willReadFrequently: true })!;
    pen.drawImage(bitmap, 0, 0);
    const at = (x: number, y: number) => {
      const [r = 0, g = 0, b = 0] = pen.getImageData(bitmap.width * x, bitmap.height * y, 1, 1).data, on = (n: number) => n > 160;
      return on(r) && on(g) && on(b) ? 'W' : on(r) ? 'R' : on(g) ? 'G' : on(b) ? 'B' : 'K';
    };
    return { width: bitmap.width, height: bitmap.height, quarters: at(0.25, 0.25) + at(0.75, 0.25) + at(0.25, 0.75) + at(0.75, 0.75) };
  }, picture.toString('base64'));
}
