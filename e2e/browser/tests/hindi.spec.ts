// What stands in the way, in Hindi, on narrow phones: each state is said in the person's language, and nothing is cut off.
import type { Locator } from '@playwright/test';
import { expectAccessible } from '../support/accessible.ts';
import { expect, type Person, test } from '../support/person.ts';

const narrow = { widths: [360, 320], schemes: ['light' as const] };
const hindi = /[\u0900-\u097F]{3}/;

async function inHindi(p: Person) {
  await p.context.addCookies([{ name: '__Host-language', value: 'hi', url: 'https://127.0.0.1', secure: true }]);
}

/** Says so in Hindi: whole sentences of it, without a word of English but for names. */
async function saidInHindi(what: Locator) {
  await expect(what).toBeVisible();
  const text = (await what.innerText()).replace(/[\w.+-]+@[\w.-]+|Central|KYC|PAN|SMS|OTP|India|gmail\.com|\+91/g, '');
  expect(text).toMatch(hindi);
  expect(text).not.toMatch(/[A-Za-z]{3}/);
}

test('sign-up, in Hindi: what is missing, a near miss and two passwords that differ', async ({ person }) => {
  const page = person.page;
  await inHindi(person);
  await page.goto('/signup');
  await page.locator('#form [type=submit]:visible').click();
  await saidInHindi(page.locator('#problems ul'));
  await page.locator('#email').fill('asha@gmial.com');
  await page.locator('#password').fill('Mango');
  await page.locator('#confirm').fill('Mangoes');
  await page.locator('#confirm').blur();
  await saidInHindi(page.locator('#confirm-error'));
  await saidInHindi(page.locator('#email ~ [role=status]'));
  await page.locator('#form [type=submit]:visible').click();
  await saidInHindi(page.locator('#password-error'));
  await expectAccessible(page, narrow);
});

test('links, in Hindi: cut off, on another device, used and too old', async ({ person, newPerson, complaints }) => {
  await person.signedUp();
  await inHindi(person);
  const page = person.page, link = await person.linkOfMail();
  await page.goto('/verify');
  await page.locator('#form [type=submit]:visible').click();
  await saidInHindi(page.locator('#problems ul'));
  const other = await newPerson();
  await inHindi(other);
  await other.page.goto(link);
  await saidInHindi(other.page.locator('#proof'));
  await expectAccessible(other.page, narrow);
  complaints.expectStatus(403, '/v1/verify');
  await other.page.locator('#password').fill('Wrong horse 77');
  await other.page.locator('#form [type=submit]').click();
  await saidInHindi(other.page.locator('#password-error'));
  await person.verified();
  await other.page.reload();
  await saidInHindi(other.page.locator('#already'));
  await expectAccessible(other.page, narrow);
  await other.page.route('**/v1/verify/check', (route) => route.fulfill({ json: { state: 'expired' } })); // nobody waits for a day here
  await other.page.reload();
  await saidInHindi(other.page.locator('#expired'));
  await expectAccessible(other.page, narrow);
});

test('the log-in and the inbox, in Hindi, before the address is verified', async ({ person, complaints }) => {
  const page = person.page;
  await person.signedUp();
  await inHindi(person);
  complaints.expectStatus(403, '/v1/login');
  await page.goto('/login');
  await page.locator('#email').fill(person.email);
  await page.locator('#password').fill(person.password);
  await page.locator('#form [type=submit]:visible').click();
  await saidInHindi(page.getByRole('alert').first());
  await saidInHindi(page.locator('#unverified'));
  await expectAccessible(page, narrow);
});

test('a number and its code, in Hindi', async ({ person, complaints }) => {
  await person.loggedIn();
  await inHindi(person);
  const page = person.page;
  complaints.expectStatus(422, '/v1/otp');
  await page.goto('/account-details');
  await page.locator('#phone').fill('12345');
  await page.locator('#send').click();
  await saidInHindi(page.locator('#phone-error'));
  await page.locator('#phone').fill(`०${[...person.phone.slice(3)].map((d) => String.fromCharCode(0x0966 + Number(d))).join('')}`);
  await page.locator('#send').click();
  await expect(page.locator('#code')).toBeFocused();
  await saidInHindi(page.locator('#code-hint'));
  await expect(page.locator('#code-hint')).toContainText(`+91 ${person.phone.slice(3, 8)} ${person.phone.slice(8)}`);
  await saidInHindi(page.locator('#resend'));
  await page.locator('#code').fill('१२');
  await page.locator('#check').click();
  await saidInHindi(page.locator('#code-error'));
  await expectAccessible(page, narrow);
  const right = await person.codeOfSms();
  await page.locator('#code').fill([...right].map((d) => String.fromCharCode(0x0966 + Number(d))).join(''));
  await page.locator('#check').click();
  await expect(page.locator('#phone-verified')).toBeFocused();
  await saidInHindi(page.locator('#phone-verified'));
  await expect(page.locator('#phone-said')).toHaveText(hindi);
});

test('a call that nobody takes, in Hindi', async ({ person }) => {
  await person.loggedIn();
  await inHindi(person);
  const page = person.page;
  await page.goto('/account-details');
  await page.locator('[name=kind][value=landline]').check({ force: true });
  await page.locator('#phone').fill(`${person.landline.slice(3, -4)}0002`);
  await page.locator('#send').click();
  await saidInHindi(page.locator('#code-error'));
  await expectAccessible(page, narrow);
});

test('the profile, in Hindi, while KYC keeps the identity', async ({ person }) => {
  await person.submitted();
  await inHindi(person);
  const page = person.page;
  await page.goto('/settings');
  await expect(page.locator('#firstName')).toHaveAttribute('readonly', '');
  await saidInHindi(page.locator('#locked'));
  await expectAccessible(page, narrow);
});
