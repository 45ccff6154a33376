// Back, reload, a second tab and a second press, at each step of the way.
import type { Locator, Page } from '@playwright/test';
import { pdf } from '../support/files.ts';
import { expect, goodFields, type Person, test } from '../support/person.ts';
import { agree, askForCode, choose, fillDetails, giveDetails, logIn, signUp, unfold, verify } from '../support/steps.ts';

/** How often the browser asked for that. */
const asked = (p: Person, what: string) => p.network.requests.filter((r) => r.startsWith(what.split(' ')[0]!) && r.endsWith(what.split(' ')[1]!)).length;

/** Presses as an impatient person does: again before anything could have happened. */
const pressTwice = (button: Locator) => button.evaluate((b) => { (b as HTMLElement).click(); (b as HTMLElement).click(); });

const secondTab = async (p: Person, path: string): Promise<Page> => {
  const tab = await p.context.newPage();
  await tab.goto(path);
  return tab;
};

test.describe('back', () => {
  test('from the inbox keeps the address and no password, and the link of the first sign-up goes on working', async ({ person }) => {
    const page = person.page;
    await signUp(person);
    await page.goBack();
    await expect(page.getByLabel('Email')).toHaveValue(person.email);
    await page.goForward();
    await expect(page.getByText(person.email)).toBeVisible();
    await verify(person);
  });

  test('after verifying and after logging in changes nothing', async ({ person }) => {
    const page = person.page;
    await signUp(person);
    await verify(person);
    await page.getByRole('link', { name: 'Log in' }).click();
    await expect(page.getByRole('heading', { name: 'Log in' })).toBeVisible();
    await page.goBack();
    await expect(page.getByRole('heading', { name: 'Your email is verified' })).toBeVisible();
    await logIn(person);
    await expect(page).toHaveURL(/\/account-details$/);
    await page.goBack();
    await expect(page).not.toHaveURL(/\/login/); // it was replaced: nobody lands on a form that was sent
  });

  test('from KYC shows the details as they were saved, and saves them again', async ({ person }) => {
    await person.loggedIn();
    const page = person.page;
    await page.goto('/account-details');
    await giveDetails(person);
    await page.goBack();
    await expect(page.getByLabel('First Name')).toHaveValue(person.firstName);
    await expect(page.locator('#phone-verified')).toBeVisible();
    await page.getByLabel('First Name').fill('Usha');
    await page.getByRole('button', { name: 'Create' }).click();
    await expect(page).toHaveURL(/\/settings\/kyc$/);
    expect((await person.api.want(200, 'GET', '/v1/account')).firstName).toBe('Usha');
  });

  test('after submitting does not lead into a form that is closed', async ({ person }) => {
    await person.withDocuments();
    const page = person.page;
    await page.goto('/settings/kyc/edit');
    await agree(page);
    await page.getByRole('button', { name: 'Submit' }).click();
    await expect(page.locator('#status')).toHaveText('Submitted');
    await page.goBack();
    await expect(page).toHaveURL(/\/settings\/kyc$/);
    await expect(page.getByRole('link', { name: 'Edit' })).toBeHidden();
  });
});

test.describe('reload', () => {
  test('keeps a link that was opened, a code that was asked for, and what was typed', async ({ person }) => {
    const page = person.page;
    await signUp(person);
    await page.goto(await person.linkOfMail());
    await page.reload();
    await page.getByRole('button', { name: 'Verify', exact: true }).click();
    await expect(page.getByRole('heading', { name: 'Your email is verified' })).toBeFocused();
    await logIn(person);
    await fillDetails(person, 'Company');
    await askForCode(person, 'landline');
    await page.reload();
    await expect(page.getByLabel('Company Name')).toHaveValue(person.companyName);
    await expect(page.getByRole('radio', { name: 'Landline' })).toBeChecked();
    await page.getByLabel('Enter the 6-digit code').fill(await person.codeOfCall());
    await page.keyboard.press('Enter');
    await expect(page.locator('#phone-verified')).toBeVisible();
    await page.reload();
    await expect(page.locator('#phone-verified')).toBeVisible();
    await page.getByRole('button', { name: 'Create' }).click();
    await expect(page).toHaveURL(/\/settings\/kyc$/);
  });

  test('keeps what was saved of a case, and sees what was checked meanwhile', async ({ person }) => {
    await person.withCase('individual', {});
    const page = person.page, row = page.locator('[data-requirement=entity_pan]');
    await page.goto('/settings/kyc/edit');
    await page.locator('#field-pan').fill('ZZZPZ9999Z');
    await page.locator('#field-pan').blur();
    await expect(page.locator('#autosave')).toHaveText('All changes are saved.');
    await Promise.all([page.waitForResponse((r) => r.url().endsWith('/complete')), choose(row, pdf('pan.pdf'))]);
    await expect(row.locator('.file__name')).toHaveText('pan.pdf');
    await page.reload();
    await expect(page.locator('#field-pan')).toHaveValue('ZZZPZ9999Z');
    await expect(row.locator('[data-chip]')).toHaveText('Uploaded');
    await expect(row.locator('.file')).toHaveCount(1);
  });
});

