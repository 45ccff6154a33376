// Errors appear where they belong, and vanish when what they say is mended.
import { expectAccessible } from '../support/accessible.ts';
import { expect, type Person, test } from '../support/person.ts';
import { askForCode, fillDetails, fillSignUp, logIn } from '../support/steps.ts';

const scrolled = (p: Person) => p.page.evaluate(() => scrollY);

test('a wrong code and a wrong number are said in place: focus and scroll position stay', async ({ person, complaints }) => {
  await person.loggedIn();
  const page = person.page;
  await page.goto('/account-details');
  await fillDetails(person);
  complaints.expectStatus(422, '/v1/otp');
  const field = page.getByRole('textbox', { name: 'Mobile number' }), send = page.getByRole('button', { name: 'Send code' });
  await field.fill('12345');
  await send.scrollIntoViewIfNeeded();
  const before = await scrolled(person);
  await send.click();
  await expect(page.locator('#phone-error')).toContainText('no Indian phone number');
  await expect(page.locator('#phone-error')).toHaveRole('alert');
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  await expect(field).toHaveAccessibleDescription(/no Indian phone number/);
  await expect(send).toBeFocused();
  await expect(page.locator('#problems')).toBeHidden();
  expect(Math.abs((await scrolled(person)) - before)).toBeLessThan(60);
  await expectAccessible(page, { widths: [360, 320] });
  await field.fill(person.phone.slice(3));
  await expect(page.locator('#phone-error')).toBeHidden();
  await askForCode(person);
  const code = page.getByLabel('Enter the 6-digit code'), right = await person.codeOfSms();
  await code.fill(right === '000000' ? '111111' : '000000');
  const at = await scrolled(person);
  await page.keyboard.press('Enter');
  await expect(page.locator('#code-error')).toContainText('not the code');
  await expect(code).toBeFocused();
  await expect(page.locator('#problems')).toBeHidden();
  expect(Math.abs((await scrolled(person)) - at)).toBeLessThan(60);
  await code.fill(right);
  await expect(page.locator('#code-error')).toBeHidden();
  await page.keyboard.press('Enter');
  await expect(page.locator('#phone-verified')).toBeFocused();
});

test('a corrected number gets its code at once; the wait counts down on the button that it concerns', async ({ person, complaints }) => {
  await person.loggedIn();
  const page = person.page;
  await page.goto('/account-details');
  await fillDetails(person);
  await askForCode(person);
  await expect(page.locator('#resend')).toHaveText(/Send a new code in 0:\d\d/);
  complaints.expectStatus(429, '/v1/otp');
  const send = page.locator('#send');
  await send.click();
  await expect(send).toHaveText(/Try again in 0:\d\d/);
  await expect(page.locator('#problems')).toBeHidden();
  const other = `+9197${person.phone.slice(5)}`;
  await page.getByRole('textbox', { name: 'Mobile number' }).fill(other);
  await expect(send).toHaveText('Send code');
  await send.click();
  await expect(page.locator('#code-hint')).toContainText(`+91 ${other.slice(3, 8)} ${other.slice(8)}`);
  await page.getByLabel('Enter the 6-digit code').fill(await person.codeOfSms(other));
  await page.keyboard.press('Enter');
  await expect(page.locator('#phone-verified')).toContainText(`+91 ${other.slice(3, 8)} ${other.slice(8)}`);
});

test('numbers are shown as they were understood, and +91 once', async ({ person }) => {
  await person.loggedIn();
  const page = person.page;
  await page.goto('/account-details');
  await fillDetails(person);
  const field = page.getByRole('textbox', { name: 'Mobile number' }), nsn = person.phone.slice(3);
  for (const typed of [`+91 ${nsn}`, `\u202a+91\u00a0${nsn.slice(0, 5)}\u2011${nsn.slice(5)}\u202c`, `0${nsn}`, `0091${nsn}`, [...nsn].map((d) => String.fromCodePoint(0x0966 + Number(d))).join('')]) {
    await field.fill(typed);
    await field.blur();
    await expect(field).toHaveValue(`${nsn.slice(0, 5)} ${nsn.slice(5)}`);
  }
  await askForCode(person);
  await expect(page.locator('#code-hint')).toContainText(`+91 ${nsn.slice(0, 5)} ${nsn.slice(5)}`);
  const code = await person.codeOfSms();
  await page.getByLabel('Enter the 6-digit code').fill(`${[...code.slice(0, 3)].map((d) => String.fromCodePoint(0x0966 + Number(d))).join('')}\u2013 ${code.slice(3)}`);
  await page.keyboard.press('Enter');
  await expect(page.locator('#phone-verified')).toContainText(`+91 ${nsn.slice(0, 5)} ${nsn.slice(5)}`);
});

