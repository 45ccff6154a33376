// What only the API knows is wrong, form by form: said where people look, with what they typed still there.
import { emptyFile, largePdf, pdf } from '../support/files.ts';
import { eventually, expect, test } from '../support/person.ts';
import { askForCode, fillSignUp, logIn } from '../support/steps.ts';

test.describe('sign-up', () => {
  test('names an address that is none, and passwords that differ or miss something', async ({ person, complaints }) => {
    const page = person.page;
    await fillSignUp(person);
    await page.getByLabel('Email').fill('asha at example.com');
    await page.getByLabel('Confirm Password', { exact: true }).fill('another');
    await page.getByLabel('Password', { exact: true }).fill('mango');
    await page.getByRole('button', { name: 'Submit' }).click();
    await expect(page.locator('#problems li')).toHaveText([/like name@example.com/, /still needs: 8 characters or more/, /not the same/]);
    complaints.expectStatus(422, '/v1/signup');
    await page.getByLabel('Email').fill('asha@localhost');
    await page.getByLabel('Password', { exact: true }).fill(person.password);
    await page.getByLabel('Confirm Password', { exact: true }).fill(person.password);
    await page.getByRole('button', { name: 'Submit' }).click();
    await expect(page.locator('#email-error')).toBeVisible();
    await expect(page.getByLabel('Password', { exact: true })).toHaveValue(person.password);
  });

  test('refuses the address as a password', async ({ person, complaints }) => {
    complaints.expectStatus(422, '/v1/signup');
    const page = person.page, own = `A1-${person.email}`;
    await fillSignUp(person, own);
    await page.getByLabel('Email').fill(own);
    await page.getByRole('button', { name: 'Submit' }).click();
    await expect(page.locator('#password-error')).toContainText('Do not use your email address');
  });

  test('says when the terms are no longer those on the page', async ({ person, complaints }) => {
    complaints.expectStatus(422, '/v1/signup');
    const page = person.page;
    await fillSignUp(person);
    await page.locator('#form').evaluate((form) => ((form as HTMLFormElement).dataset.terms = '2020-01-01'));
    await page.getByRole('button', { name: 'Submit' }).click();
    await expect(page.locator('#problems')).toContainText('The terms have changed');
    expect(await person.mails()).toHaveLength(0);
  });

  test('solves the check again when the answer was spent', async ({ person, complaints }) => {
    complaints.expectStatus(422, '/v1/signup');
    const page = person.page;
    await page.route('**/v1/signup', async (route) => { // another tab was quicker with the same answer
      await route.fetch({ method: 'POST', postData: { ...route.request().postDataJSON(), email: `other-${person.email}` } });
      await route.continue();
    }, { times: 1 });
    await fillSignUp(person);
    await page.getByRole('button', { name: 'Submit' }).click();
    await expect(page.locator('#problems')).toContainText('Solve a new one');
    await page.getByRole('button', { name: 'Submit' }).click();
    await expect(page.getByRole('heading', { name: 'Check your inbox' })).toBeVisible();
  });

  test('counts down when there were too many for an address, and loses nothing', async ({ person, complaints }) => {
    complaints.expectStatus(429, '/v1/signup');
    const page = person.page;
    for (let i = 0; i < 20; i++) await person.signUp();
    await fillSignUp(person);
    await page.getByRole('button', { name: 'Submit' }).click();
    await expect(page.locator('#problems')).toContainText('Too many sign-ups for this address');
    await expect(page.locator('#form [type=submit]')).toHaveText(/Try again in \d+:\d\d/);
    await expect(page.locator('#form [type=submit]')).toHaveAttribute('aria-disabled', 'true');
    await expect(page.getByLabel('Email')).toHaveValue(person.email);
    const sent = person.network.requests.filter((r) => r.endsWith('/v1/signup')).length;
    await page.locator('#form [type=submit]').click({ force: true });
    expect(person.network.requests.filter((r) => r.endsWith('/v1/signup'))).toHaveLength(sent);
  });
});

