// What the holder of an account does with it, on the page /account and from the mails about it.
import { readFile } from 'node:fs/promises';
import { expectAccessible } from '../support/accessible.ts';
import { expect, test } from '../support/person.ts';
import { logIn } from '../support/steps.ts';

test('another address is asked for, confirmed from its mail, and taken back from the mail to the one before', async ({ person }) => {
  await person.withDetails();
  const page = person.page, chosen = 'River stone 77!', to = person.email.replace('person', 'other');
  await page.goto('/account');
  await expectAccessible(page, { schemes: ['light'] });
  await page.getByLabel('New email address').fill('nobody');
  await page.getByRole('button', { name: 'Send the link' }).click();
  await expect(page.getByRole('alert')).toContainText('Enter an email address');
  await page.getByLabel('New email address').fill(to);
  await page.getByRole('button', { name: 'Send the link' }).click();
  await expect(page.getByText(`We have sent a link to ${to}`)).toBeVisible();
  await expect.poll(async () => (await person.messages(to))[0]?.text).toContain('/confirm-email#');
  const [mail] = await person.messages(to);
  await page.goto(/https?:\/\/\S+/.exec(mail?.text ?? '')?.[0] ?? '');
  await expect(page.getByText(to)).toBeVisible();
  await page.getByRole('button', { name: 'Confirm the address' }).click();
  await expect(page.getByRole('heading', { name: 'Your address is changed' })).toBeFocused();
  await page.goto(await person.linkOfMail('was changed'));
  await page.getByRole('button', { name: 'Take it back' }).click();
  await expect(page).toHaveURL(/\/reset-password$/);
  await page.getByLabel('New password', { exact: true }).fill(chosen);
  await page.getByLabel('Confirm Password', { exact: true }).fill(chosen);
  await page.getByRole('button', { name: 'Save the new password' }).click();
  await expect(page.getByRole('heading', { name: 'Your new password is set' })).toBeFocused();
  person.password = chosen;
  await logIn(person);
  await expect(page).toHaveURL(/\/settings\/kyc$/);
});

test('everything is taken along in one archive, the account is closed, and taken back', async ({ person, complaints }) => {
  await person.withDetails();
  const page = person.page;
  await page.goto('/account');
  await expect(page.locator('#activity li', { hasText: 'Logged in' })).toHaveCount(1);
  await expect(page.locator('#consents li')).toContainText(['Terms, version']);
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Make the file' }).click();
  const archive = await readFile(await (await saved).path());
  expect(archive.readUInt32LE(0)).toBe(0x04034b50);
  expect(archive.readUInt32LE(archive.length - 22)).toBe(0x06054b50);
  const length = archive.readUInt32LE(18), from = 30 + archive.readUInt16LE(26);
  expect(JSON.parse(archive.subarray(from, from + length).toString()).account.email).toBe(person.email);

  await page.getByRole('button', { name: 'See what happens then' }).click();
  await expect(page.getByText('The log of what happened in the account, until')).toBeVisible();
  await page.getByRole('button', { name: 'Keep it' }).click();
  await page.getByRole('button', { name: 'See what happens then' }).click();
  complaints.expectStatus(403, '/v1/login');
  await page.getByRole('button', { name: 'Close the account' }).click();
  await expect(page.getByText('Your account is closed')).toBeVisible();
  await logIn(person);
  await expect(page.getByRole('heading', { name: 'Your account is being closed' })).toBeVisible();
  await expectAccessible(page, { schemes: ['light'], widths: [360] });
  await page.getByRole('button', { name: 'Take the account back' }).click();
  await expect(page.getByText('Your account is open again')).toBeVisible();
  await logIn(person);
  await expect(page).toHaveURL(/\/settings\/kyc$/);
});
