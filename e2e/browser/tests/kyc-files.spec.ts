// Files as people give them: several at once, some of them wrong, of a kind that has to be named, changed their mind about.
import type { Locator, Page } from '@playwright/test';
import { type File, jpeg, lockedPdf, pdf, renamedExe } from '../support/files.ts';
import { type Json, expect, type Person, test } from '../support/person.ts';
import { agree, choose, give, rowOf, unfold } from '../support/steps.ts';

async function open(p: Person, entityType = 'partnership') {
  await p.withCase(entityType);
  await p.page.goto('/settings/kyc/edit');
  await expect(p.page.locator('#submitbar')).toBeVisible();
  return p.page;
}

const asked = (p: Person) => p.network.requests.filter((r) => r.startsWith('POST') && r.endsWith('/v1/kyc/documents')).length;
const documents = async (p: Person, id: string): Promise<Json[]> => (await p.kycCase()).requirements.find((r: Json) => r.id === id).documents;

/** Drops files onto something. */
async function drop(page: Page, on: Locator, files: File[]) {
  const dataTransfer = await page.evaluateHandle((all) => {
    const data = new DataTransfer();
    for (const { name, type, text } of all) data.items.add(new File([Uint8Array.from(text, (c) => c.charCodeAt(0))], name, { type }));
    return data;
  }, files.map((f) => ({ name: f.name, type: f.mimeType, text: f.buffer.toString('latin1') })));
  await on.dispatchEvent('drop', { dataTransfer });
}

test('several files at once are judged each by itself', async ({ person }) => {
  const page = await open(person), row = rowOf(page, 'partner_list');
  await choose(row, [pdf('page-1.pdf'), renamedExe('program.pdf'), jpeg('page-2.jpg'), { ...pdf('empty.pdf'), buffer: Buffer.alloc(0) }]);
  await expect(row.locator('[data-problem] .error')).toHaveText([/program\.pdf: Only PDFs and pictures/, /empty\.pdf: The file is empty/]);
  await expect(row.locator('.file__meta').filter({ hasText: 'Uploaded' })).toHaveCount(2);
  expect((await documents(person, 'partner_list')).map((d) => d.fileName).sort()).toEqual(['page-1.pdf', 'page-2.jpg']);
  await expect(row.locator('[data-problem]')).toContainText('program.pdf'); // until somebody has seen it
  await choose(row, pdf('page-3.pdf'));
  await expect(row.locator('[data-problem] .error')).toHaveCount(0);
});

test('the limit of ten is said beforehand, and more than there is room for are not even begun', async ({ person }) => {
  const page = await open(person), row = rowOf(page, 'partner_list');
  await unfold(row);
  await expect(row.locator('[data-limits]')).toContainText('At most 10 files');
  await choose(row, Array.from({ length: 11 }, (_, i) => pdf(`page-${i}.pdf`)));
  await expect(row.locator('[data-problem]')).toContainText('You chose 11 files. At most 10 are possible here, so there is room for 10 more. None was uploaded.');
  await give(row, pdf('first.pdf'));
  const before = asked(person);
  await choose(row, Array.from({ length: 10 }, (_, i) => pdf(`page-${i}.pdf`)));
  await expect(row.locator('[data-problem]')).toContainText('room for 9 more');
  expect(asked(person)).toBe(before);
  expect(await documents(person, 'partner_list')).toHaveLength(1);
});

test('where the ten are full the row says so, and offers no more', async ({ person }) => {
  await person.withCase('partnership');
  for (let i = 0; i < 10; i++) await person.upload('partner_list', 'partner_list', pdf(`page-${i}.pdf`));
  await person.page.goto('/settings/kyc/edit');
  const row = rowOf(person.page, 'partner_list');
  await unfold(row);
  await expect(row.locator('[data-limits]')).toContainText('There are 10 files, the most that are possible here');
  await expect(row.getByRole('button', { name: 'Choose files' })).toBeHidden();
  await row.getByRole('button', { name: 'Remove page-0.pdf' }).click();
  await row.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(row.getByRole('button', { name: 'Choose files' })).toBeVisible();
});

test('which document it is, is asked the same way wherever there is a choice, and keeps the file', async ({ person }) => {
  const page = await open(person, 'sole_proprietorship');
  for (const r of (await person.kycCase()).requirements as Json[]) {
    const row = rowOf(page, r.id), before = asked(person);
    await unfold(row);
    await row.locator('[data-file]').setInputFiles(pdf(`${r.id}.pdf`));
    if (r.options.length > 1) {
      const which = row.getByLabel(`Which document is it? ${r.id}.pdf`);
      await expect(which).toBeFocused();
      await expect(which.locator('option')).toHaveCount(r.options.length + 1);
      await expect(row.locator('.file__name')).toHaveText(`${r.id}.pdf`);
      expect(asked(person), r.id).toBe(before);
      await which.selectOption(r.options[1].id);
    }
    await expect(row.locator('.file__meta').filter({ hasText: 'Uploaded' })).toHaveCount(1);
    expect((await documents(person, r.id))[0].documentType, r.id).toBe(r.options[Math.min(1, r.options.length - 1)].id);
  }
});

