// The review desk in the browser. Its API is answered by support/desk.ts, so that each thing that can happen there happens at once.
import type { Page } from '@playwright/test';
import { expectAccessible, expectValidPages } from '../support/accessible.ts';
import { caseOf, mockDesk, paper, reference, requirement } from '../support/desk.ts';
import { expect, type Json, test } from '../support/person.ts';

test.skip(({ isMobile }) => isMobile, 'a desk is no phone');

/** The page that is drawn: nothing is drawn that was not compared. */
const drawn = (page: Page) => page.locator('#pane canvas:visible');

const pressAll = async (page: Page, keys: string) => { for (const key of keys) await page.keyboard.press(key); };

test('a case by the keyboard alone: from n to approved, its verdicts as they were pressed, and taken back by u', async ({ person }) => {
  await person.withDetails();
  const page = person.page, sent = await mockDesk(page);
  await page.goto('/review');
  await expect(page.locator('#lanes')).toContainText('1 overdue');
  const begun = Date.now();
  await page.keyboard.press('n');
  await expect(page).toHaveURL(`/review/case#${reference}`);
  await expect(drawn(page)).toHaveAccessibleName('Page 1 of 2: PAN card');
  await expect(page.locator('.viewer')).toContainText('ABCPR1234D');
  await page.keyboard.press('ArrowRight');
  await expect(drawn(page)).toHaveAccessibleName('Page 2 of 2: PAN card');
  await expect(page.locator('#part-d1 .check-row').first()).toContainText('The name as typed'); // the API's text speaks to the holder
  await pressAll(page, 'yyyy');
  await expect(drawn(page)).toHaveAccessibleName('Page 1 of 1: Udyam registration certificate');
  await page.keyboard.press('v');
  await expect(page.locator('#part-d2').getByLabel('Last valid day')).toBeFocused();
  await page.locator('#part-d2').getByLabel('Last valid day').fill('2031-12-31');
  await page.keyboard.press('Enter');
  await pressAll(page, 'yy0y');
  await expect(page.locator('#left')).toHaveText('1 left to judge');
  await page.keyboard.press('a'); // too early: it says what is missing
  await expect(page.locator('#trouble')).toHaveText('1 left to judge');
  await pressAll(page, 'yyy');
  await expect(page.locator('#left')).toHaveText('All accepted: approve with a.');
  await page.keyboard.press('a');
  await expect(page.locator('#letter')).toContainText('आप सभी उत्पाद');
  await expect(page.locator('#letter')).toHaveAttribute('lang', 'hi');
  await page.keyboard.press('Enter');
  await expect(page.locator('#toast')).toContainText(`${reference} is approved.`);
  console.log(`a case of three documents by the keyboard: ${((Date.now() - begun) / 1000).toFixed(1)} s of a program's time`);

  const decision = sent.findLast((s) => s.at.endsWith('/decision'))?.body;
  expect(decision).toMatchObject({ leaseId: 'lease-1', version: 4, outcome: 'approve', risk: 'low' });
  expect(decision.parts.map((p: Json) => [p.documentId, p.verdict, p.checklist, p.validUntil])).toEqual([
    ['d1', 'yes', { name: 'y', number: 'y', legible: 'y' }, null], ['d2', 'yes', { holder: 'y', valid: 'y', address: 'na' }, '2031-12-31'], ['d3', 'yes', { holder: 'y', legible: 'y' }, null],
  ]);
  await expect(page.locator('#next')).toBeVisible();
  await page.keyboard.press('u');
  await expect(page.locator('#toast')).toBeHidden();
  await expect.poll(() => sent.filter((s) => s.at.endsWith('/undo')).map((s) => s.body)).toEqual([{ recordId: 'r1' }]);
  await expect(page.locator('#lease')).toContainText('Yours until');
  await page.keyboard.press('Escape');
  await expect(page.locator('#said')).toContainText('Released');
  expect(sent.findLast((s) => s.at.endsWith('/release'))?.body).toEqual({ leaseId: 'lease-1' });
});

test('a no of the checklist proposes its reason, and the case then asks or rejects, and does not approve', async ({ person }) => {
  await person.withDetails();
  const page = person.page, sent = await mockDesk(page);
  await page.goto('/review/case#next');
  await expect(drawn(page)).toBeVisible();
  await pressAll(page, 'ynyn'); // yes, no, yes, and no to the document
  const reason = page.locator('#part-d1 select');
  await expect(reason).toBeFocused();
  await expect(reason).toHaveValue('number_mismatch');
  await expect(page.locator('#part-d1')).toContainText('The holder reads: The number on the document is another');
  await page.keyboard.press('Enter');
  await pressAll(page, 'yyyyyyy');
  await expect(page.locator('#left')).toContainText('ask with q');
  await page.keyboard.press('a');
  await expect(page.locator('#trouble')).toContainText('Not everything is accepted');
  await expect(page.locator('#decide')).toBeHidden();
  await page.locator('#part-d1').click();
  await reason.selectOption('manipulated');
  await expect(page.locator('#left')).toContainText('reject with d');
  await reason.selectOption('other'); // it needs a sentence
  await expect(page.locator('#left')).toHaveText('1 left to judge');
  await page.locator('#part-d1 textarea').fill('Send both sides.');
  await page.keyboard.press('Escape');
  await page.reload(); // what was judged is kept in the tab
  await expect(page.locator('#left')).toContainText('ask with q');
  await page.keyboard.press('q');
  await page.getByRole('button', { name: 'Ask the holder' }).last().click();
  await expect(page.locator('#toast')).toBeVisible();
  expect(sent.findLast((s) => s.at.endsWith('/decision'))?.body.parts[0]).toMatchObject({ pointer: '/requirements/entity_pan', documentId: 'd1', verdict: 'no', code: 'other', detail: 'Send both sides.' });
});

