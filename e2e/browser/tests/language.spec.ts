// The language is the person's choice: pages, errors and mails follow it.
import { expectAccessible, expectValidHtml } from '../support/accessible.ts';
import { expect, test } from '../support/person.ts';

test('Hindi is chosen once, remembered, and the mail follows', async ({ person }) => {
  const page = person.page;
  await page.goto('/signup');
  await page.getByRole('link', { name: 'हिन्दी' }).click();
  await expect(page.getByRole('heading', { name: 'साइन अप', exact: true })).toBeVisible();
  await page.goto('/login');
  await expect(page.locator('html')).toHaveAttribute('lang', 'hi');
  await page.goto('/signup');
  await page.getByLabel('ईमेल').fill(person.email);
  await page.getByLabel('पासवर्ड', { exact: true }).fill(person.password);
  await page.getByLabel('पासवर्ड फिर से लिखें', { exact: true }).fill(person.password);
  await page.getByRole('checkbox').check();
  await page.getByRole('button', { name: 'जमा करें' }).click();
  await expect(page.getByRole('heading', { name: 'अपना इनबॉक्स देखें' })).toBeVisible();
  expect((await person.lastMail()).text).toMatch(/[\u0900-\u097F]{3}/);
});

test('changing the language keeps the token of a mailed link', async ({ person }) => {
  await person.signedUp();
  const page = person.page;
  await page.goto(await person.linkOfMail());
  await page.getByRole('link', { name: 'हिन्दी' }).click();
  await page.getByRole('button', { name: 'सत्यापित करें', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'आपका ईमेल सत्यापित हो गया' })).toBeVisible();
});

test('a language that is changed later changes the mails, the documents and the texts of the law', async ({ person }) => {
  await person.withCase('partnership');
  const page = person.page;
  await page.goto('/settings');
  await page.getByRole('button', { name: 'Account menu' }).click();
  await page.getByRole('link', { name: 'हिन्दी' }).click();
  await expect(page.getByRole('heading', { name: 'प्रोफ़ाइल' })).toBeVisible();
  await expect.poll(async () => (await person.api.want(200, 'GET', '/v1/account')).locale).toBe('hi');
  await page.goto('/settings/kyc/edit');
  await expect(page.locator('[data-requirement=partnership_deed] h2')).toHaveText('साझेदारी विलेख');
  for (const text of await page.locator('li[data-requirement] :is(h2, [data-help])').allTextContents()) expect(text).toMatch(/[\u0900-\u097F]{3}/);
  await page.goto('/terms');
  await expect(page.getByRole('heading', { name: 'आपका खाता' })).toBeVisible();
  const mails = await person.mails();
  await person.api.want(204, 'PUT', '/v1/account/password', { currentPassword: person.password, newPassword: 'River stone 77!' });
  expect((await person.lastMail('', mails)).text).toMatch(/[\u0900-\u097F]{3}/);
});

test('pages in Hindi are accessible and valid', async ({ person }, info) => {
  test.skip(info.project.name === 'phone', 'every width and scheme is looked at in one project');
  test.setTimeout(120_000);
  await person.withDetails();
  await person.context.addCookies([{ name: '__Host-language', value: 'hi', url: 'https://127.0.0.1', secure: true }]);
  for (const path of ['/signup', '/', '/settings', '/settings/kyc/edit']) {
    const answer = await person.page.goto(path);
    await expectValidHtml((await answer?.text()) ?? '', path);
    await expect(person.page.locator('html')).toHaveAttribute('lang', 'hi');
    await expectAccessible(person.page, { widths: [320] });
  }
});