test.describe('two tabs', () => {
  test('can both sign up, and both links lead to one account', async ({ person }) => {
    const other = await secondTab(person, '/signup');
    await signUp(person);
    const first = await person.linkOfMail(), mails = await person.mails();
    const twin = Object.create(person, { page: { value: other } }) as Person;
    await signUp(twin);
    await person.linkOfMail('', mails);
    await other.goto(await person.linkOfMail('', mails));
    await other.getByRole('button', { name: 'Verify', exact: true }).click();
    await expect(other.getByRole('heading', { name: 'Your email is verified' })).toBeFocused();
    await expect(person.page).toHaveURL(/\/login\?verified$/); // the tab that waited moves on
    await person.page.goto(first);
    await expect(person.page.getByRole('heading', { name: 'Your email is verified' })).toBeVisible();
    await logIn(person);
    await expect(person.page).toHaveURL(/\/account-details$/);
  });

  test('can both log in and both go on', async ({ person }) => {
    await person.verified();
    const other = await secondTab(person, '/login');
    await logIn(person);
    await expect(person.page).toHaveURL(/\/account-details$/);
    await other.getByLabel('Email').fill(person.email);
    await other.getByLabel('Password', { exact: true }).fill(person.password);
    await other.getByRole('button', { name: 'Log in' }).click();
    await expect(other).toHaveURL(/\/account-details$/);
    await person.page.reload();
    await expect(person.page.getByRole('heading', { name: 'Account Details' })).toBeVisible();
  });

  test('of which one proved the number: the other says that the code was used, and sees the number after a reload', async ({ person, complaints }) => {
    complaints.expectStatus(410, '/v1/otp/verify');
    await person.loggedIn();
    const page = person.page;
    await page.goto('/account-details');
    await askForCode(person);
    const code = await person.codeOfSms(), challenge = JSON.parse((await page.evaluate(() => sessionStorage.getItem('phone.challenge')))!);
    await person.api.want(200, 'POST', '/v1/otp/verify', { challengeId: challenge.challengeId, code });
    await page.getByLabel('Enter the 6-digit code').fill(code);
    await page.getByRole('button', { name: 'Verify number' }).click();
    await expect(page.locator('#code-error')).toContainText('used already');
    await page.evaluate(() => sessionStorage.clear());
    await page.reload();
    await expect(page.locator('#phone-verified')).toBeVisible();
  });

  test('of which one changed the details: the other shows and saves its own', async ({ person }) => {
    await person.withDetails();
    const other = await secondTab(person, '/settings');
    await expect(other.getByLabel('First Name')).toHaveValue('Asha');
    await person.page.goto('/settings');
    await person.page.getByLabel('First Name').fill('Usha');
    await person.page.getByRole('button', { name: 'Save' }).click();
    await expect(person.page.getByText('Saved.')).toBeVisible();
    await other.getByLabel('Last Name').fill('Rao-Iyer');
    await other.getByRole('button', { name: 'Save' }).click();
    await expect(other.getByText('Saved.')).toBeVisible();
    expect((await person.api.want(200, 'GET', '/v1/account')).lastName).toBe('Rao-Iyer');
  });

  test('of which one submitted: the other says that the case is closed, and changes nothing', async ({ person, complaints }) => {
    complaints.expectStatus(412, '/v1/kyc');
    await person.withDocuments();
    const other = await secondTab(person, '/settings/kyc/edit');
    await expect(other.locator('#left')).toHaveText('Nothing is left: you can submit.');
    await person.submit();
    await unfold(other.locator('#details'));
    await other.locator('#field-pan').fill('AAAPA0000A');
    await other.locator('#field-pan').blur();
    await expect(other.locator('#trouble')).toContainText('with us for review');
    expect((await person.kycCase()).fields.pan).toBe('ZZZPZ9999Z');
  });

  test('of which one added a file: the other sees it with its next change', async ({ person, complaints }) => {
    complaints.expectStatus(412, '/v1/kyc'); // that is how it hears of it
    await person.withCase('individual');
    const other = await secondTab(person, '/settings/kyc/edit');
    await expect(other.locator('[data-requirement=entity_pan] [data-chip]')).toHaveText('Needed');
    await person.settled(await person.upload('entity_pan', 'pan_card', pdf()));
    await unfold(other.locator('#details'));
    const field = other.locator('#field-pinCode');
    await field.fill('380 001');
    await field.blur();
    await expect(other.locator('[data-requirement=entity_pan] [data-chip]')).toHaveText('Uploaded');
    await expect.poll(async () => (await person.kycCase()).fields).toEqual({ ...goodFields.individual, pinCode: '380001' });
  });
});

