// The way from "never heard of us" to a submitted case, as people take it.
import type { Page } from '@playwright/test';
import { jpeg, pdf } from '../support/files.ts';
import { expect, goodFields, type Person, test } from '../support/person.ts';

async function signUp(p: Person) {
  await p.page.goto('/signup');
  await p.page.getByLabel('Email').fill(p.email);
  await p.page.getByLabel('Password', { exact: true }).fill(p.password);
  await p.page.getByLabel('Confirm Password', { exact: true }).fill(p.password);
  await p.page.getByRole('checkbox', { name: 'I agree to the Central Terms & Conditions' }).check();
  await p.page.getByRole('button', { name: 'Submit' }).click();
  await expect(p.page.getByRole('heading', { name: 'Check your inbox' })).toBeVisible();
  await expect(p.page.getByText(p.email)).toBeVisible();
}

async function verify(p: Person) {
  await p.page.goto(await p.linkOfMail());
  await p.page.getByRole('button', { name: 'Verify my email' }).click();
  await expect(p.page.getByRole('heading', { name: 'Your email is verified' })).toBeFocused();
}

async function logIn(p: Person) {
  await p.page.goto('/login');
  await p.page.getByLabel('Email').fill(p.email);
  await p.page.getByLabel('Password', { exact: true }).fill(p.password);
  await p.page.getByRole('button', { name: 'Log in' }).click();
}

async function details(p: Person, type: 'Individual' | 'Company') {
  const page = p.page, company = type === 'Company';
  await expect(page.getByRole('heading', { name: 'Account Details' })).toBeVisible();
  await page.getByRole('radio', { name: type }).check();
  await page.getByLabel('First Name').fill(p.firstName);
  await page.getByLabel('Last Name').fill(p.lastName);
  if (company) await page.getByLabel('Company Name').fill(p.companyName);
  await page.getByLabel('Sector').selectOption({ label: 'Retail and e-commerce' });
  if (company) await page.getByText('Landline', { exact: true }).click();
  await page.getByRole('textbox', { name: company ? 'Landline number' : 'Mobile number' }).fill((company ? p.landline : p.phone).slice(3));
  await page.getByRole('button', { name: 'Send code' }).click();
  await expect(page.getByLabel('Enter the 6-digit code')).toBeFocused();
  await page.getByLabel('Enter the 6-digit code').fill(company ? await p.codeOfCall() : await p.codeOfSms());
  await page.getByRole('button', { name: 'Verify number' }).click();
  await expect(page.locator('#phone-verified')).toContainText('Verified');
  await expect(page.locator('#phone-verified')).toBeFocused();
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(page).toHaveURL(/\/settings\/kyc$/);
}

/** Fills what the case needs, by the menu in the top right corner. */
async function kyc(p: Person, entityType: string, name: string) {
  const page = p.page;
  await page.goto('/');
  await page.getByRole('button', { name: 'Account menu' }).click();
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'KYC' }).click();
  await page.getByRole('link', { name: 'Edit' }).click();
  await page.getByLabel('Select Entity Type').selectOption({ label: name });
  for (const [field, value] of Object.entries(goodFields[entityType] ?? {})) {
    await page.locator(`#field-${field}`).fill(value);
    await page.locator(`#field-${field}`).blur();
    await expect(page.locator('#autosave')).toHaveText('All changes are saved.');
  }
  await uploadAll(page);
  await page.getByRole('button', { name: 'Submit' }).click();
  await expect(page).toHaveURL(/\/settings\/kyc$/);
  await expect(page.locator('#status')).toHaveText('Submitted');
}

async function uploadAll(page: Page) {
  const needed = page.locator('li[data-requirement]').filter({ hasText: /Needed|One more needed/ });
  await expect(needed.first()).toBeVisible();
  for (const [i, id] of (await needed.evaluateAll((rows) => rows.map((r) => (r as HTMLElement).dataset.requirement ?? ''))).entries()) {
    const row = page.locator(`[data-requirement=${id}]`);
    await row.locator('[data-file]').setInputFiles(i % 2 === 0 ? pdf() : jpeg());
    await expect(row.locator('[data-chip]')).toHaveText('Uploaded');
  }
  await expect(page.locator('#left')).toHaveText('Nothing is left: you can submit.');
}

test('an individual with a mobile gets from sign-up to a submitted case', async ({ person }) => {
  await signUp(person);
  await verify(person);
  await logIn(person);
  await details(person, 'Individual');
  await kyc(person, 'individual', 'Individual');
  await person.takeCookies();
  expect((await person.kycCase()).status).toBe('submitted');
});

