// Networks as people have them: gone, slow, or with a gateway in trouble.
import type { Page } from '@playwright/test';
import { jpeg } from '../support/files.ts';
import { expect, test } from '../support/person.ts';
import { choose, logIn, signUp, slow, verify } from '../support/steps.ts';

/** Opens a page and waits until the service worker has what it shows in bad times. */
async function openAndKeep(page: Page, path: string) {
  await page.goto(path);
  await page.evaluate(() => navigator.serviceWorker.ready.then(({ active }) => active && active.state !== 'activated'
    && new Promise((done) => active.addEventListener('statechange', done, { once: true }))));
}

test('without a connection a page says so, and comes by itself when the connection is back', async ({ person }) => {
  const page = person.page;
  await openAndKeep(page, '/login');
  await page.context().setOffline(true);
  const answer = await page.goto('/signup');
  expect(answer?.fromServiceWorker()).toBe(true);
  await expect(page.getByRole('heading', { name: 'There is no connection' })).toBeVisible();
  await expect(page.locator('header .brand')).toHaveCSS('text-decoration-line', 'none'); // with its styles
  await page.context().setOffline(false);
  await expect(page.getByRole('heading', { name: 'Sign Up' })).toBeVisible();
});

test('the page without a connection is in the language of the person', async ({ person }) => {
  const page = person.page;
  await openAndKeep(page, '/login');
  await page.getByRole('link', { name: 'हिन्दी' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'hi');
  await expect.poll(() => page.evaluate(async () => (await navigator.serviceWorker.ready).active?.scriptURL), { timeout: 10_000 }).toContain('language=hi');
  await page.context().setOffline(true);
  await page.goto('/signup');
  await expect(page.getByRole('heading', { name: 'कनेक्शन नहीं है' })).toBeVisible();
});

test('where the gateway fails, a page of ours says what to do', async ({ person, complaints }) => {
  const page = person.page;
  complaints.expectStatus(500, '/signup');
  await openAndKeep(page, '/login');
  person.network.instead = (_, path) => (path === '/signup' ? { status: 500, body: '{"message":"Internal Server Error"}' } : undefined);
  const answer = await page.goto('/signup');
  expect(answer?.status()).toBe(500);
  await expect(page.getByRole('heading', { name: 'Something went wrong on our side' })).toBeVisible();
  person.network.instead = () => undefined;
  await page.getByRole('link', { name: 'Try again' }).click();
  await expect(page.getByRole('heading', { name: 'Sign Up' })).toBeVisible();
});

test('the service worker keeps nothing but two pages', async ({ person }) => {
  await person.withDetails();
  await openAndKeep(person.page, '/settings');
  await openAndKeep(person.page, '/');
  const kept = await person.page.evaluate(async () => {
    const all = [];
    for (const name of await caches.keys()) for (const r of await (await caches.open(name)).keys()) all.push(new URL(r.url).pathname);
    return all;
  });
  expect(kept.map((path) => path.replace(/^\/_\/[0-9a-f]{12}\//, '')).sort()).toEqual(['500.en.html', 'offline.en.html']);
});

test('a connection that goes in the middle of an upload loses nothing that was typed, and the file goes when it is back', async ({ person, complaints }) => {
  await person.withCase('individual', {});
  const page = person.page, row = page.locator('[data-requirement=entity_pan]');
  complaints.expectNoAnswer();
  await openAndKeep(page, '/settings/kyc/edit');
  await page.locator('#field-pan').fill('ZZZPZ9999Z');
  await page.locator('#field-pan').blur();
  await expect(page.locator('#autosave')).toHaveText('All changes are saved.');
  await slow(page, 50); // KiB/s: the file takes some seconds
  await choose(row, jpeg('photo.jpg', 2400, 2400)); // as large as one may be that is sent as it is
  await expect(row.locator('progress')).toBeVisible();
  await expect.poll(() => row.locator('progress').evaluate((p) => (p as HTMLProgressElement).value)).toBeGreaterThan(0);
  await page.context().setOffline(true);
  person.network.goes(); // what is under way breaks too, which the browser's switch does not do
  await expect(row.getByText('The upload begins again by itself')).toBeVisible();
  await expect(page.locator('#field-pan')).toHaveValue('ZZZPZ9999Z');
  person.network.comesBack();
  await page.context().setOffline(false);
  await expect(row.locator('[data-chip]')).toHaveText('Uploaded');
  await expect(row.locator('.file')).toHaveCount(1);
  expect((await person.kycCase()).fields.pan).toBe('ZZZPZ9999Z');
});

test('slow 3G signs up, verifies and logs in', async ({ person }) => {
  test.setTimeout(90_000);
  const page = person.page;
  await slow(page, 50);
  await signUp(person);
  await verify(person);
  await logIn(person);
  await expect(page.getByRole('heading', { name: 'Account Details' })).toBeVisible();
});

test('a form that is pressed before its script is there loses nothing, and works when it is', async ({ person }) => {
  const page = person.page;
  let release = () => {};
  const held = new Promise<void>((done) => (release = done));
  await page.route('**/js/entry/signup.js', async (route) => { await held; await route.continue(); });
  await page.goto('/signup', { waitUntil: 'commit' });
  await page.getByLabel('Email').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByLabel('Confirm Password', { exact: true }).fill(person.password);
  await page.getByRole('checkbox').check();
  const submit = page.getByRole('button', { name: 'Submit' });
  await submit.click();
  await page.getByLabel('Email').press('Enter');
  await expect(page).toHaveURL(/\/signup$/);
  await expect(submit).toHaveCSS('cursor', 'progress');
  release();
  await expect(submit).toHaveCSS('cursor', 'pointer');
  await expect(page.getByLabel('Email')).toHaveValue(person.email);
  await submit.click();
  await expect(page.getByRole('heading', { name: 'Check your inbox' })).toBeVisible();
  expect(person.network.requests.filter((r) => r.startsWith('POST') && r.endsWith('/signup'))).toEqual([expect.stringMatching(/\/v1\/signup$/)]);
});

for (const path of ['/account-details', '/settings']) {
  test(`who is faster than the account keeps what was typed and chosen: ${path}`, async ({ person }) => {
    if (path === '/settings') await person.withDetails();
    else await person.loggedIn();
    const page = person.page;
    let release = () => {};
    const held = new Promise<void>((done) => (release = done));
    await page.route('**/v1/account', async (route) => { await held; await route.continue(); });
    await page.goto(path);
    await page.getByRole('radio', { name: 'Company' }).check();
    await page.getByLabel('First Name').fill('Usha');
    await page.getByLabel('Company Name').fill('Rao Traders');
    await page.getByRole('button', { name: path === '/settings' ? 'Save' : 'Create' }).click();
    release();
    await expect(page.getByLabel('Sector').locator('option')).not.toHaveCount(1);
    await expect(page.getByRole('radio', { name: 'Company' })).toBeChecked();
    await expect(page.getByLabel('First Name')).toHaveValue('Usha');
    await expect(page.getByLabel('Company Name')).toHaveValue('Rao Traders');
    await expect(page.getByLabel('Last Name')).toHaveValue(path === '/settings' ? person.lastName : '');
  });
}