test('a second press sends nothing twice, on any form of the way', async ({ person }) => {
  test.setTimeout(90_000);
  const page = person.page;
  await signUp(person);
  await page.goto(await person.linkOfMail());
  await pressTwice(page.getByRole('button', { name: 'Verify', exact: true }));
  await expect(page.getByRole('heading', { name: 'Your email is verified' })).toBeFocused();
  await page.goto('/login');
  await page.getByLabel('Email').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await pressTwice(page.getByRole('button', { name: 'Log in' }));
  await fillDetails(person);
  await page.getByRole('textbox', { name: 'Mobile number' }).fill(person.phone);
  await pressTwice(page.getByRole('button', { name: 'Send code' }));
  await page.getByLabel('Enter the 6-digit code').fill(await person.codeOfSms());
  await pressTwice(page.getByRole('button', { name: 'Verify number' }));
  await expect(page.locator('#phone-verified')).toBeVisible(); // its text is there before
  await pressTwice(page.getByRole('button', { name: 'Create' }));
  await expect(page).toHaveURL(/\/settings\/kyc$/);
  for (const what of ['POST /v1/verify', 'POST /v1/login', 'POST /v1/otp', 'POST /v1/otp/verify', 'PUT /v1/account/details']) {
    expect(asked(person, what), what).toBe(1);
  }
  expect(await person.messages(person.phone)).toHaveLength(1);
});

test('a second press sends nothing twice in settings', async ({ person }) => {
  test.setTimeout(90_000);
  await person.withDocuments();
  const page = person.page;
  await page.goto('/settings');
  await page.getByLabel('Last Name').fill('Iyer');
  await pressTwice(page.getByRole('button', { name: 'Save' }));
  await expect(page.getByText('Saved.')).toBeVisible();
  await page.goto('/settings/kyc/edit');
  await expect(page.locator('#left')).toHaveText('Nothing is left: you can submit.');
  await agree(page);
  await pressTwice(page.getByRole('button', { name: 'Submit' }));
  await expect(page.locator('#status')).toHaveText('Submitted');
  await page.goto('/settings/password');
  await expect(page.getByRole('button', { name: 'Account menu' })).toContainText('Asha Iyer');
  await page.getByLabel('Current password', { exact: true }).fill(person.password);
  await page.getByLabel('New password', { exact: true }).fill('River stone 77!');
  await page.getByLabel('Confirm Password', { exact: true }).fill('River stone 77!');
  await pressTwice(page.getByRole('button', { name: 'Change the password' }));
  await expect(page.getByText('Your password is changed')).toBeVisible();
  await page.goto('/forgot-password');
  await page.getByLabel('Email').fill(person.email);
  await pressTwice(page.getByRole('button', { name: 'Send the link' }));
  await expect(page.getByText(`If ${person.email} has an account`)).toBeVisible();
  await page.goto(await person.linkOfMail(/reset|choose/i));
  await page.getByLabel('New password', { exact: true }).fill('River stone 78!');
  await page.getByLabel('Confirm Password', { exact: true }).fill('River stone 78!');
  await pressTwice(page.getByRole('button', { name: 'Save the new password' }));
  await expect(page.getByRole('heading', { name: 'Your new password is set' })).toBeFocused();
  for (const what of ['POST /v1/kyc/submit', 'PUT /v1/account/password', 'PUT /v1/account/details', 'POST /v1/password/forgot', 'POST /v1/password/reset']) {
    expect(asked(person, what), what).toBe(1);
  }
});

test('a number that is proven stays until another one is', async ({ person }) => {
  await person.withDetails();
  const page = person.page;
  await page.goto('/settings');
  await page.locator('#phone-change').click();
  await page.getByText('Landline', { exact: true }).click();
  await page.getByRole('textbox', { name: 'Landline number' }).fill(person.landline);
  await page.getByRole('button', { name: 'Send code' }).click();
  await expect(page.getByLabel('Enter the 6-digit code')).toBeFocused();
  expect((await person.api.want(200, 'GET', '/v1/account')).phone).toMatchObject({ number: person.phone, kind: 'mobile' });
  await page.reload();
  await page.locator('#phone-cancel').click();
  await expect(page.locator('#phone-verified')).toBeVisible();
});
