// People come to Central from a product, and go back there.
import { expectAccessible } from '../support/accessible.ts';
import { Product } from '../support/product.ts';
import { expect, test } from '../support/person.ts';
import { buildCentral } from '../support/reviewer.ts';
import { fillDetails, proveNumber } from '../support/steps.ts';

let ivr: Product, dialer: Product;
test.beforeAll(async ({}, info) => {
  buildCentral();
  const issuer = info.project.use.baseURL ?? '';
  ivr = await Product.open(issuer, 'Inbound IVR');
  dialer = await Product.open(issuer, 'Outbound Dialer', '--third-party');
});
test.afterAll(() => {
  ivr.close();
  dialer.close();
});

test('from a product through sign-up and details back to it, silently to the next, and out of both at once', async ({ person }) => {
  const { page, context } = person;
  await page.goto(ivr.url);
  await page.getByRole('link', { name: 'Log in with Central' }).click();
  await expect(page.getByRole('heading', { name: 'Log in' })).toBeVisible();
  await expect(page.locator('.said:visible')).toHaveCount(0); // nothing went wrong yet
  await page.getByRole('link', { name: 'Sign up' }).click();
  await page.getByLabel('Email').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByLabel('Confirm Password', { exact: true }).fill(person.password);
  await page.getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Submit' }).click();
  await expect(page).toHaveURL(/\/check-inbox\?/);

  const mailed = await context.newPage(); // the mail opens in a tab of its own
  await mailed.goto(await person.linkOfMail('Verify'));
  await mailed.getByRole('button', { name: 'Verify', exact: true }).click();
  await expect(mailed.getByRole('link', { name: 'Log in' }).first()).toHaveAttribute('href', /^\/login\?authorize=/);
  await mailed.close();

  await expect(page).toHaveURL(/\/login\?verified&authorize=/); // the first tab has moved on
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  await expect(page).toHaveURL(/\/account-details\?authorize=/);
  await fillDetails(person);
  await proveNumber(person);
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(page.getByRole('heading', { name: `Welcome ${person.email}` })).toBeVisible();
  expect(ivr.claims()).toMatchObject({ nonce: 'once', amr: ['pwd'] });

  await page.goto(dialer.request({ prompt: 'none' }));
  await expect(page.getByRole('heading', { name: 'consent_required' })).toBeVisible();
  await page.goto(dialer.request());
  await expectAccessible(page, { widths: [360] });
  await page.getByRole('button', { name: 'Allow', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Welcome' })).toBeVisible();
  await page.goto(dialer.request({ prompt: 'none' }));
  await expect(page.getByRole('heading', { name: 'Welcome' })).toBeVisible();
  expect(dialer.claims()['sub']).not.toBe(ivr.claims()['sub']);
  await page.goto(`${dialer.url}/framed`);
  await expect(page.frameLocator('iframe').getByRole('heading', { name: 'login_required' })).toBeVisible();

  const began = Date.now();
  await page.goto(ivr.leave());
  await expect(page.getByRole('heading', { name: 'Bye' })).toBeVisible();
  await expect.poll(() => dialer.ended, { timeout: 1000, intervals: [50] }).toEqual([dialer.claims()['sid']]);
  expect(Date.now() - began).toBeLessThan(2000);
  await page.goto(ivr.request({ prompt: 'none' }));
  await expect(page.getByRole('heading', { name: 'login_required' })).toBeVisible();
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });
  test('a plain form logs in, says what is wrong, and goes back to the product', async ({ person }) => {
    const { page, context } = person;
    await person.withDetails();
    await context.clearCookies();
    await page.goto(ivr.request());
    await page.getByLabel('Email').fill(person.email);
    await page.getByLabel('Password', { exact: true }).fill('Wrong horse 77!');
    await page.getByRole('button', { name: 'Log in', exact: true }).click();
    await expect(page.locator('.said:visible')).toHaveText(['Email address or password are not right.']);
    await page.getByLabel('Email').fill(person.email);
    await page.getByLabel('Password', { exact: true }).fill(person.password);
    await page.getByRole('button', { name: 'Log in', exact: true }).click();
    await expect(page.getByRole('heading', { name: `Welcome ${person.email}` })).toBeVisible();
    await page.goto(dialer.request());
    await page.getByRole('button', { name: 'Do not allow' }).click();
    await expect(page.getByRole('heading', { name: 'access_denied' })).toBeVisible();
    await page.goto(`${person.api.url}/oauth2/logout`);
    await page.getByRole('button', { name: 'Log out' }).click();
    await expect(page.getByRole('heading', { name: 'You are logged out' })).toBeVisible();
    await page.goto(ivr.request());
    await page.getByRole('button', { name: 'Back without logging in' }).click();
    await expect(page.getByRole('heading', { name: 'access_denied' })).toBeVisible();
  });
});