test.describe('links', () => {
  test('that are cut off say so', async ({ person, complaints }) => {
    await person.signedUp();
    const page = person.page, link = await person.linkOfMail();
    await page.goto('/verify');
    await page.getByRole('button', { name: 'Verify', exact: true }).click();
    await expect(page.locator('#problems')).toContainText('This link is not complete');
    complaints.expectStatus(400, '/v1/verify');
    await page.goto('/login');
    await page.goto(link.slice(0, -8));
    await page.getByRole('button', { name: 'Verify', exact: true }).click();
    await expect(page.locator('#problems')).toContainText('This link is not complete');
    complaints.expectStatus(400, '/v1/password/reset');
    await page.goto(link.replace('/verify', '/reset-password').slice(0, -8));
    await page.getByLabel('New password', { exact: true }).fill(person.password);
    await page.getByLabel('Confirm Password', { exact: true }).fill(person.password);
    await page.getByRole('button', { name: 'Save the new password' }).click();
    await expect(page.locator('#problems')).toContainText('This link is not complete');
  });

  test('to verify that are too old lead to the next step', async ({ person, complaints }) => {
    complaints.expectStatus(410, '/v1/verify');
    await person.signedUp();
    await person.page.route('**/v1/verify', (route) => route.fulfill({ // nobody waits for a day here
      status: 410, contentType: 'application/problem+json', json: { status: 410, code: 'link_expired', detail: 'This link has expired.' },
    }));
    await person.page.goto(await person.linkOfMail());
    await person.page.getByRole('button', { name: 'Verify', exact: true }).click();
    await expect(person.page.getByRole('heading', { name: 'This link does not work any more' })).toBeFocused();
    await expect(person.page.locator('#expired').getByRole('link', { name: 'Sign Up' })).toBeVisible();
  });

  test('to reset that were used lead to another, and a reset shows what is wrong with a password', async ({ person, newPerson, complaints }) => {
    complaints.expectStatus(422, '/v1/password/reset');
    complaints.expectStatus(410, '/v1/password/reset');
    await person.verified();
    const page = person.page, save = page.getByRole('button', { name: 'Save the new password' });
    await page.goto('/forgot-password');
    await page.getByRole('button', { name: 'Send the link' }).click();
    await expect(page.locator('#email-error')).toContainText('Enter an email address');
    await page.getByLabel('Email').fill(person.email);
    await page.getByRole('button', { name: 'Send the link' }).click();
    await expect(page.getByText(`If ${person.email} has an account`)).toBeVisible();
    const link = await person.linkOfMail(/reset|password/i);
    await page.goto(link);
    const fill = async (password: string) => {
      await page.getByLabel('New password', { exact: true }).fill(password);
      await page.getByLabel('Confirm Password', { exact: true }).fill(password);
    };
    await fill('Password1!');
    await save.click();
    await expect(page.locator('#password-error')).toContainText('guessed first');
    await fill('River stone 77!');
    await save.click();
    await expect(page.getByRole('heading', { name: 'Your new password is set' })).toBeVisible();
    await page.goto('/login');
    await page.goto(link); // where it was used, the page knows what is
    await expect(page.getByRole('heading', { name: 'Your new password is set' })).toBeVisible();
    const elsewhere = (await newPerson()).page;
    await elsewhere.goto(link);
    await elsewhere.getByLabel('New password', { exact: true }).fill('River stone 78!');
    await elsewhere.getByLabel('Confirm Password', { exact: true }).fill('River stone 78!');
    await elsewhere.getByRole('button', { name: 'Save the new password' }).click();
    await expect(elsewhere.locator('#expired')).toContainText('Ask for another');
    expect((await person.api.call('POST', '/v1/login', { email: person.email, password: 'River stone 78!' })).status).toBe(401);
  });

  test('to verify ask for the password ten times and no more', async ({ person, newPerson, complaints }) => {
    complaints.expectStatus(429, '/v1/verify');
    await person.signedUp();
    const other = await newPerson(), link = await person.linkOfMail(), token = new URL(link).hash.slice(1);
    for (let i = 0; i < 10; i++) await other.api.want(403, 'POST', '/v1/verify', { token, password: 'Wrong horse 77' });
    await other.page.goto(link);
    await other.page.getByLabel('Password', { exact: true }).fill('Wrong horse 77');
    await other.page.getByRole('button', { name: 'Verify', exact: true }).click();
    await expect(other.page.locator('#problems')).toContainText('Too many wrong passwords for this link');
    await expect(other.page.locator('#form [type=submit]')).toHaveText(/Try again in/);
  });
});

