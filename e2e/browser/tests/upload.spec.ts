// Uploads that do not go well.
import { jpeg, pdf } from '../support/files.ts';
import { expect, type Person, test } from '../support/person.ts';
import { choose, fillSignUp } from '../support/steps.ts';

/** Whether a request goes to storage and not to Central. */
const toStorage = (p: Person) => (url: URL) => url.origin !== p.api.url;

test('an upload that breaks says so, is tried again, and then counts once', async ({ person, complaints }) => {
  await person.withCase('individual');
  const page = person.page, row = page.locator('[data-requirement=entity_pan]');
  complaints.expectNoAnswer();
  await page.route(toStorage(person), (route) => route.abort('connectionreset'), { times: 1 });
  await page.goto('/settings/kyc/edit');
  await choose(row, pdf());
  await expect(row.getByText('The upload was interrupted')).toBeVisible();
  expect((await person.kycCase()).requirements.find((r: { id: string }) => r.id === 'entity_pan').documents).toEqual([]);
  await row.getByRole('button', { name: 'Try again' }).click();
  await expect(row.locator('[data-chip]')).toHaveText('Uploaded');
  await expect(row.locator('.file')).toHaveCount(1);
});

test('an upload can be cancelled, and leaves nothing', async ({ person }) => {
  await person.withCase('individual');
  const page = person.page, row = page.locator('[data-requirement=entity_pan]');
  let release = () => {};
  const held = new Promise<void>((done) => (release = done));
  await page.route(toStorage(person), async (route) => {
    await held;
    await route.abort();
  });
  await page.goto('/settings/kyc/edit');
  await choose(row, jpeg());
  await expect(row.locator('.file__thumb img')).toBeVisible();
  await row.getByRole('button', { name: 'Cancel' }).click();
  await expect(row.locator('.file')).toHaveCount(0);
  release();
  await expect(row.locator('[data-chip]')).toHaveText('Needed');
  await expect.poll(async () => (await person.kycCase()).requirements.find((r: { id: string }) => r.id === 'entity_pan').documents).toEqual([]);
});

test('an upload that is cancelled while it is asked for leaves nothing', async ({ person }) => {
  await person.withCase('individual');
  const page = person.page, row = page.locator('[data-requirement=entity_pan]');
  let release = () => {}, asked = () => {};
  const held = new Promise<void>((done) => (release = done)), taken = new Promise<void>((done) => (asked = done));
  await page.route((url) => url.pathname === '/v1/kyc/documents', async (route) => {
    const response = await route.fetch();
    asked();
    await held;
    await route.fulfill({ response });
  });
  await page.goto('/settings/kyc/edit');
  await choose(row, pdf('pan.pdf'));
  await taken;
  const readAgain = page.waitForResponse((r) => new URL(r.url()).pathname === '/v1/kyc');
  await row.getByRole('button', { name: 'Cancel' }).click();
  await readAgain;
  release();
  await expect(row.locator('.file')).toHaveCount(0);
  await expect(row.locator('[data-chip]')).toHaveText('Needed');
  expect((await person.kycCase()).requirements.find((r: { id: string }) => r.id === 'entity_pan').documents).toEqual([]);
});

test('offline keeps what was typed, and says so', async ({ person, complaints }) => {
  const page = person.page;
  complaints.expectNoAnswer('/v1/');
  await fillSignUp(person);
  await expect(page.locator('#captcha')).toHaveAttribute('data-state', 'done');
  await page.context().setOffline(true);
  await page.getByRole('button', { name: 'Submit' }).click();
  await expect(page.getByRole('alert')).toContainText('You are offline');
  await expect(page.getByLabel('Email')).toHaveValue(person.email);
  await page.context().setOffline(false);
  await page.getByRole('button', { name: 'Submit' }).click();
  await expect(page.getByRole('heading', { name: 'Check your inbox' })).toBeVisible();
});
