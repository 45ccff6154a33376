// The second factor: an app, recovery codes and a passkey, from the page of security to the next log-in.
import { expectAccessible } from '../support/accessible.ts';
import { codeOf, withAuthenticator } from '../support/factor.ts';
import { onLocalhost } from '../support/localhost.ts';
import { expect, test } from '../support/person.ts';
import { logIn } from '../support/steps.ts';

test.describe.configure({ timeout: 240_000 }); // with the start of the run
test.use({ baseURL: async ({}, use) => onLocalhost(use) });

test('an account gets an app, recovery codes and a passkey, and each opens it', async ({ person, complaints }) => {
  await person.withDetails();
  await person.giveCookies();
  const page = person.page;
  await withAuthenticator(page);
  await page.goto('/settings');
  await page.getByRole('link', { name: 'Security' }).click();

  await page.getByRole('button', { name: 'Add an app' }).click();
  await expect(page.locator('#qr svg path')).toHaveAttribute('d', /^M4 4h7v1/);
  const secret = await page.locator('#secret').innerText();
  complaints.expectStatus(422, '/v1/factors/totp/confirm');
  await page.getByLabel('Code', { exact: true }).fill('000000');
  await page.getByRole('button', { name: 'Confirm' }).click();
  await expect(page.locator('#code-error')).toContainText('not the code');
  await page.getByLabel('Code', { exact: true }).fill(codeOf(secret));
  await page.getByRole('button', { name: 'Confirm' }).click();
  await expect(page.getByRole('heading', { name: 'Your recovery codes' })).toBeFocused();
  const recovery = await page.locator('#codes li').allInnerTexts();
  expect(recovery).toHaveLength(10);
  await expectAccessible(page, { widths: [360, 1280] });
  await page.getByRole('button', { name: 'I have kept them' }).click();
  await expect(page.locator('#codes li')).toHaveCount(0);

  await page.getByLabel('Name of the passkey').fill('Test phone');
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await expect(page.locator('#rows')).toContainText('Test phone');
  await expect(page.locator('#fresh')).toBeHidden(); // the codes were there already

  const out = async () => {
    await page.getByRole('button', { name: 'Account menu' }).click();
    await page.getByRole('button', { name: 'Log out' }).click();
    await expect(page.getByRole('heading', { name: 'Log in' })).toBeVisible();
  };
  await out();
  complaints.expectStatus(403, '/v1/login');
  await logIn(person);
  await expect(page.getByRole('heading', { name: 'One more step' })).toBeVisible();
  await expect(page.getByLabel('Code', { exact: true })).toBeFocused();
  await expectAccessible(page, { widths: [360] });
  await page.keyboard.type(recovery[0]!.toLowerCase());
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Account menu' })).toBeVisible();
  await person.lastMail('recovery code');
  await out();
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await expect(page.getByRole('button', { name: 'Account menu' })).toBeVisible();

  await page.goto('/security');
  await expect(page.locator('#left')).toHaveText('9 of 10 codes are left.');
  let asked = false;
  await page.route('/v1/factors/recovery-codes', (route) => {
    if (asked) return route.continue();
    asked = true;
    return route.fulfill({ status: 403, contentType: 'application/problem+json', json: { code: 'step_up_required', detail: 'Prove it.', proofs: ['code', 'passkey'] } });
  });
  complaints.expectStatus(403, '/v1/factors/recovery-codes');
  await page.getByRole('button', { name: 'Make new codes' }).click();
  await page.locator('.ask [data-go]').click();
  const dialog = page.getByRole('dialog', { name: 'Confirm that it is you' });
  await expect(dialog.getByLabel('Code')).toBeFocused();
  await expectAccessible(page, { widths: [360] });
  await dialog.getByRole('button', { name: 'Use a passkey' }).click();
  await expect(page.locator('#codes li')).toHaveCount(10);
  await page.getByRole('button', { name: /^Remove.*Test phone/ }).click();
  await page.locator('.ask [data-go]').click();
  await expect(page.locator('#said')).toContainText('Removed');
  await expect(page.locator('#rows li')).toHaveCount(0);
  await person.lastMail('was removed');
});
