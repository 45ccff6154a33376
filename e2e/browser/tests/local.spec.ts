// /_local: what a developer sees of the run.
import { expectAccessible, expectValidHtml } from '../support/accessible.ts';
import { type Person, expect, test } from '../support/person.ts';

/** Leaves of all that the run has seen what is this person's, and of the rest a few rows: others use it at the same time. */
async function few(person: Person) {
  await person.page.route(/\/_local\/(messages|requests|tables)$/, async (route) => {
    const answer = await route.fetch(), all = await answer.json();
    const cut = (rows: unknown[]) => {
      const own = rows.filter((r) => JSON.stringify(r).includes(person.email));
      return [...own, ...rows.filter((r) => !own.includes(r)).slice(0, 4)];
    };
    const json = Array.isArray(all) ? cut(all) : Object.fromEntries(Object.entries(all).map(([name, items]) => [name, cut(items as unknown[])]));
    await route.fulfill({ response: answer, json });
  });
}

const title = (page: Person['page']) => page.getByRole('heading', { level: 2 });

test('/_local is accessible and valid in all that it shows', async ({ person }, info) => {
  test.skip(info.project.name === 'phone', 'every width and scheme is looked at in one project');
  test.setTimeout(180_000);
  await person.withDetails();
  await few(person);
  const page = person.page, answer = await page.goto('/_local');
  await expectValidHtml((await answer?.text()) ?? '', '/_local');
  for (const view of ['Messages', 'Requests', 'Tables']) {
    await page.getByRole('link', { name: view }).click();
    await expect(title(page)).toHaveText(view);
    await expect(page.locator('summary').first()).toBeVisible();
    await page.locator('summary').first().click();
    await expect(page.locator('details[open] > :nth-child(2)').first()).toBeVisible();
    if (view === 'Messages') await expect(page.locator('iframe')).toHaveAttribute('title', /^The mail ".+"$/);
    await expectAccessible(page, { exclude: 'iframe' });
  }
});

test('/_local with nothing in it, and without the run, is accessible and says so', async ({ person, complaints }, info) => {
  test.skip(info.project.name === 'phone', 'every width and scheme is looked at in one project');
  const page = person.page;
  await page.route('/_local/messages', (route) => route.fulfill({ json: [] }));
  await page.goto('/_local');
  await expect(page.getByRole('status')).toHaveText('Nothing yet.');
  await expect(page.getByRole('button')).toHaveCount(0);
  await expectAccessible(page, { widths: [320] });
  await page.route('/_local/requests', (route) => route.fulfill({ status: 500, json: { message: 'no' } }));
  complaints.expectStatus(500, '/_local/requests');
  await page.getByRole('link', { name: 'Requests' }).click();
  await expect(page.getByRole('status')).toHaveText('/_local/requests answered 500. Does the run still run?');
  await expectAccessible(page, { widths: [320] });
});

test('a mail is read and its link followed with the keyboard alone', async ({ person }) => {
  await person.signedUp();
  await few(person);
  const page = person.page;
  await page.goto('/_local');
  const row = page.locator('summary', { hasText: person.email }).first();
  await row.focus();
  await page.keyboard.press('Enter');
  const link = page.locator('details[open] a').first();
  await expect(link).toHaveAttribute('href', /\/verify#/);
  await page.keyboard.press('Tab');
  await expect(link).toBeFocused();
  const [opened] = await Promise.all([page.context().waitForEvent('page'), page.keyboard.press('Enter')]);
  await expect(opened).toHaveURL(/\/verify/);
});

test('what somebody has the keyboard on stays when something new comes, and comes afterwards', async ({ person }) => {
  const page = person.page, row = (id: string) => ({ id, at: new Date().toISOString(), kind: 'email', to: 'asha@example.com', subject: id, text: id });
  let all = [row('old')];
  await page.route('/_local/messages', (route) => route.fulfill({ json: all }));
  await page.clock.install();
  await page.goto('/_local');
  const old = page.locator('summary', { hasText: 'old' }), fresh = page.locator('summary', { hasText: 'new' });
  await old.focus();
  all = [row('new'), row('old')];
  await page.clock.runFor(10_000);
  await expect(old).toBeFocused();
  await expect(fresh).toHaveCount(0);
  await page.getByRole('link', { name: 'Messages' }).focus();
  await page.clock.runFor(2_000);
  await expect(fresh).toBeVisible();
});
