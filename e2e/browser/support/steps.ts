// The steps of the journey as people take them, in the pages. Over the API they are in person.ts.
import { type Locator, type Page, expect } from '@playwright/test';
import { type File, jpeg, pdf } from './files.ts';
import { goodFields, type Person } from './person.ts';

/** Fills the sign-up form, and does not send it. */
export async function fillSignUp(p: Person, password = p.password) {
  await p.page.goto('/signup');
  await p.page.getByLabel('Email').fill(p.email);
  await p.page.getByLabel('Password', { exact: true }).fill(password);
  await p.page.getByLabel('Confirm Password', { exact: true }).fill(password);
  await p.page.getByRole('checkbox', { name: 'I agree to the Central Terms & Conditions' }).check();
}

export async function signUp(p: Person) {
  await fillSignUp(p);
  await p.page.getByRole('button', { name: 'Submit' }).click();
  await expect(p.page.getByRole('heading', { name: 'Check your inbox' })).toBeVisible();
  await expect(p.page.getByText(p.email)).toBeVisible();
}

export async function verify(p: Person) {
  await p.page.goto(await p.linkOfMail());
  await p.page.getByRole('button', { name: 'Verify', exact: true }).click();
  await expect(p.page.getByRole('heading', { name: 'Your email is verified' })).toBeFocused();
}

export async function logIn(p: Person, password = p.password) {
  await p.page.goto('/login');
  await p.page.getByLabel('Email').fill(p.email);
  await p.page.getByLabel('Password', { exact: true }).fill(password);
  await p.page.getByRole('button', { name: 'Log in' }).click();
}

/** Fills the details but for the number. */
export async function fillDetails(p: Person, type: 'Individual' | 'Company' = 'Individual') {
  const page = p.page, company = type === 'Company';
  await expect(page.getByRole('heading', { name: 'Account Details' })).toBeVisible();
  await page.getByRole('radio', { name: type }).check();
  await page.getByLabel('First Name').fill(p.firstName);
  await page.getByLabel('Last Name').fill(p.lastName);
  if (company) await page.getByLabel('Company Name').fill(p.companyName);
  await page.getByLabel('Sector').selectOption({ label: 'Retail and e-commerce' });
  if (company) await page.getByText('Landline', { exact: true }).click();
}

/** Has a code sent to the mobile, or read to the landline. */
export async function askForCode(p: Person, kind: 'mobile' | 'landline' = 'mobile') {
  const mobile = kind === 'mobile';
  await p.page.getByRole('textbox', { name: mobile ? 'Mobile number' : 'Landline number' }).fill((mobile ? p.phone : p.landline).slice(3));
  await p.page.getByRole('button', { name: 'Send code' }).click();
  await expect(p.page.getByLabel('Enter the 6-digit code')).toBeFocused();
}

export async function proveNumber(p: Person, kind: 'mobile' | 'landline' = 'mobile') {
  await askForCode(p, kind);
  await p.page.getByLabel('Enter the 6-digit code').fill(kind === 'mobile' ? await p.codeOfSms() : await p.codeOfCall());
  await p.page.getByRole('button', { name: 'Verify number' }).click();
  await expect(p.page.locator('#phone-verified')).toContainText('Verified');
  await expect(p.page.locator('#phone-verified')).toBeFocused();
}

export async function giveDetails(p: Person, type: 'Individual' | 'Company' = 'Individual') {
  await fillDetails(p, type);
  await proveNumber(p, type === 'Company' ? 'landline' : 'mobile');
  await p.page.getByRole('button', { name: 'Create' }).click();
  await expect(p.page).toHaveURL(/\/settings\/kyc$/);
}

/** Fills what the case needs, by the menu in the top right corner, and submits it. */
export async function giveKyc(p: Person, entityType: string, name: string) {
  const page = p.page;
  await page.goto('/');
  await page.getByRole('button', { name: 'Account menu' }).click();
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'KYC' }).click();
  await page.getByRole('link', { name: 'Edit' }).click();
  await page.getByLabel('Select Entity Type').selectOption({ label: name });
  for (const [field, value] of Object.entries(goodFields[entityType] ?? {})) {
    await fillField(page, field, value);
    await expect(page.locator('#autosave')).toHaveText('All changes are saved.');
  }
  await uploadAll(page);
  await agree(page);
  await page.getByRole('button', { name: 'Submit' }).click();
  await expect(page).toHaveURL(/\/settings\/kyc$/);
  await expect(page.locator('#status')).toHaveText('Submitted');
}

/** Accepts the KYC notice and declares what stands in it, on a case that lacks nothing. */
export async function agree(page: Page) {
  await expect(page.locator('#consent')).toBeVisible();
  for (const box of await page.locator('#consent').getByRole('checkbox').all()) await box.check();
}

/** Gives a field of the case its value, whether it is typed or chosen. */
export async function fillField(page: Page, field: string, value: string) {
  const control = page.locator(`#field-${field}`);
  if (await control.evaluate((element) => element instanceof HTMLSelectElement)) await control.selectOption(value);
  else {
    await control.fill(value);
    await control.blur();
  }
}

async function uploadAll(page: Page) {
  const needed = page.locator('li[data-requirement]').filter({ hasText: 'Needed' });
  await expect(needed.first()).toBeVisible();
  for (const [i, id] of (await needed.evaluateAll((rows) => rows.map((r) => (r as HTMLElement).dataset.requirement ?? ''))).entries()) {
    await give(rowOf(page, id), i % 2 === 0 ? pdf() : jpeg());
  }
  await expect(page.locator('#left')).toHaveText('Nothing is left: you can submit.');
}

export const rowOf = (page: Page, requirement: string) => page.locator(`li[data-requirement=${requirement}]`);

/** Opens a part of the case, if it is folded. */
export async function unfold(part: Locator) {
  const toggle = part.locator('.part__toggle');
  await expect(part.page().locator('#submitbar')).toBeVisible(); // the page has begun
  if (await toggle.getAttribute('aria-expanded') === 'false') await toggle.click();
  await expect(toggle).toHaveAttribute('aria-expanded', 'true');
}

/** Chooses files in a row, and says of each which document it is where that is asked: the first one, unless another is named. */
export async function choose(row: Locator, files: File | File[], kind: string | { index: number } = { index: 1 }) {
  await unfold(row);
  await row.locator('[data-file]').setInputFiles(files);
  if (await row.locator('[data-options]').isHidden()) return;
  for (let i = 0; i < [files].flat().length; i++) await row.locator('.which select').first().selectOption(kind);
}

/** Gives a file that is good, and waits until it counts. */
export async function give(row: Locator, file: File, kind?: string | { index: number }) {
  await choose(row, file, kind);
  await expect(row.locator('[data-chip]')).toHaveText('Uploaded');
}

/** Makes the network of a page slow: so many KiB a second each way, 400 ms away, as slow 3G is. */
export async function slow(page: Page, kibPerSecond: number) {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', {
    offline: false, latency: 400, downloadThroughput: kibPerSecond * 1024, uploadThroughput: kibPerSecond * 1024,
  });
}
