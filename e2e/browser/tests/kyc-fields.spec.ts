// The fields of a case: written as they are understood, each saved by itself, and what is wrong said where it is.
import type { Page } from '@playwright/test';
import { expect, goodFields, type Person, test } from '../support/person.ts';
import { rowOf, unfold } from '../support/steps.ts';

async function open(p: Person, entityType = 'private_limited', fields: Record<string, string> = {}) {
  await p.withCase(entityType, fields);
  await p.page.goto('/settings/kyc/edit');
  await expect(p.page.locator('#submitbar')).toBeVisible();
  await unfold(p.page.locator('#details'));
  return p.page;
}

const field = (page: Page, name: string) => page.locator(`#field-${name}`);
const wrong = (page: Page, name: string) => page.locator(`#field-${name}-error`);

/** Types a value and leaves the field, as people do. */
async function leave(page: Page, name: string, value: string) {
  await field(page, name).fill(value);
  await field(page, name).blur();
}

test('an identifier is written as it is understood, whether it is typed, pasted or composed', async ({ person }) => {
  const page = await open(person), pan = field(page, 'pan');
  for (const [typed, understood] of [
    ['ज्ञ1', 'ज्ञ1'], ['zzzcz9999z', 'ZZZCZ9999Z'], ['ZZZ CZ 9999 Z', 'ZZZCZ9999Z'], ['zzzcz९९९९z', 'ZZZCZ9999Z'], ['zzzcz৯৯৯৯z', 'ZZZCZ9999Z'], ['ＺＺＺＣＺ９９９９Ｚ', 'ZZZCZ9999Z'],
    ['\u202aZZZCZ9999Z\u202c', 'ZZZCZ9999Z'], ['\ufeffzzz\u200bcz\u00a09999\u2009z', 'ZZZCZ9999Z'],
  ] as const) {
    await pan.fill(typed);
    await expect(pan, typed).toHaveValue(understood);
  }
  for (const [name, typed, understood] of [['gstin', '24 zzzcz 9999z 1zp', '24ZZZCZ9999Z1ZP'], ['cin', 'u72900 ka2008 ptc046374', 'U72900KA2008PTC046374'], ['pinCode', '३८० ०१५', '380015']] as const) {
    await field(page, name).fill(typed);
    await expect(field(page, name), name).toHaveValue(understood);
  }
  await field(page, 'signatoryName').fill('asha  Rao-Iyer');
  await expect(field(page, 'signatoryName')).toHaveValue('asha  Rao-Iyer'); // a name is no identifier
});

test('the caret stays where somebody types in the middle of an identifier', async ({ person }) => {
  const page = await open(person), pan = field(page, 'pan');
  await pan.fill('ZZZZ9999Z');
  await pan.evaluate((c) => (c as HTMLInputElement).setSelectionRange(3, 3));
  await pan.pressSequentially('c ');
  await expect(pan).toHaveValue('ZZZCZ9999Z');
  expect(await pan.evaluate((c) => (c as HTMLInputElement).selectionStart)).toBe(4);
});

test('a keyboard that composes words is not disturbed: the word is understood when it is done', async ({ person }, info) => {
  test.skip(info.project.name !== 'phone', 'keyboards of phones do that');
  const page = await open(person), pan = field(page, 'pan'), keys = await page.context().newCDPSession(page);
  await pan.focus();
  for (const text of ['z', 'zz', 'zzz']) {
    await keys.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
    await expect(pan).toHaveValue(text); // as the keyboard has it; it is shown in capitals
    await expect(pan).toHaveCSS('text-transform', 'uppercase');
  }
  await keys.send('Input.insertText', { text: 'zzzcz9999z' });
  await expect(pan).toHaveValue('ZZZCZ9999Z');
  await pan.blur();
  await expect.poll(async () => (await person.kycCase()).fields.pan).toBe('ZZZCZ9999Z');
});

