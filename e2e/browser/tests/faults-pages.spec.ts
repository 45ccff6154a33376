// What people see while a part of the system is down, and that nothing of theirs is lost.
import { jpeg } from '../support/files.ts';
import { expect, type Person, test } from '../support/person.ts';
import { choose, fillDetails, fillSignUp, logIn } from '../support/steps.ts';

const later = 'Nothing was lost';

/** How many messages have arrived, after what waits was sent once more: in production that happens every minute. */
async function sweptMessages(p: Person, to: string) {
  await p.api.call('POST', '/_local/schedule');
  return (await p.messages(to)).length;
}

test('sign-up with the database down keeps what was typed, and goes through afterwards', async ({ person, faults, complaints }) => {
  complaints.expectStatus(503, '/v1/signup');
  const page = person.page;
  await fillSignUp(person);
  await expect(page.locator('#captcha')).toHaveAttribute('data-state', 'done');
  await faults.set({ service: 'dynamodb', mode: '500' });
  await page.getByRole('button', { name: 'Submit' }).click();
  await expect(page.locator('#problems')).toContainText(later);
  await expect(page.getByLabel('Email')).toHaveValue(person.email);
  await expect(page.getByLabel('Password', { exact: true })).toHaveValue(person.password);
  await faults.clear();
  await page.getByRole('button', { name: 'Submit' }).click();
  await expect(page.getByRole('heading', { name: 'Check your inbox' })).toBeVisible();
});

test('sign-up with the mail down goes on, and the mail comes when it can', async ({ person, faults }) => {
  await faults.set({ service: 'ses', mode: '500' });
  await fillSignUp(person);
  await person.page.getByRole('button', { name: 'Submit' }).click();
  await expect(person.page.getByRole('heading', { name: 'Check your inbox' })).toBeVisible();
  expect(await person.mails()).toHaveLength(0);
  await faults.clear();
  await expect.poll(() => sweptMessages(person, person.email), { timeout: 40_000 }).toBe(1);
});

test('verify and log-in with the database down can be pressed again', async ({ person, faults, complaints }) => {
  complaints.expectStatus(503, '/v1/verify');
  complaints.expectStatus(503, '/v1/login');
  await person.signedUp();
  const page = person.page;
  await page.goto(await person.linkOfMail());
  await faults.set({ service: 'dynamodb', mode: 'throttle' });
  await page.getByRole('button', { name: 'Verify', exact: true }).click();
  await expect(page.locator('#problems')).toContainText(later);
  await faults.clear();
  await page.getByRole('button', { name: 'Verify', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Your email is verified' })).toBeFocused();
  await faults.set({ service: 'dynamodb', mode: 'throttle' });
  await logIn(person);
  await expect(page.locator('#problems')).toContainText(later);
  await expect(page.getByLabel('Email')).toHaveValue(person.email);
  await faults.clear();
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page).toHaveURL(/\/account-details$/);
});

test('every page of an account says when it cannot be loaded, shows nothing wrong, and loads on request', async ({ person, faults, complaints }) => {
  complaints.expectStatus(503, '/v1/');
  test.setTimeout(120_000);
  await person.withCase('individual');
  const page = person.page;
  for (const [path, sign] of [['/', 'Hello, Asha'], ['/settings', 'Profile'], ['/settings/password', 'Password'], ['/settings/sessions', 'This device'],
    ['/settings/kyc', 'ZZZPZ9999Z'], ['/settings/kyc/edit', 'Everything is saved']] as const) {
    await faults.set({ service: 'dynamodb', mode: '500' });
    await page.goto(path);
    await expect(page.locator('#not-loaded'), path).toContainText(later);
    await expect(page.locator('form:visible'), path).toHaveCount(0);
    await faults.clear();
    await page.locator('#not-loaded').getByRole('link', { name: 'Try again' }).click();
    await expect(page.getByRole('button', { name: 'Account menu' }), path).toContainText('Asha Rao');
    await expect(page.getByText(sign).first(), path).toBeVisible();
    await expect(page.locator('#not-loaded'), path).toBeHidden();
  }
});

test('a code that cannot be asked for says so; one that cannot be sent arrives when it can', async ({ person, faults, complaints }) => {
  complaints.expectStatus(503, '/v1/otp');
  await person.loggedIn();
  const page = person.page;
  await page.goto('/account-details');
  await fillDetails(person);
  await page.getByRole('textbox', { name: 'Mobile number' }).fill(person.phone);
  await faults.set({ service: 'dynamodb', mode: '500' });
  await page.getByRole('button', { name: 'Send code' }).click();
  await expect(page.locator('#phone-error')).toContainText(later);
  await expect(page.getByRole('textbox', { name: 'Mobile number' })).toHaveValue(`${person.phone.slice(3, 8)} ${person.phone.slice(8)}`);
  await faults.clear();
  await faults.set({ service: 'sns', mode: '500' });
  await page.getByRole('button', { name: 'Send code' }).click();
  await expect(page.getByLabel('Enter the 6-digit code')).toBeFocused();
  expect(await person.messages(person.phone)).toHaveLength(0);
  await faults.clear();
  await expect.poll(() => sweptMessages(person, person.phone), { timeout: 40_000 }).toBe(1);
  await page.getByLabel('Enter the 6-digit code').fill(await person.codeOfSms());
  await page.keyboard.press('Enter');
  await expect(page.locator('#phone-verified')).toBeVisible();
});

test('KYC with the database or storage down keeps what was typed, and says what was not saved', async ({ person, faults, complaints }) => {
  complaints.expectStatus(503, '/v1/kyc');
  await person.withCase('individual', {});
  const page = person.page, row = page.locator('[data-requirement=entity_pan]');
  await page.goto('/settings/kyc/edit');
  await faults.set({ service: 'dynamodb', mode: '500' });
  await page.locator('#field-pan').fill('ZZZPZ9999Z');
  await page.locator('#field-pan').blur();
  await expect(page.locator('#autosave')).toContainText('Not saved yet');
  await expect(page.locator('#field-pan')).toHaveValue('ZZZPZ9999Z');
  await choose(row, jpeg());
  await expect(row.locator('.file')).toContainText(later);
  await faults.clear();
  await row.getByRole('button', { name: 'Try again' }).click();
  await expect(row.locator('[data-chip]')).toHaveText('Uploaded');
  await expect(page.locator('#autosave')).toHaveText('All changes are saved.', { timeout: 20_000 }); // by itself
  expect((await person.kycCase()).fields.pan).toBe('ZZZPZ9999Z');
});
