// The second factor: an app, recovery codes and a passkey, from the page of security to the next log-in; in both languages, by keyboard or touch alone.
import { codeOf, withAuthenticator } from '../support/factor.ts';
import { onLocalhost } from '../support/localhost.ts';
import { expect, test } from '../support/person.ts';
import { Way } from '../support/ways.ts';

test.describe.configure({ timeout: 240_000 }); // with the start of the run
test.use({ baseURL: async ({}, use) => onLocalhost(use) });

test('an account gets an app, recovery codes and a passkey, and each opens it', async ({ person, complaints }) => {
  await person.withDetails();
  await person.giveCookies();
  const way = await new Way(person).begin('https://localhost'), page = person.page, name = 'Test phone';
  const menu = page.locator('#menu'), yes = (key: string) => way.press(way.button(key, page.locator('.ask')));
  await withAuthenticator(page);
  await page.goto('/settings');
  await way.press(page.getByRole('link', { name: way.say('security.title'), exact: true }));

  await way.press(way.button('security.app.add'));
  await expect(page.locator('#qr svg path')).toHaveAttribute('d', /^M4 4h7v1/);
  const secret = await page.locator('#secret').innerText(), code = way.field('factor.code');
  await expect(code).toBeFocused();
  complaints.expectStatus(422, '/v1/factors/totp/confirm');
  await way.type(code, '000000');
  await way.press(way.button('security.app.confirm'));
  await expect(page.locator('#code-error')).toContainText(way.onPhone ? 'यह सही कोड नहीं है।' : 'not the code');
  await way.fine();
  await way.type(code, codeOf(secret));
  await way.press(way.button('security.app.confirm'));
  await expect(way.heading('security.fresh')).toBeFocused();
  const recovery = await page.locator('#codes li').allInnerTexts();
  expect(recovery).toHaveLength(10);
  await way.fine();
  await way.press(way.button('security.kept'));
  await expect(page.locator('#codes li')).toHaveCount(0);

  await way.type(way.field('security.keys.name'), name);
  await way.press(way.button('security.keys.add'));
  await expect(page.locator('#rows')).toContainText(name);
  await expect(page.locator('#fresh')).toBeHidden(); // the codes were there already

  const out = async () => {
    await expect(page.locator('#status')).not.toBeEmpty(); // all that the page asks for is there
    await way.press(menu);
    await way.press(way.button('menu.logout'));
    await expect(way.heading('login.heading')).toBeVisible();
  };
  await page.goto('/settings/kyc');
  await out();
  complaints.expectStatus(403, '/v1/login');
  await way.sendLogIn();
  await expect(way.heading('login.second')).toBeVisible();
  await expect(code).toBeFocused();
  await way.fine();
  await page.keyboard.type(recovery[0]!.toLowerCase());
  await page.keyboard.press('Enter');
  await expect(menu).toBeVisible();
  await person.lastMail(way.onPhone ? 'रिकवरी कोड' : 'recovery code');
  await out();
  await way.press(way.button('login.passkey'));
  await expect(menu).toBeVisible();

  await page.goto('/security');
  await expect(page.locator('#left')).toHaveText(way.say('security.js.left', { n: 9 }));
  let asked = false;
  await page.route('/v1/factors/recovery-codes', (route) => {
    if (asked) return route.continue();
    asked = true;
    return route.fulfill({ status: 403, contentType: 'application/problem+json', json: { code: 'step_up_required', detail: 'Prove it.', proofs: ['code', 'passkey'] } });
  });
  complaints.expectStatus(403, '/v1/factors/recovery-codes');
  await way.press(way.button('security.recovery.renew', page.locator('#recovery > .actions')));
  await yes('security.js.renew.yes');
  const dialog = page.getByRole('dialog', { name: way.say('stepUp.title') });
  await expect(dialog.getByLabel(way.say('factor.code'))).toBeFocused();
  await way.fine();
  await way.press(way.button('factor.passkey.use', dialog));
  await expect(page.locator('#codes li')).toHaveCount(10);
  await way.press(page.locator('#rows [data-remove]'));
  await way.fine();
  await yes('security.js.remove');
  await expect(page.locator('#said')).toHaveText(way.say('security.js.removed'));
  await expect(page.locator('#rows li')).toHaveCount(0);
  await person.lastMail(way.onPhone ? 'हटा' : 'was removed');

  await page.goto('/security/stop');
  await way.press(way.button('stop.do'));
  await expect(page.locator('#problems')).toContainText(way.say('stop.js.link'));
  await way.fine();
});
