// One case from both sides: a sole proprietor from the first upload to approved, with a round of questions between; the reviewer has only keys.
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { jpeg } from '../support/files.ts';
import { expect, type Person, test } from '../support/person.ts';
import { give, giveKyc, rowOf } from '../support/steps.ts';

test.skip(({ isMobile }) => isMobile, 'a desk is no phone');

const root = resolve(import.meta.dirname, '../../..');

/** Lets an account decide on cases, as an operator does. */
function makeReviewer(p: Person) {
  execFileSync('go', ['-C', resolve(root, 'cmd/central'), 'run', '.', 'reviewer', 'add', p.email, '--local', p.api.url, '--reason', 'A test.', '--yes'], { stdio: 'pipe' });
}

/** Finds the case by its reference, claims it, and waits for its first page. Other tests' cases wait too: Next would take one of those. */
async function find(page: Page, reference: string) {
  await page.goto('/review');
  await expect(page.locator('#lanes li')).toHaveCount(5);
  await page.keyboard.press('/');
  await page.keyboard.type(reference);
  await page.keyboard.press('Enter');
  await expect(page.locator('#found')).toHaveText('1 found');
  await page.keyboard.press('Tab'); // the button
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: reference })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('#left')).toContainText('To look at only');
  await page.keyboard.press('t');
  await expect(page.locator('#lease')).toContainText('Yours until');
}

/** Says yes to every question that is left, each when its page is there to be seen. */
async function acceptAll(page: Page) {
  for (let n = 0; n < 100 && /left to judge/.test(await page.locator('#left').innerText()); n++) {
    await expect(page.locator('#pane canvas')).toBeVisible();
    await page.keyboard.press('y');
  }
}

/** Decides by a key, when what the holder will read was there to be read. */
async function decide(page: Page, key: string) {
  await page.keyboard.press(key);
  await expect(page.locator('#letter b')).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.locator('#toast')).toBeVisible();
}

test('a sole proprietor is asked once and approved, by a reviewer who has only keys', async ({ person, newPerson, complaints }) => {
  test.setTimeout(240_000);
  complaints.expectStatus(403, '/v1/review'); // the desk is locked at first
  await person.withDetails();
  await giveKyc(person, 'sole_proprietorship', 'Sole proprietorship');
  await person.takeCookies();
  const { reference } = await person.kycCase();

  const reviewer = await newPerson(), desk = reviewer.page;
  await reviewer.withDetails();
  makeReviewer(reviewer);
  await desk.goto('/review');
  await expect(desk.getByRole('dialog', { name: 'The desk is locked' })).toBeVisible();
  await desk.keyboard.type(reviewer.password);
  await desk.keyboard.press('Enter');
  await expect(desk.locator('#lanes li')).toHaveCount(5);

  let begun = Date.now();
  await find(desk, reference);
  await expect(desk.locator('#pane canvas')).toBeVisible();
  await desk.keyboard.press('x');
  await desk.keyboard.type('not readable');
  await desk.keyboard.press('Enter');
  await acceptAll(desk);
  await expect(desk.locator('#left')).toContainText('ask with q');
  await decide(desk, 'q');
  const asking = Date.now() - begun;

  await person.page.goto('/settings/kyc/edit');
  const flagged = (await person.kycCase()).parts.filter((p: { flag: unknown }) => p.flag);
  expect(flagged.map((p: { flag: { code: string } }) => p.flag.code)).toEqual(['not_readable']);
  await give(rowOf(person.page, flagged[0].pointer.split('/')[2]), jpeg('sharp.jpg', 900, 700));
  await person.page.getByRole('button', { name: 'Submit' }).click();
  await expect(person.page.locator('#status')).toHaveText('Submitted');

  begun = Date.now();
  await find(desk, reference);
  await expect(desk.locator('#things > li').first()).toContainText('Changed since the last round');
  await expect(desk.locator('#pane canvas')).toBeVisible();
  await expect(desk.locator('#beside canvas')).toBeVisible(); // the old page
  await acceptAll(desk);
  await decide(desk, 'a');
  const approving = Date.now() - begun;
  console.log(`a sole proprietor by the keyboard: asked after ${(asking / 1000).toFixed(1)} s, approved after ${(approving / 1000).toFixed(1)} s of a program's time`);

  await person.page.goto('/settings/kyc');
  await expect(person.page.locator('#status')).toHaveText('Approved');
});