test('a company with a landline gets from sign-up to a submitted case', async ({ person }) => {
  await signUp(person);
  await verify(person);
  await logIn(person);
  await details(person, 'Company');
  await kyc(person, 'private_limited', 'Private limited company');
});

test('the API decides where a person lands after every log-in', async ({ person, newPerson }) => {
  await person.verified();
  await logIn(person);
  await expect(person.page).toHaveURL(/\/account-details$/);
  await person.page.goto('/settings/kyc'); // not before the details are there
  await expect(person.page).toHaveURL(/\/account-details$/);
  const second = await newPerson();
  await second.withDetails();
  await logIn(second);
  await expect(second.page).toHaveURL(/\/settings\/kyc$/);
  const third = await newPerson();
  await third.submitted();
  await logIn(third);
  await expect(third.page.getByRole('heading', { name: 'Hello, Asha' })).toBeVisible();
  await expect(third.page).toHaveURL(/:\d+\/$/);
});

test('a link opened in another browser asks for the password, and takes no other', async ({ person, newPerson, complaints }) => {
  await person.signedUp();
  const other = await newPerson();
  const link = await person.linkOfMail();
  complaints.expectStatus(403, '/v1/verify');
  await other.page.goto(link);
  await other.page.getByRole('button', { name: 'Verify my email' }).click();
  await expect(other.page.getByText('You signed up in another browser')).toBeVisible();
  await other.page.getByLabel('Password', { exact: true }).fill('Wrong horse 77');
  await other.page.getByRole('button', { name: 'Verify my email' }).click();
  await expect(other.page.locator('#password-error')).toBeVisible();
  await other.page.getByLabel('Password', { exact: true }).fill(person.password);
  await other.page.getByRole('button', { name: 'Verify my email' }).click();
  await expect(other.page.getByRole('heading', { name: 'Your email is verified' })).toBeVisible();
});

test('opening a used link says so, and fetching it verifies nothing', async ({ person, complaints }) => {
  await person.signedUp();
  const link = await person.linkOfMail();
  await person.page.goto(link);
  await person.page.reload(); // as a scanner of mails does, and as people do
  await person.page.getByRole('button', { name: 'Verify my email' }).click();
  await expect(person.page.getByRole('heading', { name: 'Your email is verified' })).toBeVisible();
  complaints.expectStatus(410, '/v1/verify');
  await person.page.goto('/login'); // the same page with another # would not load anew
  await person.page.goto(link);
  await person.page.getByRole('button', { name: 'Verify my email' }).click();
  await expect(person.page.getByRole('heading', { name: 'Your email is verified already' })).toBeVisible();
});

test('a forgotten password is chosen anew, and ends the sessions that were open', async ({ person, complaints }) => {
  await person.withDetails();
  const page = person.page, chosen = 'River stone 77!';
  await page.goto('/forgot-password');
  await page.getByLabel('Email').fill(person.email);
  await page.getByRole('button', { name: 'Send the link' }).click();
  await expect(page.getByText(`If ${person.email} has an account`)).toBeVisible();
  await page.goto(await person.linkOfMail(/reset|password/i));
  await page.getByLabel('New password', { exact: true }).fill(chosen);
  await page.getByLabel('Confirm Password', { exact: true }).fill(chosen);
  await page.getByRole('button', { name: 'Save the new password' }).click();
  await expect(page.getByRole('heading', { name: 'Your new password is set' })).toBeFocused();
  complaints.expectStatus(401, '/v1/account');
  expect((await person.api.call('GET', '/v1/account')).status).toBe(401);
  await page.goto('/settings');
  await expect(page).toHaveURL(/\/login/);
  person.password = chosen;
  await logIn(person);
  await expect(page).toHaveURL(/\/settings\/kyc$/);
});

test('the keyboard alone signs up', async ({ person }) => {
  const page = person.page;
  await page.goto('/signup');
  await page.getByLabel('Email').focus();
  await page.keyboard.type(person.email);
  await page.keyboard.press('Tab');
  await page.keyboard.type(person.password);
  await page.keyboard.press('Tab'); // Show
  await page.keyboard.press('Tab');
  await page.keyboard.type(person.password);
  await page.keyboard.press('Tab'); // Show
  await page.keyboard.press('Tab');
  await expect(page.getByRole('checkbox')).toBeFocused();
  await page.keyboard.press('Space');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Check your inbox' })).toBeVisible();
});
