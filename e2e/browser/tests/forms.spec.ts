// What goes wrong in forms, and what people then see.
import { lockedPdf, renamedExe } from '../support/files.ts';
import { expect, test } from '../support/person.ts';
import { choose, fillSignUp, logIn, unfold } from '../support/steps.ts';

test('sign-up names everything that is missing, at its field and above the form, and goes there', async ({ person }) => {
  const page = person.page;
  await page.goto('/signup');
  await page.getByRole('button', { name: 'Submit' }).click();
  const summary = page.getByRole('alert');
  await expect(summary).toBeFocused();
  await expect(summary.getByRole('link')).toHaveText(['Enter an email address, like name@example.com', 'Enter a password', 'Agree to the terms to go on']);
  await expect(page).toHaveTitle(/^Error: /);
  await summary.getByRole('link', { name: 'Enter a password' }).click();
  await expect(page.getByLabel('Password', { exact: true })).toBeFocused();
  await expect(page.getByLabel('Password', { exact: true })).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('Password', { exact: true })).toHaveAccessibleDescription(/Enter a password/);
  expect(await person.mails()).toHaveLength(0);
});

test('sign-up ticks off the rules of the password while it is typed, and takes one that is pasted', async ({ person }) => {
  const page = person.page;
  await page.goto('/signup');
  const met = page.locator('#password-checks .is-met');
  await page.getByLabel('Password', { exact: true }).pressSequentially('mango');
  await expect(met).toHaveText([/A lower-case letter/]);
  await page.getByLabel('Password', { exact: true }).fill('Mango tree 42');
  await expect(met).toHaveCount(5);
  await page.getByRole('button', { name: 'Show: Password' }).click();
  await expect(page.getByLabel('Password', { exact: true })).toHaveAttribute('type', 'text');
});

test('sign-up shows what only the API knows at the field', async ({ person, complaints }) => {
  const page = person.page;
  complaints.expectStatus(422, '/v1/signup');
  await fillSignUp(person, 'Password1!');
  await page.getByRole('button', { name: 'Submit' }).click();
  await expect(page.locator('#password-error')).toContainText('passwords that are guessed first');
  await expect(page.getByLabel('Email')).toHaveValue(person.email);
});

test('a second press sends nothing twice', async ({ person }) => {
  const page = person.page;
  await fillSignUp(person);
  await page.getByRole('button', { name: 'Submit' }).dblclick();
  await expect(page.getByRole('heading', { name: 'Check your inbox' })).toBeVisible();
  expect(person.network.requests.filter((r) => r.includes('POST') && r.endsWith('/v1/signup'))).toHaveLength(1);
  expect(await person.mails()).toHaveLength(1);
});

test('log-in forgets a wrong password, keeps the address, and says nothing about it', async ({ person, complaints }) => {
  await person.verified();
  const page = person.page;
  complaints.expectStatus(401, '/v1/login');
  await logIn(person, 'Wrong horse 77');
  await expect(page.getByRole('alert')).toContainText('Email address or password are not right');
  await expect(page.getByLabel('Email')).toHaveValue(person.email);
  await expect(page.getByLabel('Password', { exact: true })).toHaveValue('');
});

test('log-in before the address is verified offers the mail again', async ({ person, complaints }) => {
  await person.signedUp();
  const page = person.page;
  complaints.expectStatus(403, '/v1/login');
  await logIn(person);
  await expect(page.getByRole('alert')).toContainText('Open the link in the mail that we sent');
  await person.forget('mail-gap');
  await page.getByRole('button', { name: 'Send the mail again' }).click();
  await expect(page.getByText('The mail is on its way once more.')).toBeVisible();
  await expect.poll(async () => (await person.mails()).length).toBe(2);
});

test('the inbox page makes people wait as long as the API says, also after a reload', async ({ person }) => {
  const page = person.page;
  await fillSignUp(person);
  await page.getByRole('button', { name: 'Submit' }).click();
  await expect(page.locator('#resend')).toHaveText(/Send again in 0:\d\d/);
  await page.reload();
  await expect(page.locator('#resend')).toHaveText(/Send again in 0:\d\d/);
  await page.getByRole('link', { name: 'Change the address' }).click();
  await expect(page.getByLabel('Email')).toHaveValue(person.email);
  await expect(page.getByLabel('Password', { exact: true })).toHaveValue('');
});

test('a wrong code is said to be wrong; a reload goes on where it was', async ({ person, complaints }) => {
  await person.loggedIn();
  const page = person.page;
  complaints.expectStatus(422, '/v1/otp/verify');
  await page.goto('/account-details');
  await page.getByLabel('First Name').fill('Asha');
  await page.getByRole('textbox', { name: 'Mobile number' }).fill(person.phone);
  await page.getByRole('button', { name: 'Send code' }).click();
  const code = await person.codeOfSms();
  await page.getByLabel('Enter the 6-digit code').fill(code === '000000' ? '111111' : '000000');
  await page.getByRole('button', { name: 'Verify number' }).click();
  await expect(page.locator('#code-error')).toContainText('not the code that we sent');
  await page.reload();
  await expect(page.getByLabel('First Name')).toHaveValue('Asha');
  await page.getByLabel('Enter the 6-digit code').fill(`${code.slice(0, 3)}-${code.slice(3)}`);
  await page.keyboard.press('Enter');
  await expect(page.locator('#phone-verified')).toBeVisible();
});