test('each right field is saved, whatever the others are; a wrong one is marked, described and left alone', async ({ person, complaints }) => {
  complaints.expectStatus(422, '/v1/kyc');
  const page = await open(person), pan = field(page, 'pan'), title = await page.title();
  await pan.fill('abc');
  await field(page, 'signatoryName').focus();
  await expect(wrong(page, 'pan')).toContainText('A PAN has 10 characters');
  await expect(wrong(page, 'pan')).toHaveAttribute('role', 'alert');
  await expect(pan).toHaveAttribute('aria-invalid', 'true');
  expect(await pan.evaluate((c) => c.getAttribute('aria-describedby')?.split(' '))).toEqual(['field-pan-hint', 'field-pan-error']);
  await expect(page.locator('#problems')).toBeHidden();
  await expect(page).toHaveTitle(title);
  await expect(field(page, 'signatoryName')).toBeFocused(); // nobody was taken away from what they were doing
  await page.keyboard.type('Asha Rao');
  await field(page, 'pinCode').focus();
  await expect.poll(async () => (await person.kycCase()).fields).toEqual({ signatoryName: 'Asha Rao' });
  await expect(page.locator('#autosave')).toHaveText('Saved, but for what is marked.');
  await expect(pan).toHaveValue('ABC');
  await leave(page, 'pan', 'ZZZCZ9999Z');
  await expect(wrong(page, 'pan')).toBeHidden();
  await expect(pan).not.toHaveAttribute('aria-invalid');
  await expect(page.locator('#autosave')).toHaveText('All changes are saved.');
  await leave(page, 'pan', '');
  await expect.poll(async () => (await person.kycCase()).fields).toEqual({ signatoryName: 'Asha Rao' });
});

test('the page does not jump when a field cannot be saved', async ({ person, complaints }) => {
  complaints.expectStatus(422, '/v1/kyc');
  const page = await open(person);
  await field(page, 'pinCode').fill('12');
  const before = await page.evaluate(() => scrollY);
  await field(page, 'pinCode').blur();
  await expect(wrong(page, 'pinCode')).toContainText('six digits');
  expect(await page.evaluate(() => scrollY)).toBe(before);
});

test('Enter saves a field, and does not hand in the case', async ({ person }) => {
  const page = await open(person), pan = field(page, 'pan');
  await pan.fill('zzzcz9999z');
  await page.keyboard.press('Enter');
  await expect(page.locator('#autosave')).toHaveText('All changes are saved.');
  await expect(pan).toBeFocused();
  await expect(page.locator('#problems')).toBeHidden();
  expect((await person.kycCase()).fields).toEqual({ pan: 'ZZZCZ9999Z' });
});

test('fields that do not agree are both saved, and the one says so until either is mended', async ({ person }) => {
  const page = await open(person);
  await leave(page, 'gstin', '24ZZZCZ9999Z1ZP');
  await leave(page, 'pan', 'AAACA1111A');
  await expect(wrong(page, 'gstin')).toContainText('another PAN');
  expect((await person.kycCase()).fields).toEqual({ gstin: '24ZZZCZ9999Z1ZP', pan: 'AAACA1111A' });
  await page.reload();
  await expect(wrong(page, 'gstin')).toContainText('another PAN');
  await expect(page.locator('#details [data-chip]')).toHaveText('Check this');
  await unfold(page.locator('#details'));
  await leave(page, 'pan', 'ZZZCZ9999Z');
  await expect(wrong(page, 'gstin')).toBeHidden();
});

test('offline nothing is lost: it says so, and saves in the order in which it was given', async ({ person, complaints }) => {
  complaints.expectNoAnswer('/v1/kyc');
  const page = await open(person);
  await page.evaluate(() => navigator.serviceWorker.ready); // what comes after everything else has come
  await page.waitForFunction(() => performance.getEntriesByType('resource').some((e) => e.name.endsWith('/shape.js')));
  await page.context().setOffline(true);
  await leave(page, 'pan', 'ZZZCZ9999Z');
  await expect(page.locator('#autosave')).toContainText('you are offline');
  await leave(page, 'signatoryName', 'Asha');
  await leave(page, 'signatoryName', 'Asha Rao');
  await leave(page, 'cin', 'U72900KA2008PTC046374');
  const sent: string[] = [];
  page.on('request', (r) => r.method() === 'PATCH' && sent.push(Object.keys(r.postDataJSON().fields)[0] ?? ''));
  await page.context().setOffline(false);
  await expect(page.locator('#autosave')).toHaveText('All changes are saved.');
  expect((await person.kycCase()).fields).toEqual({ pan: 'ZZZCZ9999Z', signatoryName: 'Asha Rao', cin: 'U72900KA2008PTC046374' });
  expect(sent).toEqual(['pan', 'signatoryName', 'cin']);
});

test('a field that is changed again while it is being saved has the last value, and nobody is asked', async ({ person }) => {
  const page = await open(person);
  let release = () => {};
  const held = new Promise<void>((done) => (release = done));
  await page.route('**/v1/kyc', async (route) => {
    if (route.request().method() === 'PATCH') await held;
    await route.continue();
  });
  await leave(page, 'signatoryName', 'Asha');
  await expect(page.locator('#autosave')).toHaveText('Saving');
  await leave(page, 'signatoryName', 'Asha Rao');
  release();
  await expect(page.locator('#autosave')).toHaveText('All changes are saved.');
  await expect(page.locator('.conflict')).toHaveCount(0);
  expect((await person.kycCase()).fields).toEqual({ signatoryName: 'Asha Rao' });
});

