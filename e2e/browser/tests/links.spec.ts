// Mailed links, other tabs and other devices: every road leads on, and says beforehand where to.
import { expectAccessible } from '../support/accessible.ts';
import { expect, type Person, test } from '../support/person.ts';
import { fillSignUp, logIn, signUp } from '../support/steps.ts';

const press = (p: Person) => p.page.getByRole('button', { name: 'Verify', exact: true }).click();

/** A link as mail gateways rewrite it. */
const rewritten: Record<string, (link: string) => string> = {
  'with an escaped #': (l) => l.replace('#', '%23'),
  'with a slash before the #': (l) => l.replace('#', '/#'),
  'with an escaped # and a slash behind': (l) => `${l.replace('#', '%23')}/`,
  'escaped twice': (l) => l.replace('#', '%2523'),
  'with an escaped token': (l) => l.replaceAll('.', '%2E').replace('127%2E0%2E0%2E1', '127.0.0.1'),
  'with what a sentence added': (l) => `${l}>.`,
};

for (const [how, rewrite] of Object.entries(rewritten)) {
  test(`a mailed link works ${how}, and looking at it uses nothing up`, async ({ person }) => {
    await person.signedUp();
    const link = rewrite(await person.linkOfMail());
    for (let scan = 0; scan < 3; scan++) expect((await person.api.call('GET', link)).status).toBeLessThan(400);
    await person.page.goto(link);
    await expect(person.page.getByText('One press, and your account is open.')).toBeVisible();
    expect(person.page.url()).toMatch(/\/verify$/); // the token is in no history
    await press(person);
    await expect(person.page.getByRole('heading', { name: 'Your email is verified' })).toBeFocused();
  });

  test(`a link to choose a new password works ${how}`, async ({ person }) => {
    await person.verified();
    await person.page.goto('/forgot-password');
    await person.page.getByLabel('Email').fill(person.email);
    await person.page.getByRole('button', { name: 'Send the link' }).click();
    await person.page.goto(rewrite(await person.linkOfMail('Reset')));
    await person.page.getByLabel('New password', { exact: true }).fill('River stone 77!');
    await person.page.getByLabel('Confirm Password', { exact: true }).fill('River stone 77!');
    await person.page.getByRole('button', { name: 'Save the new password' }).click();
    await expect(person.page.getByRole('heading', { name: 'Your new password is set' })).toBeFocused();
    await person.page.reload();
    await expect(person.page.getByRole('heading', { name: 'Your new password is set' })).toBeVisible();
  });
}

test('a link on another device says beforehand that it will ask for the password, and a reload shows what is', async ({ person, newPerson }) => {
  await person.signedUp();
  const other = await newPerson(), page = other.page;
  await page.goto(await person.linkOfMail());
  await expect(page.getByText('You signed up in another browser or on another device.')).toBeVisible();
  await expect(page.getByText('One press')).toBeHidden();
  await expect(page.getByText(person.email)).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await press(other);
  await expect(page.getByRole('heading', { name: 'Your email is verified' })).toBeFocused();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Your email is verified' })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Log in' }).click();
  await expect(page.getByLabel('Email')).toHaveValue(person.email); // nobody types it again
});

test('the same browser is told of one press, in Hindi too', async ({ person }) => {
  await person.signedUp();
  await person.context.addCookies([{ name: '__Host-language', value: 'hi', url: 'https://127.0.0.1', secure: true }]);
  await person.page.goto(await person.linkOfMail());
  await expect(person.page.getByText('एक बार दबाएँ, और आपका खाता खुल जाएगा।')).toBeVisible();
  await person.page.getByRole('button', { name: 'सत्यापित करें', exact: true }).click();
  await expect(person.page.getByRole('heading', { name: 'आपका ईमेल सत्यापित हो गया' })).toBeFocused();
});

test('the inbox moves on when the link is opened on another device', async ({ person, newPerson }) => {
  await signUp(person);
  await expectAccessible(person.page, { widths: [360, 320] });
  const other = await newPerson();
  await other.page.goto(await person.linkOfMail());
  await other.page.getByLabel('Password', { exact: true }).fill(person.password);
  await press(other);
  await expect(other.page.getByRole('heading', { name: 'Your email is verified' })).toBeFocused();
  await expect(person.page).toHaveURL(/\/login\?verified$/, { timeout: 20_000 });
  await expect(person.page.getByRole('status').filter({ hasText: 'Your email is verified.' })).toBeVisible();
  await expect(person.page.getByLabel('Email')).toHaveValue(person.email);
});

test('the inbox moves on at once when the link is opened in another tab', async ({ person }) => {
  await signUp(person);
  const tab = await person.context.newPage();
  await tab.goto(await person.linkOfMail());
  await tab.getByRole('button', { name: 'Verify', exact: true }).click();
  await expect(person.page).toHaveURL(/\/login\?verified$/, { timeout: 3_000 });
  await person.page.getByLabel('Password', { exact: true }).fill(person.password);
  await person.page.getByRole('button', { name: 'Log in' }).click();
  await expect(person.page).toHaveURL(/\/account-details$/);
});

test('the inbox learns nothing of another sign-up for the address, and offers the way to log in', async ({ person, newPerson }) => {
  const stranger = await newPerson();
  await person.signedUp();
  await fillSignUp(stranger, 'Strangers own 1!');
  await stranger.page.getByLabel('Email').fill(person.email);
  await stranger.page.getByRole('button', { name: 'Submit' }).click();
  await expect(stranger.page.getByRole('heading', { name: 'Check your inbox' })).toBeVisible();
  const asked = stranger.network.requests.length;
  await person.verified();
  await expect.poll(() => stranger.network.requests.slice(asked).filter((r) => r.includes('/v1/signups/')).length, { timeout: 20_000 }).toBeGreaterThan(1);
  await expect(stranger.page).toHaveURL(/\/check-inbox$/);
  await stranger.page.getByRole('link', { name: 'Log in' }).click();
  await expect(stranger.page).toHaveURL(/\/login$/);
});