test('two files of two kinds are chosen at once, and each is asked about', async ({ person }) => {
  const page = await open(person, 'sole_proprietorship'), row = rowOf(page, 'activity_proof');
  await unfold(row);
  await row.locator('[data-file]').setInputFiles([pdf('udyam.pdf'), jpeg('shop.jpg')]);
  await row.getByLabel('Which document is it? udyam.pdf').selectOption('udyam_certificate');
  await expect(row.getByLabel('Which document is it? shop.jpg')).toBeFocused();
  await row.getByLabel('Which document is it? shop.jpg').selectOption('shop_establishment');
  await expect(row.locator('[data-chip]')).toHaveText('Uploaded');
  expect((await documents(person, 'activity_proof')).map((d) => [d.fileName, d.documentType]).sort()).toEqual([['shop.jpg', 'shop_establishment'], ['udyam.pdf', 'udyam_certificate']]);
});

test('with the keys alone nothing is sent before somebody has decided; a file that waits can be given up', async ({ person }, info) => {
  test.skip(info.project.name === 'phone', 'a phone has no keys');
  const page = await open(person), row = rowOf(page, 'signatory_id');
  await row.locator('[data-file]').setInputFiles(pdf('passport.pdf'));
  const which = row.getByLabel('Which document is it? passport.pdf');
  await expect(which).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(which).toHaveValue('driving_licence');
  expect(asked(person)).toBe(0);
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await expect(row.locator('.file__meta')).toContainText('Passport');
  await expect(row.locator('[data-chip]')).toHaveText('Uploaded');
  await row.locator('[data-file]').setInputFiles(pdf('other.pdf'));
  await row.getByRole('button', { name: 'Cancel other.pdf' }).click();
  await expect(row.locator('.which')).toHaveCount(0);
  await expect(row.locator('.part__toggle')).toBeFocused();
  expect(asked(person)).toBe(1);
});

test('remove asks in place, goes back where it came from, and says where one is afterwards', async ({ person }) => {
  const page = await open(person), row = rowOf(page, 'partner_list');
  await give(row, pdf('list.pdf'));
  await unfold(row);
  const remove = row.getByRole('button', { name: 'Remove list.pdf' }), question = row.getByRole('group', { name: 'Remove list.pdf?' });
  await remove.click();
  await expect(question.getByRole('button', { name: 'Keep' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(question).toBeHidden();
  await expect(remove).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await expect(remove).toBeFocused();
  expect(await documents(person, 'partner_list')).toHaveLength(1);
  await remove.click();
  await question.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(row.locator('.file')).toHaveCount(0);
  await expect(row.locator('.part__toggle')).toBeFocused();
  await expect(page.locator('#said')).toHaveText('list.pdf is removed.');
  await expect(row.locator('[data-chip]')).toHaveText('Needed');
});

test('a refused file stays with its reason until a good one takes its place', async ({ person }) => {
  const page = await open(person), row = rowOf(page, 'partner_list');
  await choose(row, lockedPdf('locked.pdf'));
  await expect(row.locator('[data-note]')).toContainText('locked.pdf: The file is protected by a password');
  await expect(row.locator('[data-chip]')).toHaveText('Replace this');
  await expect(page.locator('#said')).toContainText('locked.pdf: The file is protected by a password');
  await choose(row, lockedPdf('locked-too.pdf'));
  await expect(row.locator('[data-note] .notice')).toHaveCount(2);
  await give(row, pdf('open.pdf'));
  await expect(row.locator('.file__name')).toHaveText(['open.pdf']);
  await expect(row.locator('[data-note] .notice')).toHaveCount(0);
});

test('page and API agree where a PDF may begin, and that a picture is a picture first', async ({ person }) => {
  const page = await open(person), row = rowOf(page, 'partnership_deed'), before = (bytes: Buffer, name: string): File => ({ ...pdf(name), buffer: Buffer.concat([bytes, pdf().buffer]) });
  await choose(row, before(Buffer.alloc(1023, '\n'), 'at-1023.pdf'));
  await expect(row.locator('.file').filter({ hasText: 'at-1023.pdf' })).toContainText(/Uploaded|Replace this/); // the check has it
  for (const [file, why] of [
    [before(Buffer.alloc(1024, '\n'), 'at-1024.pdf'), 'Only PDFs and pictures'], [before(Buffer.from('<html>'), 'page.pdf'), 'Only PDFs and pictures'],
    [before(Buffer.from('PK\x03\x04'), 'archive.pdf'), 'Only PDFs and pictures'],
  ] as const) {
    const sent = asked(person);
    await choose(row, file);
    await expect(row.locator('[data-problem]'), file.name).toContainText(`${file.name}: ${why}`);
    expect(asked(person), file.name).toBe(sent);
  }
  await choose(row, before(jpeg().buffer, 'both.jpg')); // to the API it is a picture too, with something hidden behind it
  await expect(row.locator('[data-note]')).toContainText('both.jpg: The file contains a second file');
});

test('names of files are taken as people have them: with marks that nobody sees, slashes, too long, without an end', async ({ person }) => {
  const page = await open(person), row = rowOf(page, 'partner_list');
  const names = ['\u202ascan\u200b of list.pdf', 'साझेदार\u200dसूची.pdf', `${'very long '.repeat(30)}.PDF`, 'list', 'list.docx'];
  for (const [i, name] of names.entries()) {
    await choose(row, pdf(name));
    await expect(row.locator('.file__meta').filter({ hasText: 'Uploaded' })).toHaveCount(i + 1);
  }
  const kept = (await documents(person, 'partner_list')).map((d) => d.fileName).reverse();
  expect(kept.filter((_, i) => i !== 2)).toEqual(['scan of list.pdf', 'साझेदार\u200dसूची.pdf', 'list.pdf', 'list.pdf']);
  expect(kept[2]).toMatch(/^very long .*\.PDF$/);
  expect([...kept[2]]).toHaveLength(200);
});

test('files dropped on a folded row open it; one that misses its place changes nothing', async ({ person }) => {
  const page = await open(person), row = rowOf(page, 'partner_list');
  if (await row.locator('.part__toggle').getAttribute('aria-expanded') === 'true') await row.locator('.part__toggle').click();
  await drop(page, row, [pdf('a.pdf'), pdf('b.pdf')]);
  await expect(row.locator('.file__meta').filter({ hasText: 'Uploaded' })).toHaveCount(2);
  expect(await page.locator('h1').evaluate((h) => h.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true })))).toBe(false); // the browser does not open it
});