test('leaving with text that is not saved asks first; what is on its way arrives', async ({ person, complaints }) => {
  complaints.expectStatus(422, '/v1/kyc');
  const page = await open(person);
  await leave(page, 'pan', 'ABC');
  await expect(wrong(page, 'pan')).toBeVisible();
  const asked = page.waitForEvent('dialog');
  const leaving = page.evaluate(() => void setTimeout(() => location.assign('/settings')));
  expect((await asked).type()).toBe('beforeunload');
  await (await asked).dismiss();
  await leaving;
  await expect(field(page, 'pan')).toHaveValue('ABC');
  await leave(page, 'pan', '');
  await expect(wrong(page, 'pan')).toBeHidden();
  await field(page, 'signatoryName').fill('Asha Rao');
  await page.goto('/settings'); // without leaving the field first
  await expect.poll(async () => (await person.kycCase()).fields).toEqual({ signatoryName: 'Asha Rao' });
});

test.describe('two tabs', () => {
  test('keep each other\'s fields, and a stale one sees what the other saved', async ({ person, complaints }) => {
    complaints.expectStatus(412, '/v1/kyc');
    const page = await open(person);
    await person.api.want(200, 'PATCH', '/v1/kyc', { fields: { cin: 'U72900KA2008PTC046374' } }); // as another tab does
    await leave(page, 'signatoryName', 'Asha Rao');
    await expect(field(page, 'cin')).toHaveValue('U72900KA2008PTC046374');
    await expect.poll(async () => (await person.kycCase()).fields).toEqual({ cin: 'U72900KA2008PTC046374', signatoryName: 'Asha Rao' });
  });

  test('with two values for one field show both, and ask which is right', async ({ person, complaints }) => {
    complaints.expectStatus(412, '/v1/kyc');
    const page = await open(person, 'private_limited', { signatoryName: 'Asha' }), box = page.locator('.conflict');
    await person.api.want(200, 'PATCH', '/v1/kyc', { fields: { signatoryName: 'Asha Iyer' } });
    await leave(page, 'signatoryName', 'Asha Rao');
    await expect(box).toContainText('Asha Iyer');
    await expect(field(page, 'signatoryName')).toHaveValue('Asha Rao');
    expect((await person.kycCase()).fields.signatoryName).toBe('Asha Iyer');
    await box.getByRole('button', { name: 'Keep mine' }).click();
    await expect(field(page, 'signatoryName')).toBeFocused();
    await expect.poll(async () => (await person.kycCase()).fields.signatoryName).toBe('Asha Rao');
    await person.api.want(200, 'PATCH', '/v1/kyc', { fields: { signatoryName: 'Usha' } });
    await leave(page, 'signatoryName', 'Asha');
    await box.getByRole('button', { name: 'Take the other' }).click();
    await expect(field(page, 'signatoryName')).toHaveValue('Usha');
    await expect(box).toBeHidden();
    expect((await person.kycCase()).fields.signatoryName).toBe('Usha');
  });

  test('of which one changed the entity type: the other says so and shows what is', async ({ person, complaints }) => {
    complaints.expectStatus(412, '/v1/kyc');
    const page = await open(person, 'trust'), select = page.getByLabel('Select Entity Type');
    await person.api.want(200, 'PUT', '/v1/kyc', { entityType: 'society' });
    await select.selectOption({ label: 'Partnership firm' });
    await expect(page.locator('#entityType-error')).toContainText('changed meanwhile');
    await expect(select).toHaveValue('society');
    await expect(rowOf(page, 'bye_laws')).toBeVisible();
    await select.selectOption({ label: 'Partnership firm' });
    await expect(rowOf(page, 'partnership_deed')).toBeVisible();
    await expect(page.locator('#entityType-error')).toBeHidden();
  });
});

test('submitting names each field and requirement, marks the rows, leads into them, and takes back what is mended', async ({ person, complaints }) => {
  complaints.expectStatus(422, '/v1/kyc/submit');
  const page = await open(person, 'individual', { ...goodFields.individual!, pan: '' }), summary = page.locator('#problems');
  await page.getByRole('button', { name: 'Submit' }).click();
  await expect(summary).toBeFocused();
  await expect(summary.locator('li')).toHaveText(['PAN: Fill this in', 'PAN card: Upload a document', 'Proof of identity: Upload a document']);
  await expect(rowOf(page, 'personal_id').locator('[data-wrong]')).toContainText('Upload a document');
  await expect(rowOf(page, 'bank_proof').locator('[data-wrong]')).toBeHidden();
  await summary.getByRole('link', { name: 'Proof of identity' }).click();
  await expect(rowOf(page, 'personal_id').locator('.part__toggle')).toBeFocused();
  await expect(rowOf(page, 'personal_id').locator('.part__toggle')).toHaveAttribute('aria-expanded', 'true');
  await summary.getByRole('link', { name: 'PAN: Fill' }).click();
  await expect(field(page, 'pan')).toBeFocused();
  await page.keyboard.type('ZZZPZ9999Z');
  await field(page, 'pan').blur();
  await expect(summary.locator('li')).toHaveText(['PAN card: Upload a document', 'Proof of identity: Upload a document']);
});