test('what a password lacks is named, the repetition is compared when it is left, and each vanishes when it is mended', async ({ person }) => {
  const page = person.page;
  await fillSignUp(person, 'mango');
  const password = page.getByLabel('Password', { exact: true }), confirm = page.getByLabel('Confirm Password', { exact: true });
  await page.getByRole('button', { name: 'Submit' }).click();
  await expect(page.locator('#password-error')).toContainText('The password still needs: 8 characters or more, an upper-case letter, a digit, and a special character');
  await expect(page.locator('#problems')).toBeFocused();
  await password.fill('Mango tree');
  await expect(page.locator('#password-error')).toContainText('The password still needs: a digit');
  await expect(page.locator('#problems')).toContainText('a digit');
  await password.fill(person.password);
  await expect(page.locator('#password-error')).toBeHidden();
  await confirm.fill('Mango tree 43');
  await confirm.blur();
  await expect(page.locator('#confirm-error')).toContainText('The two passwords are not the same');
  await confirm.fill(person.password);
  await expect(page.locator('#confirm-error')).toBeHidden();
  await expect(page.locator('#problems')).toBeHidden();
  await expect(page).toHaveTitle('Sign Up – Central');
});

test('what a password lacks is named in Hindi', async ({ person }) => {
  await person.context.addCookies([{ name: '__Host-language', value: 'hi', url: 'https://127.0.0.1', secure: true }]);
  await person.page.goto('/signup');
  await person.page.getByLabel('पासवर्ड', { exact: true }).fill('Mango tree');
  await person.page.getByRole('button', { name: 'जमा करें' }).click();
  await expect(person.page.locator('#password-error')).toContainText('पासवर्ड में अभी चाहिए: एक अंक');
});

test('a change to the same password is refused with that reason', async ({ person }) => {
  await person.withDetails();
  const page = person.page;
  await page.goto('/settings/password');
  for (const label of ['Current password', 'New password', 'Confirm Password']) await page.getByLabel(label, { exact: true }).fill(person.password);
  await page.getByRole('button', { name: 'Change the password' }).click();
  await expect(page.locator('#newPassword-error')).toContainText('This is your present password');
  const answer = await person.api.call('PUT', '/v1/account/password', { currentPassword: person.password, newPassword: person.password });
  expect(answer.status).toBe(422);
  expect(answer.body.code).toBe('password_unchanged');
  await page.getByLabel('New password', { exact: true }).fill('River stone 77!');
  await expect(page.locator('#newPassword-error')).toBeHidden();
});

test('a near miss of a large provider is asked about, and only a press changes it', async ({ person }) => {
  const page = person.page;
  for (const path of ['/signup', '/login', '/forgot-password']) {
    await page.goto(path);
    const field = page.getByLabel('Email');
    await field.fill('Asha.Rao@gmial.com');
    await field.blur();
    const offer = page.getByRole('button', { name: 'Asha.Rao@gmail.com' });
    await expect(page.getByRole('status').filter({ hasText: 'Did you mean' })).toBeVisible();
    await expect(field).toHaveValue('Asha.Rao@gmial.com');
    if (path === '/signup') await expectAccessible(page, { widths: [360, 320] });
    await offer.click();
    await expect(field).toHaveValue('Asha.Rao@gmail.com');
    await expect(field).toBeFocused();
    await expect(offer).toBeHidden();
    for (const fine of ['asha@gmail.com', 'asha@ymail.com', 'asha@example.com', 'asha@yahoo.co.in', 'asha@mail.com']) {
      await field.fill(fine);
      await field.blur();
      await expect(page.getByText('Did you mean')).toBeHidden();
    }
  }
});

test('one name is enough', async ({ person }) => {
  await person.loggedIn();
  const page = person.page;
  await page.goto('/account-details');
  await fillDetails(person);
  await page.getByLabel('First Name').fill('\u202aSukarno\u202c');
  await page.getByLabel('Last Name').fill('');
  await askForCode(person);
  await page.getByLabel('Enter the 6-digit code').fill(await person.codeOfSms());
  await page.keyboard.press('Enter');
  await expect(page.locator('#phone-verified')).toBeVisible();
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(page).toHaveURL(/\/settings\/kyc$/);
  await expect(page.getByRole('button', { name: 'Account menu' })).toContainText('Sukarno');
});

test('an Aadhaar number for a name is refused at its field, and vanishes with the number', async ({ person, complaints }) => {
  await person.withDetails();
  const page = person.page;
  complaints.expectStatus(422, '/v1/account/details');
  await page.goto('/settings');
  await page.getByLabel('Company Name').fill('2341 2341 2346');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.locator('#companyName-error')).toContainText('Aadhaar');
  await page.getByLabel('Company Name').fill('Rao Traders');
  await expect(page.locator('#companyName-error')).toBeHidden();
  await expect(page.locator('#problems')).toBeHidden();
});

