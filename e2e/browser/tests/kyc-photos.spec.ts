// Photos as people have them: the page makes them smaller before they are sent, upright and without the place where they were taken.
import { jpeg, pdf } from '../support/files.ts';
import { expect, type Person, test } from '../support/person.ts';
import { drawn, grainy, photo, shownBy, turned } from '../support/photos.ts';
import { choose, give, rowOf, slow } from '../support/steps.ts';

const requirement = 'partnership_deed'; // takes one kind of document, of 10 MB

test.beforeEach(({}, info) => test.skip(info.project.name !== 'phone', 'photos are taken with phones; the browser is the same'));

/** The file that storage has for the requirement. */
async function stored(p: Person, id = requirement): Promise<Buffer> {
  const document = (await p.kycCase()).requirements.find((r: { id: string }) => r.id === id).documents[0];
  const { url } = await p.api.want(200, 'GET', `/v1/kyc/documents/${document.id}/content`);
  return Buffer.from(await (await fetch(url)).arrayBuffer());
}

const open = async (p: Person) => {
  await p.withCase('partnership');
  await p.page.goto('/settings/kyc/edit');
  return rowOf(p.page, requirement);
};

test('a photo of 12 MB and 50 million pixels becomes a JPEG of 2,400 pixels without the place where it was taken', async ({ person }) => {
  const row = await open(person), big = photo({ width: 8160, height: 6144, orientation: 6, bytes: 12.4 * 1024 * 1024 });
  await give(row, big);
  const file = await stored(person);
  await expect(row.locator('.file__meta')).toHaveText(/12\.4 ?MB → [\d.]+ ?[kM]B/);
  expect(file.length).toBeLessThan(big.buffer.length / 10);
  expect(await shownBy(person.page, file)).toMatchObject({ width: 1807, height: 2400 });
  expect(file.includes('Exif')).toBe(false);
});

test('the grain of a cheap camera costs little: such a photo is sent with an eighth of its bytes', async ({ person }) => {
  const row = await open(person), picture = await grainy(person.page, 'IMG_1.jpg');
  await give(row, picture);
  const file = await stored(person);
  expect(file.length).toBeLessThan(picture.buffer.length / 8);
  expect(await shownBy(person.page, file)).toMatchObject({ width: 2400, height: 1800 });
});

test('a photo is upright however the phone was held', async ({ person }) => {
  test.setTimeout(90_000);
  const row = await open(person);
  const quarters: Record<number, string[]> = { // as stored, so that what is shown is red, green, blue, white
    1: ['#f00', '#0f0', '#00f', '#fff'], 3: ['#fff', '#00f', '#0f0', '#f00'], 6: ['#0f0', '#fff', '#f00', '#00f'], 8: ['#00f', '#f00', '#fff', '#0f0'], 2: ['#0f0', '#f00', '#fff', '#00f'],
    5: ['#f00', '#00f', '#0f0', '#fff'],
  };
  for (const [orientation, stored_] of Object.entries(quarters)) {
    const is = Number(orientation), picture = turned(await drawn(person.page, 'image/jpeg', 3000, 2000, stored_), is);
    await give(row, { name: `turned-${is}.jpg`, mimeType: 'image/jpeg', buffer: picture });
    await expect(row.locator('.file__meta').filter({ hasText: 'Uploaded' })).toHaveCount(Object.keys(quarters).indexOf(orientation) + 1);
    const shown = await shownBy(person.page, await stored(person));
    expect(shown, `orientation ${is}`).toEqual({ quarters: 'RGBW', ...(is < 5 ? { width: 2400, height: 1600 } : { width: 1600, height: 2400 }) });
  }
});

test('what is transparent becomes white, and WebP from a chat becomes a JPEG', async ({ person }) => {
  const row = await open(person), page = person.page;
  await give(row, { name: 'scan.png', mimeType: 'image/png', buffer: await drawn(page, 'image/png', 3000, 3000, ['#f00', 'transparent', 'transparent', '#00f']) });
  expect(await shownBy(page, await stored(person))).toEqual({ width: 2400, height: 2400, quarters: 'RWWB' });
  const other = rowOf(page, 'partner_list');
  await give(other, { name: 'IMG-20261123-WA0007.webp', mimeType: 'image/webp', buffer: await drawn(page, 'image/webp', 1600, 1200) });
  await expect(other.locator('.file__name')).toHaveText('IMG-20261123-WA0007.jpg');
  expect(await shownBy(page, await stored(person, 'partner_list'))).toEqual({ width: 1600, height: 1200, quarters: 'RGBW' });
});

test('what needs no change is sent as it is: a small upright JPEG, a PDF, a picture that would only grow', async ({ person }) => {
  const row = await open(person);
  for (const [i, file] of [jpeg(), pdf('deed.pdf'), jpeg('dense.jpg', 3000, 2000)].entries()) {
    await choose(row, file);
    await expect(row.locator('.file .file__meta').filter({ hasText: 'Uploaded' })).toHaveCount(i + 1);
    expect((await stored(person)).equals(file.buffer), file.name).toBe(true);
    await expect(row.locator('.file').filter({ hasText: file.name })).not.toContainText('→');
  }
});

test('a HEIC photo that this browser cannot read says what to do, and nothing is sent', async ({ person }) => {
  const row = await open(person);
  await choose(row, { name: 'IMG_0007.HEIC', mimeType: 'image/heic', buffer: Buffer.concat([Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'), Buffer.alloc(5000)]) });
  await expect(row.locator('[data-problem]')).toContainText('This browser cannot open HEIC photos');
  await expect(row.locator('.file')).toHaveCount(0);
  expect(person.network.requests.filter((r) => r.endsWith('/v1/kyc/documents'))).toHaveLength(0);
});

test('a picture that cannot be read and is too large says why; one that is within the limits is left to the check', async ({ person }) => {
  const row = await open(person), broken = (bytes: number) => Buffer.concat([photo({ bytes }).buffer.subarray(0, bytes - 100), Buffer.alloc(100)]);
  await choose(row, { name: 'cut.jpg', mimeType: 'image/jpeg', buffer: Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(11 * 1024 * 1024)]) });
  await expect(row.locator('[data-problem]')).toContainText(/could not be made smaller than 11 ?MB; at most 10 ?MB/);
  expect(person.network.requests.filter((r) => r.endsWith('/v1/kyc/documents'))).toHaveLength(0);
  await choose(row, { name: 'noise.jpg', mimeType: 'image/jpeg', buffer: Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), broken(40_000)]) });
  await expect(row.locator('[data-note]')).toContainText('noise.jpg: The file is damaged');
});

test('on slow 3G a photo of 12 MB is there more than ten times sooner than it would be as it is', async ({ person }) => {
  test.setTimeout(90_000);
  const row = await open(person), big = photo({ bytes: 12.4 * 1024 * 1024 }), speed = 50 * 1024; // bytes a second
  await slow(person.page, speed / 1024);
  const began = Date.now();
  await choose(row, big);
  await expect(row.locator('[data-chip]')).toHaveText(/Being checked|Uploaded/, { timeout: 60_000 });
  expect((Date.now() - began) / 1000).toBeLessThan(big.buffer.length / speed / 10);
});

test('the page goes on while a photo is made smaller: a worker does it, and ends', async ({ person }) => {
  const row = await open(person), started = person.page.waitForEvent('worker');
  await choose(row, photo());
  const worker = await started;
  expect(worker.url()).toMatch(/\/js\/upload\/picture-worker\.js$/);
  await expect(row.locator('[data-chip]')).toHaveText('Uploaded');
  expect(person.page.workers()).toEqual([]);
});
