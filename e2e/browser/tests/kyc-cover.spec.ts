// An Aadhaar card is covered in the browser: neither its number nor the password of its file is sent anywhere.
import { readFileSync } from 'node:fs';
import { expectAccessible } from '../support/accessible.ts';
import { pdf } from '../support/files.ts';
import { type Json, expect, type Person, test } from '../support/person.ts';
import { choose, rowOf } from '../support/steps.ts';

/** Two pages; the first says "2345 6789 0123" at (72, 400) of 595 by 842 points, in Helvetica of 18. AES-256. */
const card = { name: 'EAadhaar_234567890123.pdf', mimeType: 'application/pdf', buffer: readFileSync(new URL('../support/protected.pdf', import.meta.url)) };
const password = 'MEER1990';

test.beforeEach(({}, info) => test.skip(info.project.name !== 'desktop', 'the tool is the same on a phone'));

/** A masked Aadhaar is off in the catalogue in force. For this page it is on; to the API its file is that of a passport. */
async function takeAadhaar({ page }: Person) {
  await page.route('**/v1/kyc', async (route) => {
    if (route.request().method() !== 'GET') return route.continue();
    const response = await route.fetch(), c = await response.json();
    c.requirements.find((r: Json) => r.id === 'personal_id').options.push({ id: 'masked_aadhaar', title: 'Masked Aadhaar', checklist: [], template: null, sample: null });
    await route.fulfill({ response, json: c });
  });
  await page.route('**/v1/kyc/documents', (route) => {
    const body = route.request().postDataJSON();
    return route.continue({ postData: JSON.stringify({ ...body, documentType: body.documentType.replace('masked_aadhaar', 'passport') }) });
  });
}

test('a protected Aadhaar is opened, covered and sent as a picture, and nobody else learns number or password', async ({ person }) => {
  await person.withCase('individual');
  await takeAadhaar(person);
  const { page } = person, sent: string[] = [], loaded: string[] = [];
  page.on('request', (r) => {
    sent.push(`${r.url()}\n${r.postDataBuffer()?.toString('latin1') ?? ''}`);
    if (r.url().includes('/pdfjs-')) loaded.push(r.url());
  });
  await page.goto('/settings/kyc/edit');
  const row = rowOf(page, 'personal_id');
  await choose(row, pdf('passport.pdf'), 'passport');
  await expect(row.locator('.file')).toHaveCount(1);
  expect(loaded, 'pdf.js is loaded by who needs it alone').toEqual([]);

  await choose(row, card, 'masked_aadhaar');
  const tool = page.getByRole('dialog', { name: 'Cover what should not be seen' }), field = tool.getByLabel('Password of the file');
  await field.fill('wrong');
  await field.press('Enter');
  await expect(tool.getByRole('alert')).toContainText('not the password');
  await field.fill(password);
  await tool.getByRole('button', { name: 'Open' }).click();
  const boxes = tool.locator('.cover__box'), sheet = tool.locator('.cover__page').first();
  await expect(boxes).toHaveCount(1); // where the number was found
  await expect(field).toHaveCount(0);
  await expectAccessible(page, { schemes: ['light'], widths: [360] });

  await tool.getByRole('button', { name: 'Add a black box' }).first().click();
  await expect(boxes.nth(1)).toBeFocused();
  await page.keyboard.press('Delete');
  await expect(boxes).toHaveCount(1);
  await tool.getByRole('button', { name: 'Add a black box' }).first().click();
  await boxes.nth(1).scrollIntoViewIfNeeded();
  const at = (await boxes.nth(1).boundingBox())!, whole = (await sheet.boundingBox())!;
  await page.mouse.move(at.x + 10, at.y + 10);
  await page.mouse.down();
  await page.mouse.move(at.x + 10 - 2 * whole.width, at.y + 10 + whole.height); // no further than the corner
  await page.mouse.up();
  for (let i = 0; i < 5; i++) await page.keyboard.press('Shift+ArrowRight');
  await tool.getByRole('checkbox', { name: 'Page 2 of 2' }).uncheck();
  await tool.getByRole('button', { name: 'Upload this picture' }).click();
  await expect(row.locator('.file').filter({ hasText: 'masked-aadhaar.jpg' })).toContainText('Uploaded');

  const file = await stored(person, 'personal_id');
  expect(await darkest(person.page, file, { number: [0.14, 0.505, 0.1, 0.015], last: [0.275, 0.5, 0.06, 0.025], corner: [0.05, 0.95, 0.2, 0.04], margin: [0.5, 0.1, 0.3, 0.1] }))
    .toEqual({ number: 'black', last: 'mixed', corner: 'black', margin: 'white' });
  for (const secret of [password, '2345 6789', '23456789']) expect(sent.filter((s) => s.includes(secret)), secret).toEqual([]);
  expect(sent.some((s) => s.includes('masked-aadhaar.jpg')), 'what was sent was looked at').toBe(true);
  expect(file.includes('2345')).toBe(false);
});

test('the pages of any other protected PDF are sent as pictures in one that asks for nothing', async ({ person }) => {
  await person.withCase('individual');
  const { page } = person;
  await page.goto('/settings/kyc/edit');
  const row = rowOf(page, 'entity_pan'), tool = page.getByRole('dialog');
  await choose(row, { ...card, name: 'epan.pdf' }, 'epan');
  await tool.getByLabel('Password of the file').press('Escape');
  await expect(row.locator('.file')).toHaveCount(0); // nothing was sent
  await choose(row, { ...card, name: 'epan.pdf' }, 'epan');
  await tool.getByLabel('Password of the file').fill(password);
  await tool.getByRole('button', { name: 'Open' }).click();
  await tool.getByRole('button', { name: 'Upload this picture' }).click();
  await expect(row.locator('.file').filter({ hasText: 'epan.pdf' })).toContainText('Uploaded');
  const file = (await stored(person, 'entity_pan')).toString('latin1');
  expect([file.slice(0, 5), file.includes('/Encrypt'), file.split('/DCTDecode').length - 1, file.includes('/Font')]).toEqual(['%PDF-', false, 2, false]);
});

/** The newest file that storage has for the requirement. */
async function stored(p: Person, id: string): Promise<Buffer> {
  const document = (await p.kycCase()).requirements.find((r: Json) => r.id === id).documents[0];
  const { url } = await p.api.want(200, 'GET', `/v1/kyc/documents/${document.id}/content`);
  return Buffer.from(await (await fetch(url)).arrayBuffer());
}

/** Whether parts of a picture (left, top, width, height, from 0 to 1) are all black, all white, or neither. */
function darkest(page: import('@playwright/test').Page, picture: Buffer, parts: Record<string, [number, number, number, number]>): Promise<Record<string, string>> {
  return page.evaluate(async ({ bytes, parts }) => {
    const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))]));
    const { width, height } = bitmap, pen = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
    pen.drawImage(bitmap, 0, 0);
    return Object.fromEntries(Object.entries(parts).map(([name, [x, y, w, h]]) => {
      const { data } = pen.getImageData(x * width, y * height, w * width, h * height), grey = data.filter((_, i) => i % 4 === 1);
      return [name, grey.every((g) => g < 60) ? 'black' : grey.every((g) => g > 200) ? 'white' : 'mixed'];
    }));
  }, { bytes: picture.toString('base64'), parts });
}