test.describe('another number', () => {
  test('that is not proven is never "Saved", and the change can be given up', async ({ person }) => {
    await person.withDetails();
    const page = person.page, shown = `+91 ${person.phone.slice(3, 8)} ${person.phone.slice(8)}`;
    await page.goto('/settings');
    await page.getByRole('button', { name: 'Change', exact: true }).click();
    await page.getByRole('textbox', { name: 'Mobile number' }).fill('98765 43210');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.locator('#phone-error')).toContainText('not verified yet');
    await expect(page.getByText('Saved.')).toBeHidden();
    await expectAccessible(page, { widths: [360, 320] });
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect(page.locator('#phone-verified')).toContainText(shown);
    await expect(page.getByRole('button', { name: 'Change', exact: true })).toBeFocused();
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('Saved.')).toBeVisible();
    expect((await person.api.want(200, 'GET', '/v1/account')).phone.number).toBe(person.phone);
  });

  test('is saved when it is proven', async ({ person }) => {
    await person.withDetails();
    const page = person.page, other = `+9196${person.phone.slice(5)}`;
    await page.goto('/settings');
    await page.getByRole('button', { name: 'Change', exact: true }).click();
    await page.getByRole('textbox', { name: 'Mobile number' }).fill(other);
    await page.getByRole('button', { name: 'Send code' }).click();
    await page.getByLabel('Enter the 6-digit code').fill(await person.codeOfSms(other));
    await page.keyboard.press('Enter');
    await expect(page.getByText('Your new number is verified and saved.')).toBeVisible();
    expect((await person.api.want(200, 'GET', '/v1/account')).phone.number).toBe(other);
  });
});

test('while KYC keeps the identity, the page says so before anybody types', async ({ person }) => {
  await person.submitted();
  const page = person.page;
  await page.goto('/settings');
  await expect(page.getByText('Your KYC is with us, or approved.')).toBeVisible();
  for (const label of ['First Name', 'Last Name', 'Company Name']) await expect(page.getByLabel(label)).toHaveAttribute('readonly', '');
  await expect(page.getByRole('radio', { name: 'Company' })).toBeDisabled();
  await expect(page.getByRole('button', { name: 'Change', exact: true })).toBeHidden();
  await expectAccessible(page);
  await page.getByLabel('Sector').selectOption('education');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
});

test('a stale tab that still takes other names is told why, and nothing is lost', async ({ person, complaints }) => {
  await person.withDocuments();
  const page = person.page;
  await page.goto('/settings');
  await page.getByLabel('First Name').fill('Usha');
  await person.submit();
  complaints.expectStatus(409, '/v1/account/details');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('alert')).toContainText('stay as they are');
  await expect(page.getByLabel('First Name')).toHaveValue('Usha');
});

test('a session is called by its device', async ({ person }) => {
  await person.withDetails();
  const agents: Record<string, string> = {
    'Chrome, Android': 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36',
    'Samsung Internet, Android': 'Mozilla/5.0 (Linux; Android 13; SM-A135F) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/23.0 Chrome/115.0.0.0 Mobile Safari/537.36',
    'Chrome, iPhone': 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/122.0 Mobile/15E148 Safari/604.1',
    'Edge, Windows': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0',
    'Firefox, Linux': 'Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0',
    'Safari, Mac': 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15',
    'curl': 'curl/8.9.1',
  };
  for (const agent of Object.values(agents)) {
    const answer = await person.api.call('POST', '/v1/login', { email: person.email, password: person.password, transport: 'bearer' }, { 'user-agent': agent });
    expect(answer.status).toBe(200);
  }
  await person.page.goto('/settings/sessions');
  for (const name of Object.keys(agents)) await expect(person.page.getByRole('heading', { name, exact: true })).toBeVisible();
});

test('support is the address that the operator set, wherever a person cannot go on alone', async ({ person, complaints }) => {
  const page = person.page;
  for (const path of ['/signup', '/login', '/terms']) {
    await page.goto(path);
    await expect(page.getByRole('link', { name: 'Support: help@central.example.com' })).toHaveAttribute('href', 'mailto:help@central.example.com');
  }
  await page.route('**/v1/login', (route) => route.fulfill({
    status: 403, contentType: 'application/problem+json', body: JSON.stringify({ type: 'urn:central:error:account_disabled', code: 'account_disabled', status: 403, title: 'Forbidden', detail: 'This account is disabled. Write to support.' }),
  }));
  complaints.expectStatus(403, '/v1/login');
  await logIn(person);
  await expect(page.getByRole('alert')).toContainText('Write to help@central.example.com');
});

for (const [ends, said] of [['0001', /The line was busy/], ['0002', /Nobody took the call/], ['0003', /The call was rejected/], ['0004', /did not get through/]] as const) {
  test(`a call that nobody takes is said in place: ${ends}`, async ({ person }) => {
    await person.loggedIn();
    const page = person.page, number = person.landline.slice(0, -4) + ends;
    await page.goto('/account-details');
    await page.getByText('Landline', { exact: true }).click();
    await page.getByRole('textbox', { name: 'Landline number' }).fill(number.slice(3));
    await page.getByRole('button', { name: 'Send code' }).click();
    const code = page.getByLabel('Enter the 6-digit code');
    await expect(code).toBeFocused();
    await expect(page.locator('#code-error')).toHaveText(said);
    await expect(code).toHaveAccessibleDescription(said);
    await expect(code).toBeFocused();
    await expect(page.locator('#problems')).toBeHidden();
    if (ends === '0002') await expectAccessible(page, { widths: [360, 320] });
    await code.fill('1');
    await expect(page.locator('#code-error')).toBeHidden();
  });
}
