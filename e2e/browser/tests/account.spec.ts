// What the holder of an account does with it, on the page /account and from the mails about it: in both languages, on both windows, by keyboard or touch alone.
import { readFile } from 'node:fs/promises';
import { expect, test } from '../support/person.ts';
import { Way } from '../support/ways.ts';

test.describe.configure({ timeout: 120_000 }); // two journeys of many pages, each looked at by axe

test('another address is asked for, confirmed from its mail in another browser, and taken back from the mail to the one before', async ({ person, newPerson, complaints }) => {
  await person.withDetails();
  const way = await new Way(person).begin(), page = person.page, to = person.email.replace('person', 'other-address-that-is-long');
  await page.goto('/account');
  await expect(page.locator('#activity li').first()).toBeVisible();
  await way.type(way.field('account.email.new'), 'nobody');
  await way.press(way.button('account.email.ask'));
  await expect(page.getByRole('alert').first()).toContainText(way.say('email.js.wrong'));
  await way.fine();
  await way.type(way.field('account.email.new'), to);
  await way.press(way.button('account.email.ask'));
  await expect(page.locator('#pending')).toContainText(to);
  await way.fine();

  complaints.expectStatus(401, '/v1/account/email');
  const elsewhere = await new Way(Object.assign(await newPerson(), { email: person.email, password: person.password })).begin(), other = elsewhere.page;
  await other.goto(await way.link('/confirm-email', to));
  await expect(other).toHaveURL(/\/login\?to=\/confirm-email$/);
  await elsewhere.sendLogIn();
  await expect(other).toHaveURL(/\/confirm-email$/);
  await expect(other.getByText(to)).toBeVisible();
  await elsewhere.fine();
  await elsewhere.press(elsewhere.button('confirm-email.confirm'));
  await expect(elsewhere.heading('confirm-email.done')).toBeFocused();
  await elsewhere.fine();

  const back = await way.link('/undo-email');
  await page.goto(back);
  await way.fine();
  await way.press(way.button('undo-email.confirm'));
  await way.choose('River stone 77!');
  await way.logIn();
  await expect(page).toHaveURL(/\/settings\/kyc$/);
  complaints.expectStatus(410, '/v1/');
  for (const [name, link] of [['undo-email', back], ['not-me', await way.link('/not-me')]] as const) {
    await page.goto(link);
    await way.press(way.button(`${name}.confirm`));
    await expect(way.heading('verify.expired')).toBeFocused();
  }
  await way.fine();
});

test('the terms are accepted, everything is taken along in one archive, and the account is closed and taken back', async ({ person, newPerson, complaints }) => {
  await person.withDetails();
  const way = await new Way(person).begin(), page = person.page;
  await page.goto('/terms-accept');
  await way.press(way.button('terms-accept.go'));
  await expect(page.locator('#accepted-error')).toContainText(way.say('terms-accept.js.required'));
  await way.fine();
  await way.press(page.getByRole('checkbox'), 'Space');
  await way.press(way.button('terms-accept.go'));
  await expect(page).toHaveURL(/\/settings\/kyc$/);

  await page.goto('/account');
  await expect(page.locator('#activity li', { hasText: way.say('account.js.did.logged_in') })).toHaveCount(1);
  await expect(page.locator('#consents li')).toContainText([way.say('account.js.consent.terms')]);
  const saved = page.waitForEvent('download');
  await way.press(way.button('account.export.make'));
  const archive = await readFile(await (await saved).path());
  expect(archive.readUInt32LE(0)).toBe(0x04034b50);
  expect(archive.readUInt32LE(archive.length - 22)).toBe(0x06054b50);
  const length = archive.readUInt32LE(18), from = 30 + archive.readUInt16LE(26);
  expect(JSON.parse(archive.subarray(from, from + length).toString()).account.email).toBe(person.email);

  await way.press(way.button('account.close.look'));
  await expect(page.locator('#close-plan li').first()).toBeVisible();
  await way.fine();
  await way.press(way.button('account.close.not'));
  await way.press(way.button('account.close.look'));
  complaints.expectStatus(403, '/v1/login');
  await way.press(way.button('account.close.do'));
  await expect(page.getByText(way.say('login.js.closed'))).toBeVisible();
  await way.logIn();
  await expect(way.heading('reopen.heading')).toBeVisible();
  await way.fine();
  await way.press(way.button('reopen.confirm'));
  await expect(page.getByText(way.say('login.js.reopened'))).toBeVisible();

  await way.logIn();
  await expect(page.locator('#status')).not.toBeEmpty();
  await (await newPerson()).api.want(200, 'POST', '/v1/login', { email: person.email, password: person.password }); // from a network that nobody has seen
  await page.goto(await way.link('/not-me'));
  await way.fine();
  await way.press(way.button('not-me.confirm'));
  await way.choose('River stone 77!');
});