test.describe('log-in', () => {
  test('asks for what is missing, and for the check where a network has tried many addresses', async ({ person, complaints }) => {
    complaints.expectStatus(401, '/v1/login');
    complaints.expectStatus(422, '/v1/login');
    await person.verified();
    const page = person.page;
    await page.goto('/login');
    await page.getByRole('button', { name: 'Log in' }).click();
    await expect(page.locator('#problems li')).toHaveCount(2);
    let tried = 0;
    await eventually('a captcha', async () => ((await person.api.call('POST', '/v1/login', { email: `${++tried}-${person.email}`, password: 'Wrong horse 77' })).status === 422 ? true : undefined));
    expect(tried).toBe(21);
    await logIn(person, 'Wrong horse 77');
    await expect(page.locator('#captcha')).toBeVisible();
    await expect(page.locator('#captcha')).toHaveAttribute('data-state', 'done');
    await page.getByLabel('Password', { exact: true }).fill('Wrong horse 78');
    await page.getByRole('button', { name: 'Log in' }).click();
    await expect(page.getByRole('alert')).toContainText('Email address or password are not right');
    await page.getByLabel('Password', { exact: true }).fill(person.password);
    await page.getByRole('button', { name: 'Log in' }).click();
    await expect(page).toHaveURL(/\/account-details$/);
  });
});

test.describe('account details', () => {
  test('say what is wrong with a number, and send nothing', async ({ person, complaints }) => {
    complaints.expectStatus(422, '/v1/otp');
    await person.loggedIn();
    const page = person.page;
    await page.goto('/account-details');
    const number = page.getByRole('textbox', { name: 'Mobile number' });
    await page.getByRole('button', { name: 'Send code' }).click();
    await expect(page.locator('#phone-error')).toContainText('Enter a phone number');
    for (const [typed, said] of [['12', /not a phone number|phone number/], ['+1 201 555 0123', /Only Indian numbers/], ['1800 123 456', /Service numbers/], [person.landline, /./]] as const) {
      await number.fill(typed);
      await page.getByRole('button', { name: 'Send code' }).click();
      await expect(page.locator('.error:visible').first()).toContainText(said);
      await expect(number).toHaveValue(typed);
    }
    await expect(page.locator('#otp')).toBeHidden();
  });

  test('take spaces, dashes and a leading zero, and the number of a landline only as one', async ({ person, complaints }) => {
    complaints.expectStatus(422, '/v1/otp');
    await person.loggedIn();
    const page = person.page;
    await page.goto('/account-details');
    await page.getByText('Landline', { exact: true }).click();
    await page.getByRole('textbox', { name: 'Landline number' }).fill(person.phone);
    await page.getByRole('button', { name: 'Send code' }).click();
    await expect(page.locator('.error:visible').first()).toBeVisible();
    await page.getByRole('textbox', { name: 'Landline number' }).fill(`0265-${person.landline.slice(6, 9)} ${person.landline.slice(9)}`);
    await page.getByRole('button', { name: 'Send code' }).click();
    await expect(page.locator('#code-hint')).toContainText('We are calling');
    await expect(page.getByRole('button', { name: 'Call me with the code' })).toBeHidden();
    expect(await person.codeOfCall()).toMatch(/^\d{6}$/);
  });

  test('refuse a code after five wrong ones, and say to ask for another', async ({ person, complaints }) => {
    complaints.expectStatus(422, '/v1/otp/verify');
    complaints.expectStatus(410, '/v1/otp/verify');
    await person.loggedIn();
    const page = person.page;
    await page.goto('/account-details');
    await askForCode(person);
    const right = await person.codeOfSms(), wrong = right === '000000' ? '111111' : '000000';
    await page.getByLabel('Enter the 6-digit code').fill('12');
    await page.getByRole('button', { name: 'Verify number' }).click();
    await expect(page.locator('#code-error')).toContainText('Enter the six digits');
    for (let i = 0; i < 5; i++) {
      await page.getByLabel('Enter the 6-digit code').fill(wrong);
      await page.getByRole('button', { name: 'Verify number' }).click();
      await expect(page.getByRole('button', { name: 'Verify number' })).not.toHaveAttribute('aria-busy', 'true');
    }
    await page.getByLabel('Enter the 6-digit code').fill(right);
    await page.getByRole('button', { name: 'Verify number' }).click();
    await expect(page.locator('#code-error')).toContainText('Five wrong codes were entered');
    await expect(page.locator('#phone-verified')).toBeHidden();
  });

  test('count down when a code is asked for too soon', async ({ person, complaints }) => {
    complaints.expectStatus(429, '/v1/otp');
    await person.loggedIn();
    const page = person.page;
    await page.goto('/account-details');
    await askForCode(person);
    await page.getByRole('button', { name: 'Call me with the code' }).click();
    await expect(page.locator('#code-error')).toContainText('A code was sent to this number a moment ago');
    for (const id of ['#resend', '#call']) await expect(page.locator(id)).toHaveText(/Send a new code in 0:\d\d/);
    await page.evaluate(() => sessionStorage.clear()); // as in another tab
    await page.reload();
    await page.getByRole('textbox', { name: 'Mobile number' }).fill(person.phone);
    await page.getByRole('button', { name: 'Send code' }).click();
    await expect(page.locator('#send')).toHaveText(/Try again in 0:\d\d/);
  });

  test('name everything that is missing, and what cannot be in a name', async ({ person, complaints }) => {
    complaints.expectStatus(422, '/v1/account/details');
    await person.withDetails();
    const page = person.page;
    await page.goto('/settings');
    await page.getByRole('radio', { name: 'Company' }).check();
    await page.getByLabel('Company Name').fill('');
    await page.getByLabel('First Name').fill(' ');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.locator('#problems li')).toHaveText(['Enter your first name', 'Enter the name of the company']);
    await page.getByLabel('Company Name').fill('x'.repeat(201));
    await page.getByLabel('First Name').fill('As\u202eha');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.locator('#firstName-error')).toContainText('invisible character');
    await expect(page.locator('#companyName-error')).toContainText('too long');
    expect((await person.api.want(200, 'GET', '/v1/account')).firstName).toBe('Asha');
    await page.getByLabel('Company Name').fill('Rao & Töchter <b>');
    await page.getByLabel('First Name').fill('आशा');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('Saved.')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Account menu' })).toContainText('आशा Rao');
  });
});