test('an identifier that cannot be is refused at its field and saves nothing', async ({ person, complaints }) => {
  await person.withCase('individual');
  const page = person.page;
  complaints.expectStatus(422, '/v1/kyc');
  await page.goto('/settings/kyc/edit');
  await unfold(page.locator('#details'));
  await page.locator('#field-pan').fill('ABC');
  await page.locator('#field-pan').blur();
  await expect(page.locator('#field-pan-error')).toContainText('A PAN has 10 characters');
  expect((await person.kycCase()).fields.pan).toBe('ZZZPZ9999Z');
});

test('submitting too early lists everything that is missing', async ({ person, complaints }) => {
  await person.withCase('individual');
  const page = person.page;
  complaints.expectStatus(422, '/v1/kyc/submit');
  await page.goto('/settings/kyc/edit');
  await page.getByRole('button', { name: 'Submit' }).click();
  await expect(page.locator('#problems li')).toHaveCount(2);
  await page.locator('#problems a').first().click();
  await expect(page.locator('#requirement-entity_pan')).toBeFocused();
});

test('a file that is no document is refused before it is sent; a locked one with a reason', async ({ person }) => {
  await person.withCase('individual');
  const page = person.page, row = page.locator('[data-requirement=entity_pan]');
  await page.goto('/settings/kyc/edit');
  await row.locator('[data-file]').setInputFiles(renamedExe());
  await expect(row.locator('[data-problem]')).toContainText('Only PDFs and pictures are possible');
  expect(person.network.requests.filter((r) => r.endsWith('/v1/kyc/documents'))).toHaveLength(0);
  await choose(row, lockedPdf());
  await expect(row.locator('[data-note]')).toContainText('protected by a password');
  await expect(row.locator('[data-chip]')).toHaveText('Replace this');
  await row.getByRole('button', { name: 'Remove' }).click();
  await row.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(row.locator('[data-chip]')).toHaveText('Needed');
});

test('a session that ended in another tab sends this one to log in', async ({ person, complaints }) => {
  await person.withDetails();
  const page = person.page;
  complaints.expectStatus(401, '/v1/kyc');
  await page.goto('/settings/kyc/edit');
  await expect(page.getByLabel('Select Entity Type').getByRole('option', { name: 'Individual' })).toBeAttached();
  await person.api.want(204, 'POST', '/v1/logout');
  await page.getByLabel('Select Entity Type').selectOption({ label: 'Individual' });
  await expect(page).toHaveURL(/\/login\?ended/);
  await expect(page.getByText('Your session has ended')).toBeVisible();
});

test('logging out in one tab logs out the others', async ({ person }) => {
  await person.withDetails();
  const other = await person.context.newPage();
  await other.goto('/settings');
  await expect(other.getByRole('button', { name: 'Account menu' })).toContainText('Asha Rao');
  await person.page.goto('/');
  await person.page.evaluate(() => sessionStorage.setItem('draft', 'what was typed'));
  await person.page.getByRole('button', { name: 'Account menu' }).click();
  await person.page.getByRole('button', { name: 'Log out' }).click();
  await expect(person.page).toHaveURL(/\/login$/);
  expect(await person.page.evaluate(() => sessionStorage.length)).toBe(0);
  await expect(other).toHaveURL(/\/login\?ended/);
});

test('the sessions page ends another session, and keeps this one', async ({ person }) => {
  await person.withDetails();
  const second = (await person.api.want(200, 'POST', '/v1/login', { email: person.email, password: person.password, transport: 'bearer' })).session;
  const page = person.page;
  await page.goto('/settings/sessions');
  await expect(page.locator('#rows li')).toHaveCount(2);
  await page.getByRole('button', { name: 'Log out on' }).click();
  await expect(page.locator('#rows li')).toHaveCount(1);
  await expect(page.getByText('This device')).toBeVisible();
  expect((await person.api.call('GET', '/v1/account', undefined, { authorization: `Bearer ${second}`, cookie: '' })).status).toBe(401);
});

test('a security check that cannot run says so, sends nothing, and runs again on request', async ({ person, complaints }) => {
  const page = person.page;
  complaints.expectNoAnswer('/v1/captcha');
  await page.route('**/v1/captcha', (route) => route.abort(), { times: 2 });
  await fillSignUp(person);
  await expect(page.getByText('use another browser, or write to help@central.example.com')).toBeVisible();
  await page.getByRole('button', { name: 'Submit' }).click();
  await expect(page.getByRole('alert')).toContainText('We could not be reached');
  await page.getByRole('button', { name: 'Run it again' }).click();
  await expect(page.locator('#captcha')).toHaveAttribute('data-state', 'done');
  await page.getByRole('button', { name: 'Submit' }).click();
  await expect(page.getByRole('heading', { name: 'Check your inbox' })).toBeVisible();
  expect(await person.mails()).toHaveLength(1);
});
