// Cases from both sides, with nothing in between that is not real: their holders hand in, reviewers who have only keys decide.
import type { Page } from '@playwright/test';
import { jpeg, pdf } from '../support/files.ts';
import { expect, type Person, test } from '../support/person.ts';
import { acceptAll, atDesk, buildCentral, decide, find, next } from '../support/reviewer.ts';
import { agree, choose, give, rowOf } from '../support/steps.ts';

test.skip(({ isMobile }) => isMobile, 'a desk is no phone');
test.describe.configure({ mode: 'default', timeout: 240_000 }); // one after the other: each takes what is most urgent
test.beforeAll(buildCentral);
test.beforeEach(({ complaints }) => complaints.expectStatus(403, '/v1/review')); // each desk is locked at first

/** How long something took, for who reads the report. */
async function timed(what: string, work: () => Promise<void>) {
  const begun = Date.now();
  await work();
  test.info().annotations.push({ type: 'time', description: `${what}: ${((Date.now() - begun) / 1000).toFixed(1)} s of a program's time` });
  console.log(test.info().annotations.at(-1)?.description);
}

const flags = async (p: Person): Promise<[string, string][]> =>
  (await p.kycCase()).parts.filter((part: { flag: unknown }) => part.flag).map((part: { pointer: string; flag: { code: string } }) => [part.pointer, part.flag.code]);

/** Chooses a file for each document that the case needs, in the page, and waits until all count. */
async function giveFiles(p: Person) {
  const needed = (await p.kycCase()).requirements.filter((r: { needed: boolean }) => r.needed);
  for (const r of needed) for (let n = 0; n < r.minOf; n++) await choose(rowOf(p.page, r.id), n % 2 === 0 ? pdf() : jpeg(), { index: n + 1 });
  for (const r of needed) await expect(rowOf(p.page, r.id).locator('[data-chip]')).toHaveText('Uploaded');
  await expect(p.page.locator('#left')).toHaveText('Nothing is left: you can submit.');
}

/** Asks for the first document again, and accepts all others. */
async function askForTheFirst(desk: Page, reference: string) {
  await expect(desk.locator('#pane canvas')).toBeVisible();
  await desk.keyboard.press('x');
  await desk.keyboard.type('not readable');
  await desk.keyboard.press('Enter');
  await acceptAll(desk);
  await expect(desk.locator('#left')).toContainText('ask with q');
  await decide(desk, 'q', `The holder of ${reference} is asked.`);
}

/** Looks at what was sent instead, beside what was there before, and approves. */
async function approveTheAnswer(desk: Page, reference: string) {
  await next(desk, reference);
  await expect(desk.locator('#things > li').first()).toContainText('Changed since the last round (1)');
  await expect(desk.locator('#pane canvas')).toBeVisible();
  await expect(desk.locator('#beside canvas')).toBeVisible();
  await acceptAll(desk);
  await decide(desk, 'a', `${reference} is approved.`);
}

async function expectStatus(p: Person, status: string) {
  await p.page.goto('/settings/kyc');
  await expect(p.page.locator('#status')).toHaveText(status);
}

test('a sole proprietor hands in, is asked once, answers and is approved', async ({ person, newPerson }) => {
  const page = person.page;
  await person.withCase('sole_proprietorship');
  await page.goto('/settings/kyc/edit');
  await giveFiles(person);
  await agree(page);
  await page.getByRole('button', { name: 'Submit' }).click();
  await expect(page.locator('#status')).toHaveText('Submitted');
  const { reference } = await person.kycCase();

  const desk = await atDesk(await newPerson(), 'Ravi');
  await find(desk, reference);
  await timed('a sole proprietor, asked', () => askForTheFirst(desk, reference));
  expect(await flags(person)).toEqual([['/requirements/entity_pan', 'not_readable']]);
  await page.goto('/settings/kyc/edit');
  await give(rowOf(page, 'entity_pan'), jpeg('sharp.jpg', 900, 700));
  await page.getByRole('button', { name: 'Submit' }).click();
  await expect(page.locator('#status')).toHaveText('Submitted');

  await timed('the answer, from n to approved', () => approveTheAnswer(desk, reference));
  await expectStatus(person, 'Approved');
});

test('a private limited company is asked once, answers and is approved', async ({ person, newPerson }) => {
  await person.submitted('private_limited');
  const { reference } = await person.kycCase();
  const desk = await atDesk(await newPerson(), 'Ravi');
  await find(desk, reference);
  await timed('a private limited company, asked', () => askForTheFirst(desk, reference));

  const flagged = await flags(person), id = flagged[0]?.[0].split('/')[2] ?? '';
  expect(flagged).toHaveLength(1);
  const asked = (await person.kycCase()).requirements.find((r: { id: string }) => r.id === id);
  await person.settled(await person.upload(id, asked.options[0].id, jpeg('sharp.jpg', 900, 700)));
  await person.submit();
  await timed('the answer, from n to approved', () => approveTheAnswer(desk, reference));
  await expectStatus(person, 'Approved');
});

test('a trust without a registration is approved by its notarised deed', async ({ person, newPerson }) => {
  await person.submitted('trust');
  const { reference, requirements } = await person.kycCase();
  expect(requirements.filter((r: { documents: unknown[] }) => r.documents.length > 0).map((r: { id: string }) => r.id)).toContain('notarised_deed');
  const desk = await atDesk(await newPerson(), 'Ravi');
  await find(desk, reference);
  await timed('a trust', async () => {
    await acceptAll(desk);
    await decide(desk, 'a', `${reference} is approved.`);
  });
  await expectStatus(person, 'Approved');
});

test('a company of another country is approved by two reviewers, and not by one', async ({ person, newPerson }) => {
  await person.submitted('foreign_entity');
  const { reference } = await person.kycCase();
  const first = await atDesk(await newPerson(), 'Ravi');
  await find(first, reference);
  await timed('a company of another country, the first look', async () => {
    await acceptAll(first);
    await decide(first, 'a', `${reference} goes to a second look.`);
  });
  await expectStatus(person, 'Under review');

  const second = await atDesk(await newPerson(), 'Meera');
  await timed('the second look, from n to approved', async () => {
    await next(second, reference);
    await expect(second.locator('#second')).toContainText('Ravi');
    await acceptAll(second);
    await decide(second, 'a', `${reference} is approved.`);
  });
  await expectStatus(person, 'Approved');
});