test('a file that cannot be read any more says so', async ({ person }) => {
  const page = await open(person), row = rowOf(page, 'partner_list');
  await page.evaluate(() => (Blob.prototype.arrayBuffer = () => Promise.reject(new DOMException('gone', 'NotReadableError'))));
  await choose(row, pdf('in-the-cloud.pdf'));
  await expect(row.locator('[data-problem]')).toContainText('in-the-cloud.pdf: The file cannot be read');
});

test('submitting while a file is on its way says so, and loses nothing', async ({ person }) => {
  await person.withDocuments('individual');
  const page = person.page, row = rowOf(page, 'entity_pan');
  let release = () => {};
  const held = new Promise<void>((done) => (release = done));
  await page.route((url) => url.origin !== person.api.url, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto('/settings/kyc/edit');
  await choose(row, pdf('other-side.pdf'));
  await page.getByRole('button', { name: 'Submit' }).click();
  await expect(page.locator('#problems li')).toHaveText('PAN card: A file is still on its way. Submit when it has arrived, or cancel it.');
  expect((await person.kycCase()).status).toBe('draft');
  release();
  await expect(row.locator('.file__meta').filter({ hasText: 'Uploaded' })).toHaveCount(2);
  await agree(page);
  await page.getByRole('button', { name: 'Submit' }).click();
  await expect(page).toHaveURL(/\/settings\/kyc$/);
});

test.describe('two tabs', () => {
  test('of which one removed a file: the other sees it gone, whatever it does with it', async ({ person, complaints }) => {
    complaints.expectStatus(404, '/v1/kyc/documents/');
    const page = await open(person), row = rowOf(page, 'partner_list');
    await give(row, pdf('list.pdf'));
    await unfold(row);
    const id = (await documents(person, 'partner_list'))[0].id;
    await person.api.want(204, 'DELETE', `/v1/kyc/documents/${id}`);
    await row.getByRole('button', { name: 'View list.pdf' }).click();
    await expect(row.locator('[data-wrong]')).toContainText('There is no such document');
    await row.getByRole('button', { name: 'Remove list.pdf' }).click();
    await row.getByRole('button', { name: 'Remove', exact: true }).click();
    await expect(row.locator('.file')).toHaveCount(0);
    await expect(row.locator('[data-wrong]')).toBeHidden();
  });

  test('of which one submitted: a file that the other sends is refused, and the page says why and leads on', async ({ person, complaints }) => {
    complaints.expectStatus(409, '/v1/kyc/documents');
    await person.withDocuments('individual');
    const page = person.page, row = rowOf(page, 'entity_pan');
    await page.goto('/settings/kyc/edit');
    await unfold(row);
    await person.submit();
    await choose(row, pdf('late.pdf'));
    await expect(page.locator('#trouble')).toContainText('with us for review');
    await expect(page.locator('#form')).toBeHidden();
    await page.locator('#trouble').getByRole('link').click();
    await expect(page).toHaveURL(/\/settings\/kyc$/);
    await expect(page.locator('#status')).toHaveText('Submitted');
  });

  test('of which one was away: it sees what happened as soon as somebody looks at it', async ({ person }) => {
    const page = await open(person), row = rowOf(page, 'partner_list');
    await person.settled(await person.upload('partner_list', 'partner_list', pdf('from-the-phone.pdf')));
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await expect(row.locator('[data-chip]')).toHaveText('Uploaded');
  });
});
