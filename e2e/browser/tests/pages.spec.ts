// What holds for every page: accessible, valid, silent in the console, and the same for a keyboard.
import { expectAccessible, expectValidHtml } from '../support/accessible.ts';
import { expect, test } from '../support/person.ts';

const open = ['/signup', '/check-inbox', '/verify', '/login', '/login/code', '/forgot-password', '/reset-password', '/papers', '/security/stop', '/terms', '/privacy'];
const withAccount = ['/', '/settings', '/settings/password', '/settings/sessions', '/security'];

for (const path of open) {
  test(`${path} is accessible and valid`, async ({ person }) => {
    const answer = await person.page.goto(path);
    expect(answer?.status()).toBe(200);
    await expectValidHtml((await answer?.text()) ?? '', path);
    await expectAccessible(person.page);
  });
}

test('the pages of an account are accessible and valid', async ({ person }) => {
  test.setTimeout(120_000);
  await person.withDetails();
  for (const path of withAccount) {
    const answer = await person.page.goto(path);
    await expectValidHtml((await answer?.text()) ?? '', path);
    await expect(person.page.getByRole('button', { name: 'Account menu' })).toContainText('Asha Rao');
    await expectAccessible(person.page);
  }
  await person.page.getByRole('button', { name: 'Account menu' }).click();
  await expectAccessible(person.page, { widths: [390] });
});

test('the details are accessible, with a code on its way and with errors', async ({ person }) => {
  await person.loggedIn();
  const page = person.page, answer = await page.goto('/account-details');
  await expectValidHtml((await answer?.text()) ?? '');
  await page.getByRole('textbox', { name: 'Mobile number' }).fill(person.phone);
  await page.getByRole('button', { name: 'Send code' }).click();
  await expect(page.getByLabel('Enter the 6-digit code')).toBeVisible();
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(page.locator('#problems li')).toHaveCount(4);
  await expectAccessible(page);
});

test('the KYC pages are accessible, empty and with files', async ({ person }) => {
  test.setTimeout(120_000);
  await person.withCase('partnership');
  const page = person.page;
  for (const path of ['/settings/kyc', '/settings/kyc/edit']) {
    const answer = await page.goto(path);
    await expectValidHtml((await answer?.text()) ?? '', path);
    await expect(page.locator('li[data-requirement]').first()).toBeVisible();
    await expectAccessible(page);
  }
  await person.withDocuments();
  await page.reload();
  await expect(page.locator('#left')).toHaveText('Nothing is left: you can submit.');
  await expectAccessible(page, { widths: [320] });
});

test('an address that does not exist says so', async ({ person, complaints }) => {
  complaints.expectStatus(404);
  const answer = await person.page.goto('/no-such-page');
  expect(answer?.status()).toBe(404);
  await expect(person.page.getByRole('heading', { name: 'This page does not exist' })).toBeVisible();
  await expectAccessible(person.page, { widths: [320] });
});
