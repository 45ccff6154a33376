// Where people land: after a log-in, and by links that were used or opened elsewhere. That does not depend on the window.
import { expect, test } from '../support/person.ts';
import { logIn } from '../support/steps.ts';

test('the API decides where a person lands after every log-in', async ({ person, newPerson }) => {
  await person.verified();
  await logIn(person);
  await expect(person.page).toHaveURL(/\/account-details$/);
  await person.page.goto('/settings/kyc'); // not before the details are there
  await expect(person.page).toHaveURL(/\/account-details$/);
  const second = await newPerson();
  await second.withDetails();
  await second.page.context().clearCookies();
  await logIn(second);
  await expect(second.page).toHaveURL(/\/settings\/kyc$/);
  const third = await newPerson();
  await third.submitted();
  await third.page.context().clearCookies();
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
  await expect(other.page.getByText('You signed up in another browser or on another device.')).toBeVisible();
  await other.page.getByLabel('Password', { exact: true }).fill('Wrong horse 77');
  await other.page.getByRole('button', { name: 'Verify', exact: true }).click();
  await expect(other.page.locator('#password-error')).toBeVisible();
  await other.page.getByLabel('Password', { exact: true }).fill(person.password);
  await other.page.getByRole('button', { name: 'Verify', exact: true }).click();
  await expect(other.page.getByRole('heading', { name: 'Your email is verified' })).toBeVisible();
});

test('opening a used link says so, and fetching it verifies nothing', async ({ person }) => {
  await person.signedUp();
  const link = await person.linkOfMail();
  await person.page.goto(link);
  await person.page.reload(); // as a scanner of mails does, and as people do
  await person.page.getByRole('button', { name: 'Verify', exact: true }).click();
  await expect(person.page.getByRole('heading', { name: 'Your email is verified' })).toBeVisible();
  await person.page.goto('/login'); // the same page with another # would not load anew
  await person.page.goto(link);
  await expect(person.page.getByRole('heading', { name: 'Your email is verified' })).toBeVisible();
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