test('in Hindi the summary names each part too', async ({ person, complaints }) => {
  complaints.expectStatus(422, '/v1/kyc/submit');
  await person.context.addCookies([{ name: '__Host-language', value: 'hi', url: 'https://127.0.0.1', secure: true }]);
  await person.withCase('individual', { ...goodFields.individual!, pan: '' });
  await person.giveCookies();
  await person.context.addCookies([{ name: '__Host-language', value: 'hi', url: 'https://127.0.0.1', secure: true }]);
  const page = person.page;
  await page.goto('/settings/kyc/edit');
  await page.getByRole('button', { name: 'जमा करें' }).click();
  await expect(page.locator('#problems li')).toHaveText(['PAN: इसे भरें', 'PAN कार्ड: दस्तावेज़ अपलोड करें', 'पहचान का प्रमाण: दस्तावेज़ अपलोड करें']);
  await expect(rowOf(page, 'entity_pan').locator('[data-wrong]')).toContainText('दस्तावेज़ अपलोड करें');
});

test('a value that is not right keeps the case from being submitted with the one before', async ({ person, complaints }) => {
  complaints.expectStatus(422, '/v1/kyc');
  await person.withDocuments('individual');
  const page = person.page;
  await page.goto('/settings/kyc/edit');
  await expect(page.locator('#left')).toHaveText('Nothing is left: you can submit.');
  await unfold(page.locator('#details'));
  await field(page, 'pan').fill('ZZZPZ999');
  await page.getByRole('button', { name: 'Submit' }).click();
  await expect(page.locator('#problems li')).toHaveText([/^PAN: A PAN has 10 characters/]);
  expect((await person.kycCase()).status).toBe('draft');
});

test('a number proposes the entity type, a tick changes what is asked for, and what is unusual is said quietly', async ({ person, complaints }) => {
  complaints.expectStatus(422, '/v1/kyc');
  await person.withDetails('company');
  const page = person.page, number = page.getByLabel('PAN, CIN or LLPIN'), proposed = page.locator('#proposed');
  await page.goto('/settings/kyc/edit');
  await number.fill('aaaht1234c');
  await expect(proposed.getByRole('button')).toHaveText(['Hindu undivided family (HUF)']);
  await number.fill('AAAXT1234C');
  await expect(proposed).toContainText('Choose yours from the list');
  await number.fill('U72900MH2008PTC046374');
  await proposed.getByRole('button', { name: 'Private limited company' }).click();
  await expect(field(page, 'cin')).toHaveValue('U72900MH2008PTC046374');
  await expect(number).toBeHidden();

  await expect(rowOf(page, 'beneficial_owners')).toBeVisible();
  await page.getByLabel('We are a subsidiary of a listed company').check();
  await expect(rowOf(page, 'beneficial_owners')).toBeHidden();
  await expect(page.getByLabel('Passport number')).toBeHidden();
  await page.getByLabel('Identity document').selectOption('Passport');
  await expect(page.getByLabel('Passport number')).toBeVisible();

  const unusual = page.locator('#field-cin-warning');
  await expect(unusual).toBeHidden();
  await page.getByLabel('State or union territory').selectOption('Gujarat');
  await expect(unusual).toHaveText('The CIN is of Maharashtra, and the address is in Gujarat. Check both.');
  await expect(wrong(page, 'cin')).toBeHidden();

  await field(page, 'addressLine1').fill('Plot 2341/2341/2346');
  await field(page, 'addressLine1').blur();
  await expect(wrong(page, 'addressLine1')).toContainText('looks like an Aadhaar number');
  expect((await person.kycCase()).fields.addressLine1).toBeUndefined();
  await page.getByRole('button', { name: 'It is another number' }).click();
  await expect.poll(async () => (await person.kycCase()).fields).toEqual({
    cin: 'U72900MH2008PTC046374', listedParent: 'yes', idType: 'passport', state: 'Gujarat', addressLine1: 'Plot 2341/2341/2346',
  });
  await expect(wrong(page, 'addressLine1')).toBeHidden();
  await expect(page.getByText('What a good one looks like').first()).toBeAttached();
});