test('who signs up twice gets in with the newer password by the older mail', async ({ person }) => {
  await signUp(person);
  const older = await person.linkOfMail();
  await fillSignUp(person, 'River stone 77!');
  await person.page.getByRole('button', { name: 'Submit' }).click();
  await expect(person.page.getByRole('heading', { name: 'Check your inbox' })).toBeVisible();
  await person.page.goto(older);
  await press(person);
  await expect(person.page.getByRole('heading', { name: 'Your email is verified' })).toBeFocused();
  await logIn(person, 'River stone 77!');
  await expect(person.page).toHaveURL(/\/account-details$/);
});

test('each dead end names the step that helps', async ({ person, complaints }) => {
  const page = person.page;
  await person.signedUp();
  complaints.expectStatus(403, '/v1/login');
  await logIn(person);
  await expect(page.getByRole('alert')).toContainText('Open the link in the mail that we sent');
  await expect(page.getByRole('heading', { name: "Didn't Receive Verification Mail?" })).toBeVisible();
  await expectAccessible(page);
  complaints.expectStatus(429, '/v1/signup/resend');
  await page.getByRole('button', { name: 'Send the mail again' }).click();
  await expect(page.locator('#resend')).toHaveText(/Send again in 0:\d\d/);
  await person.verified();
  const link = await person.linkOfMail();
  await page.goto(link);
  await expect(page.getByRole('heading', { name: 'Your email is verified' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Forgot your password?' })).toBeVisible();
});

test('other spellings lead to the page, and who is logged in is led home', async ({ person }) => {
  const page = person.page;
  for (const [typed, path] of [['/signin', '/login'], ['/Sign-In/', '/login'], ['/register', '/signup'], ['/LOGIN', '/login'], ['/signup/', '/signup']]) {
    await page.goto(typed!);
    expect(new URL(page.url()).pathname).toBe(path);
  }
  await person.withDetails();
  for (const path of ['/login', '/signup', '/signin']) {
    await page.goto(path);
    await expect(page).toHaveURL(/\/$/);
    await expect(page.getByRole('heading', { name: `Hello, ${person.firstName}` })).toBeVisible();
  }
});

test('a session that has ended leads to the log-in and not in a circle', async ({ person, complaints }) => {
  await person.withDetails();
  const page = person.page;
  await page.goto('/', { waitUntil: 'networkidle' }); // what the page asks for after the log-out would take the cookie back
  await person.api.want(204, 'POST', '/v1/logout');
  complaints.expectStatus(401, '/v1/account');
  await page.goto('/signup'); // the cookie is still there: home first, and from there to the log-in
  await expect(page).toHaveURL(/\/login\?ended/);
  await page.getByRole('link', { name: 'Sign up' }).click();
  await expect(page.getByRole('heading', { name: 'Sign Up' })).toBeVisible();
});

test('reading the terms loses nothing that was typed', async ({ person }) => {
  const page = person.page;
  await fillSignUp(person);
  for (const name of ['Central Terms & Conditions', 'Privacy Notice']) {
    const opened = person.context.waitForEvent('page');
    await page.getByRole('main').getByRole('link', { name }).click();
    await expect((await opened).getByRole('heading', { level: 1 })).toBeVisible();
  }
  await expect(page.getByLabel('Email')).toHaveValue(person.email);
  await expect(page.getByLabel('Password', { exact: true })).toHaveValue(person.password);
  await expect(page.getByRole('checkbox')).toBeChecked();
  await page.goto('/terms'); // by another road
  await page.goto('/signup');
  await expect(page.getByLabel('Email')).toHaveValue(person.email);
  await expect(page.getByRole('checkbox')).toBeChecked();
  await expect(page.getByLabel('Password', { exact: true })).toHaveValue('');
});

test('changing the language loses nothing that was typed, and stores no password', async ({ person }) => {
  const page = person.page;
  await fillSignUp(person);
  await page.getByLabel('Confirm Password', { exact: true }).fill('Mango tree 43');
  await page.getByRole('button', { name: 'Submit' }).click();
  await expect(page.locator('#confirm-error')).toContainText('not the same');
  await page.getByRole('link', { name: 'हिन्दी' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'hi');
  await expect(page.getByRole('heading', { name: 'साइन अप', exact: true })).toBeVisible();
  await expect(page.getByLabel('ईमेल')).toHaveValue(person.email);
  await expect(page.getByLabel('पासवर्ड', { exact: true })).toHaveValue(person.password);
  await expect(page.getByRole('checkbox')).toBeChecked();
  await expect(page.locator('#confirm-error')).toContainText('दोनों पासवर्ड एक जैसे नहीं हैं');
  await expect(page.getByRole('button', { name: 'दिखाएँ: पासवर्ड', exact: true })).toBeVisible();
  const kept = await page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.cookie, history.state, window.name]));
  expect(kept).not.toContain(person.password);
  await page.getByLabel('पासवर्ड फिर से लिखें', { exact: true }).fill(person.password);
  await expect(page.locator('#confirm-error')).toBeHidden();
  await page.getByRole('button', { name: 'जमा करें' }).click();
  await expect(page.getByRole('heading', { name: 'अपना इनबॉक्स देखें' })).toBeVisible();
  expect((await person.lastMail()).text).toMatch(/[\u0900-\u097F]{3}/); // the choice counts for the mail
});