test('a file says how it came to be: its program, its signature, and what was added behind it', async ({ person }) => {
  await person.withDetails();
  const page = person.page, signed = { program: 'Adobe Photoshop 25.0', signature: 'broken', signer: 'Ravi Shah', extended: true };
  const one = caseOf();
  one.requirements[0].documents = [paper('d1', 'pan_card', 'PAN card', 1, { origin: signed })];
  await mockDesk(page, { 'POST /next': () => ({ json: { case: one } }) });
  await page.goto('/review/case#next');
  await expect(page.locator('#part-d1')).toContainText('made by Adobe Photoshop 25.0 · signed by Ravi Shah: the signature does not fit the file · added to after it was signed');
  await expect(page.locator('#part-d2')).not.toContainText('made by');
});

test('what the first of two looks had deleted stays refused: it has no page, no key judges it again, and the case is not approved', async ({ person }) => {
  await person.withDetails();
  const page = person.page;
  const gone = paper('d1', 'pan_card', 'PAN card', 0, {
    state: 'superseded', verdict: { verdict: 'no', code: 'number_mismatch', detail: 'Cover the number.', checklist: {}, validUntil: null, by: 'Meena Rao', at: '2026-11-26T08:00:00Z', round: 1 },
  });
  const first = caseOf({ lane: 'second_look', firstBy: 'Meena Rao' });
  const second: Json = { ...first, requirements: [requirement('entity_pan', 'PAN of the proprietor', [], [gone]), ...first.requirements.slice(1)] };
  const sent = await mockDesk(page, { 'POST /next': () => ({ json: { case: second } }) });
  await page.goto('/review/case#next');
  const row = page.locator('#part-d1');
  await row.click();
  await expect(row).toContainText('number mismatch');
  await expect(row.locator('[data-yes]')).toBeHidden();
  for (const key of ['y', 'x']) {
    await page.keyboard.press(key);
    await expect(page.locator('#said')).toContainText('The first look had this file deleted');
  }
  await page.locator('#part-d2').click();
  await pressAll(page, 'yyyyyyy');
  await expect(page.locator('#left')).toContainText('ask with q');
  await page.keyboard.press('q');
  await page.getByRole('button', { name: 'Ask the holder' }).last().click();
  await expect(page.locator('#toast')).toBeVisible();
  expect(sent.findLast((s) => s.at.endsWith('/decision'))?.body.parts.map((p: Json) => p.documentId)).toEqual(['d2', 'd3']);
});

test('a page whose bytes have another hash is not shown; the others carry the name of who looks', async ({ person }) => {
  await person.withDetails();
  const page = person.page, other = caseOf();
  other.requirements[0].documents[0].pages[1] = '00'.repeat(32);
  await mockDesk(page, { [`GET /cases/${reference}`]: () => ({ json: other }) });
  await page.addInitScript(() => {
    const written: string[] = ((window as any).written = []), fillText = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function (text, ...at) { written.push(text); return fillText.call(this, text, ...(at as [number, number])); };
  });
  await page.goto(`/review/case#${reference}`);
  await expect(drawn(page)).toBeVisible();
  expect(await page.evaluate(() => (window as any).written.at(-1))).toMatch(/^Ravi Iyer · \d+ \w+, \d\d:\d\d$/);
  const wide = await drawn(page).evaluate((c: HTMLCanvasElement) => [c.width, c.height]);
  await page.keyboard.press('r');
  expect(await drawn(page).evaluate((c: HTMLCanvasElement) => [c.width, c.height])).toEqual(wide.reverse());
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('#pane [data-trouble]')).toContainText('its hash differs');
  await expect(page.locator('#pane canvas')).toBeHidden();
  await expect(page.locator('#pane [data-again]')).toBeHidden();
});