test('changing the password names a wrong one at its field, and saves one that is right', async ({ person, complaints }) => {
  complaints.expectStatus(403, '/v1/account/password');
  complaints.expectStatus(422, '/v1/account/password');
  await person.withDetails();
  const page = person.page, save = page.getByRole('button', { name: 'Change the password' });
  await page.goto('/settings/password');
  await save.click();
  await expect(page.locator('#problems li')).toHaveCount(2);
  const fill = async (current: string, chosen: string) => {
    await page.getByLabel('Current password', { exact: true }).fill(current);
    await page.getByLabel('New password', { exact: true }).fill(chosen);
    await page.getByLabel('Confirm Password', { exact: true }).fill(chosen);
    await save.click();
  };
  await fill('Wrong horse 77', 'River stone 77!');
  await expect(page.locator('#currentPassword-error')).toContainText('not your current password');
  await fill(person.password, 'Password1!');
  await expect(page.locator('#newPassword-error')).toContainText('guessed first');
  await fill(person.password, 'River stone 77!');
  await expect(page.getByText('Your password is changed')).toBeVisible();
  await person.api.want(200, 'POST', '/v1/login', { email: person.email, password: 'River stone 77!' });
});

test.describe('KYC', () => {
  test('asks for an entity type first, and says what is wrong with files before they are sent', async ({ person }) => {
    await person.withDetails();
    const page = person.page, row = page.locator('[data-requirement=entity_pan]');
    await page.goto('/settings/kyc/edit');
    await expect(page.getByLabel('Select Entity Type').getByRole('option', { name: 'Individual' })).toBeAttached();
    await expect(page.locator('#submitbar')).toBeHidden();
    await page.getByLabel('Select Entity Type').selectOption({ label: 'Individual' });
    await row.locator('[data-file]').setInputFiles(emptyFile());
    await expect(row.locator('[data-problem]')).toContainText('The file is empty');
    await row.locator('[data-file]').setInputFiles(largePdf());
    await expect(row.locator('[data-problem]')).toContainText(/at most 5 ?MB/);
    await row.locator('[data-file]').setInputFiles({ ...pdf('photo.heic'), buffer: Buffer.from('\0\0\0\x18ftypheic', 'latin1') });
    await expect(row.locator('[data-problem]')).toContainText('HEIC');
    expect(person.network.requests.filter((r) => r.endsWith('/v1/kyc/documents'))).toHaveLength(0);
  });

  test('asks before an entity type is changed that makes files stop counting', async ({ person }) => {
    await person.withDetails('company');
    await person.api.want(200, 'PUT', '/v1/kyc', { entityType: 'trust', fields: {} });
    await person.settled(await person.upload('entity_pan', 'pan_card', pdf()));
    const page = person.page, select = page.getByLabel('Select Entity Type');
    await page.goto('/settings/kyc/edit');
    await expect(page.locator('[data-requirement=entity_pan] .file')).toHaveCount(1);
    await select.selectOption({ label: 'Society' });
    await expect(page.getByRole('group', { name: 'Change the entity type?' })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Keep' })).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(select).toHaveValue('trust');
    await expect(select).toBeFocused();
    await select.selectOption({ label: 'Society' });
    await page.getByRole('button', { name: 'Change it' }).click();
    await expect(page.locator('[data-requirement=bye_laws]')).toBeVisible();
    expect((await person.kycCase()).entityType).toBe('society');
  });
});