test('a locked desk asks for the password in place, and then goes on; a colleague’s case is taken over with a reason; ? shows the keys', async ({ person, complaints }) => {
  complaints.expectStatus(403, '/v1/review');
  await person.withDetails();
  let open = false;
  const page = person.page, theirs = caseOf({ lease: { id: null, by: 'Meera Nair', until: '2026-11-26T09:05:00Z', mine: false }, canDecide: [] });
  const locked = () => (open ? undefined : { status: 403, json: { status: 403, code: 'desk_locked', detail: 'The desk is locked.' } });
  const sent = await mockDesk(page, {
    'GET ': locked, [`GET /cases/${reference}`]: () => ({ json: theirs }),
    'POST /unlock': (body) => {
      open = body.password === person.password;
      return open ? { status: 204 } : { status: 403, json: { status: 403, code: 'password_wrong', detail: 'This is not your password.', errors: [{ pointer: '/password', code: 'password_wrong', detail: 'This is not your password.' }] } };
    },
  });
  await page.goto(`/review/case#${reference}`);
  const lock = page.getByRole('dialog', { name: 'The desk is locked' });
  const password = lock.getByLabel('Password', { exact: true });
  await expect(password).toBeFocused();
  await page.keyboard.press('Escape');
  await lock.evaluate((d: HTMLDialogElement) => d.close()); // as a browser does that is asked twice
  await expect(password).toBeFocused();
  await password.fill('wrong');
  await page.keyboard.press('Enter');
  await expect(lock.locator('.error:visible')).toContainText('not your password');
  await password.fill(person.password);
  await page.keyboard.press('Enter');
  await expect(lock).toBeHidden();
  await expect(page.locator('#lease')).toContainText('Meera Nair has it until');
  await page.keyboard.press('y'); // not mine: nothing happens
  await expect(page.locator('#left')).toContainText('To look at only');

  await page.keyboard.press('?');
  const keys = page.getByRole('dialog', { name: 'Keys' });
  await expect(keys).toContainText('Take the last decision back');
  await page.keyboard.press('Escape');
  await expect(keys).toBeHidden();
  await page.keyboard.press('t');
  const take = page.getByRole('dialog', { name: 'Take over' });
  await page.keyboard.press('Enter');
  await take.getByRole('button', { name: 'Take over' }).click();
  await expect(take.locator('.error:visible')).toContainText('Fill this in');
  await take.getByLabel('Why?').fill('Meera is on leave.');
  await take.getByRole('button', { name: 'Take over' }).click();
  await expect(page.locator('#lease')).toContainText('Yours until');
  expect(sent.findLast((s) => s.at.endsWith('/claim'))?.body).toEqual({ takeOver: 'Meera is on leave.' });
});

test('after a round of questions: what changed comes first, the old page beside the new, the rest stays as it was judged; accessible at every width', async ({ person }) => {
  test.setTimeout(240_000);
  await person.withDetails();
  const page = person.page, kept = { verdict: 'yes', code: null, detail: null, checklist: { holder: 'y', legible: 'y' }, validUntil: null, by: 'Meera Nair', at: '2026-11-24T05:00:00Z', round: 1 };
  const answered = caseOf({ lane: 'second_look', round: 2, firstBy: 'Meera Nair', risk: 'high', notes: [{ at: '2026-11-24T05:00:00Z', by: 'Meera Nair', kind: 'second_look', text: 'Compare the signature.' }] });
  answered.requirements = [
    requirement('bank_proof', 'Proof of the bank account', [], [paper('d3', 'cancelled_cheque', 'Cancelled cheque', 1, { state: 'accepted', verdict: kept })]),
    requirement('entity_pan', 'PAN of the proprietor', [{ label: 'PAN', value: 'ABCPR1234D' }], [
      paper('d4', 'pan_card', 'PAN card', 1, { new: true, fileName: 'again.pdf' }), paper('d1', 'pan_card', 'PAN card', 2, { state: 'rejected', verdict: { ...kept, verdict: 'no', code: 'not_readable' } }),
    ], { flag: { code: 'not_readable', detail: 'We cannot read it.' }, answer: 'This one is sharp.' }),
  ];
  await mockDesk(page, { [`GET /cases/${reference}`]: () => ({ json: answered }) });
  await page.goto(`/review/case#${reference}`);
  await expect(page.locator('#things > li').first()).toHaveText('Changed since the last round (1)');
  await expect(page.locator('#part-d4')).toContainText('Answer: This one is sharp.');
  await expect(page.locator('#part-d1')).toHaveCount(0);
  await expect(page.locator('#part-d3')).toContainText('Accepted before');
  await expect(page.locator('#beside canvas')).toHaveAccessibleName('Page 1 of 2: PAN card');
  await expect(drawn(page)).toHaveAccessibleName('Page 1 of 1: PAN card');
  await expect(page.locator('#second')).toContainText('Meera Nair');
  await expect(page.locator('#left')).toHaveText('1 left to judge');
  await expectAccessible(page, { widths: [1280, 768, 320] });
  await page.keyboard.press('x');
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await expectAccessible(page, { widths: [768] });
  await page.keyboard.press('Escape');
  await page.keyboard.press('h');
  await expect(page.locator('#history-list li')).toHaveCount(1);
  await page.keyboard.press('Escape');

  await page.goto('/review');
  await page.getByRole('button', { name: 'Show the report' }).click();
  await page.keyboard.press('/');
  await page.keyboard.type('ABCPR1234D');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'List New' }).click();
  await expect(page.locator('.item')).toHaveCount(3);
  await expectAccessible(page, { widths: [1280, 768, 320] });
  await expectValidPages(page, '/review', '/review/case');
});
