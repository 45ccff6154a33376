// After submission: what became of the case, what happens next, what a reviewer asks for. What a reviewer does is route answers here.
import type { Page } from '@playwright/test';
import { expectAccessible, expectValidHtml } from '../support/accessible.ts';
import { jpeg, pdf } from '../support/files.ts';
import { type Json, expect, type Person, test } from '../support/person.ts';
import { agree, choose, rowOf, unfold } from '../support/steps.ts';

const cookies = (p: Person) => [...p.api.cookies].map(([name, value]) => `${name}=${value}`).join('; ');

/** Answers GET /v1/kyc as it would be after a review; changes go to handle, if it answers them. */
async function reviewed(p: Person, change: (c: Json) => void, handle: (method: string, body: Json, c: Json) => { status: number; json: Json } | undefined = () => undefined) {
  await p.page.route('**/v1/kyc', async (route) => {
    const r = route.request(), answer = await p.api.call('GET', '/v1/kyc', undefined, { cookie: cookies(p) }), c = answer.body;
    change(c);
    const own = r.method() === 'GET' ? { status: 200, json: c } : handle(r.method(), r.postDataJSON(), c);
    if (!own) return route.continue();
    await route.fulfill({ status: own.status, json: own.json, headers: { etag: `"${c.version}"`, ...(own.status > 299 ? { 'content-type': 'application/problem+json' } : {}) } });
  });
}

/** Three flags: on a field, on the entity type and on a document; everything else is closed. */
function askedFor(c: Json, answers: Record<string, string> = {}) {
  const flags: Record<string, Json> = {
    '/entityType': { code: 'entity_type_unclear', detail: 'Is the firm registered as an LLP meanwhile?' },
    '/fields/signatoryName': { code: 'name_disagrees', detail: 'The passport says Asha R. Rao.' },
    '/requirements/signatory_id': { code: 'photo_blurred', detail: 'The photo is blurred: take it again in daylight.' },
  };
  c.status = 'needs_info';
  c.parts = c.parts.map((p: Json) => ({
    pointer: p.pointer, open: p.pointer in flags,
    flag: flags[p.pointer] ? { ...flags[p.pointer], answered: p.pointer in answers, answer: answers[p.pointer] ?? null } : null,
  }));
  c.missing = Object.keys(flags).filter((pointer) => !(pointer in answers)).map((pointer) => ({ pointer, code: 'flag_unanswered', detail: 'The reviewer asks.' }));
  c.canSubmit = c.missing.length === 0;
  const id = c.requirements.find((r: Json) => r.id === 'signatory_id');
  id.state = 'rejected';
  Object.assign(id.documents[0], { state: 'rejected', reason: { code: 'photo_blurred', detail: 'The photo is blurred.' } });
}

const noted = (page: Page, text: string) => page.locator('#next li').filter({ hasText: text, visible: true });

test('after submitting: the date as it is written in India, the reference to copy, what happens next, and what stays locked', async ({ person }) => {
  await person.withDocuments('individual');
  const page = person.page;
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('/settings/kyc/edit');
  await page.getByRole('button', { name: 'Submit' }).click();
  await expect(page.locator('#problems li')).toHaveText(['Read the KYC notice and tick this to submit', 'Tick this to submit, if it is so']);
  await agree(page);
  await page.getByRole('button', { name: 'Submit' }).click();
  await expect(page.locator('#status')).toHaveText('Submitted');
  const c = await person.kycCase();
  await expect(page.locator('#reference')).toHaveText(c.reference);
  await page.getByRole('button', { name: 'Copy Reference number' }).click();
  await expect(page.locator('#copied')).toHaveText('Copied');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(c.reference);
  const date = new Intl.DateTimeFormat('en-IN', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'Asia/Kolkata' }).format(new Date(c.submittedAt));
  await expect(page.locator('#submittedAt')).toContainText(date);
  await expect(page.locator('#submittedAt')).toContainText('IST');
  await expect(noted(page, `We write to ${person.email}`)).toHaveCount(1);
  await expect(page.locator('#locked')).toContainText('stay as they are now');
  await expect(page.locator('#locked').getByRole('link')).toHaveAttribute('href', '/settings');
  await expect(page.getByRole('link', { name: 'Edit' })).toBeHidden();
  await expect(page.locator('#expectedBy')).toHaveText(/day, .*, 1\d:\d\d\sIST$/);
  await page.getByRole('button', { name: 'Take it back' }).click();
  await page.locator('.ask').getByRole('button', { name: 'Take it back' }).click();
  await expect(page.locator('#status')).toHaveText('Taken back');
  await expect(page.locator('#timeline li')).toHaveText([/^Submitted/, /^Taken back/]);
  await expect(page.getByRole('link', { name: 'Edit' })).toBeVisible();
});

test('in Hindi too', async ({ person }) => {
  await person.submitted('individual');
  await person.context.addCookies([{ name: '__Host-language', value: 'hi', url: 'https://127.0.0.1', secure: true }]);
  const page = person.page, c = await person.kycCase();
  await page.goto('/settings/kyc');
  await expect(page.locator('#status')).toHaveText('जमा हुआ');
  await expect(page.locator('#reference')).toHaveText(c.reference);
  const date = new Intl.DateTimeFormat('hi-IN', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'Asia/Kolkata' }).format(new Date(c.submittedAt));
  await expect(page.locator('#submittedAt')).toContainText(date);
  await expect(noted(page, `हम ${person.email} पर लिखेंगे`)).toHaveCount(1);
  await expect(page.locator('#locked')).toContainText('वैसे ही रहेंगे');
});

for (const [status, shown, next, edit] of [
  ['submitted', 'Submitted', 'One of our reviewers looks', ''], ['under_review', 'Under review', 'is looking at your documents now', ''], ['approved', 'Approved', 'All products are open', ''],
  ['needs_info', 'Changes needed', 'change what the reviewer asks for', 'Edit'], ['rejected', 'Rejected', 'if you can send other documents', 'Begin again'], ['expired', 'Expired', 'what you entered', 'Begin again'],
] as const) {
  test(`a case that is ${status} says so, what happens next, and what one can do`, async ({ person }) => {
    await person.submitted('individual');
    await reviewed(person, (c) => (c.status = status));
    const page = person.page;
    await page.goto('/settings/kyc');
    await expect(page.locator('#status')).toHaveText(shown);
    await expect(noted(page, next)).toHaveCount(1);
    await expect(page.locator('#reference')).not.toBeEmpty();
    await expect(page.locator('#locked')).toBeVisible({ visible: ['submitted', 'under_review', 'approved'].includes(status) });
    if (edit) await expect(page.locator('#edit')).toHaveText(edit);
    else await expect(page.locator('#edit')).toBeHidden();
    await page.goto('/settings/kyc/edit');
    if (!edit) await expect(page).toHaveURL(/\/settings\/kyc$/);
    else await expect(page.locator('#form')).toBeVisible();
  });
}

test('the page tells the story of a case, and has a road on from everywhere', async ({ person, complaints }) => {
  complaints.expectStatus(409, '/v1/kyc/withdraw');
  await person.submitted('individual');
  const at = '2026-11-26T09:54:00Z', until = '2028-12-03T12:30:00Z', page = person.page, posted: string[] = [];
  let now: Json = { status: 'submitted', withdrawable: true, expectedBy: '2096-12-03T12:30:00Z', timeline: [{ at, kind: 'submit' }] };
  await reviewed(person, (c) => Object.assign(c, { timeline: [], expectedBy: null, dueBy: null, validUntil: null, withdrawable: false, renewable: false, final: false, inForce: null }, now));
  await page.route(/\/v1\/kyc\/(withdraw|renew)$/, (route) => {
    posted.push(new URL(route.request().url()).pathname);
    if (posted.length > 1) return route.fulfill({ status: 200, json: {} });
    now = { status: 'under_review', expectedBy: now.expectedBy, timeline: [...now.timeline, { at, kind: 'claim' }] };
    return route.fulfill({ status: 409, contentType: 'application/problem+json', json: { status: 409, code: 'case_locked', detail: 'Your documents are with us for review.' } });
  });
  await page.goto('/settings/kyc');
  await expect(page.locator('#expectedBy')).toHaveText('Monday, 3 December 2096, 18:00 IST');
  await expect(page.locator('#timeline li')).toHaveText(['SubmittedThursday, 26 November 2026, 15:24 IST']);
  await page.getByRole('button', { name: 'Take it back' }).click();
  await page.getByRole('button', { name: 'Keep' }).click();
  expect(posted).toEqual([]);
  await page.getByRole('button', { name: 'Take it back' }).click();
  await page.locator('.ask').getByRole('button', { name: 'Take it back' }).click();
  await expect(page.locator('#trouble')).toContainText('are with us for review'); // a reviewer was faster
  await expect(page.locator('#status')).toHaveText('Under review');
  await expect(page.locator('#timeline li').last()).toContainText('A reviewer has begun to look at it');
  await expect(page.locator('#begun')).toContainText('cannot be taken back any more');
  await expect(page.locator('#withdraw')).toBeHidden();

  now = { status: 'withdrawn', timeline: [{ at, kind: 'submit' }, { at, kind: 'withdraw' }] };
  await page.reload();
  await expect(page.locator('#status')).toHaveText('Taken back');
  await expect(page.getByRole('link', { name: 'Edit' })).toBeVisible();
  now = { status: 'suspended', validUntil: until };
  await page.reload();
  await expect(page.locator('#lede')).toContainText('suspended while we look into something');
  await expect(page.locator('#edit')).toBeHidden();
  now = { status: 'rejected', final: true };
  await page.reload();
  await expect(noted(page, 'This decision is final')).toHaveCount(1);
  await expect(page.locator('#edit')).toBeHidden();
  now = { status: 'draft', caseNo: 2, inForce: { caseNo: 1, validUntil: until } };
  await page.reload();
  await expect(page.locator('#lede')).toContainText('verified until 3 December 2028');
  now = { status: 'approved', renewable: true, validUntil: until, timeline: ['submit', 'claim', 'question', 'submit', 'claim', 'approve'].map((kind) => ({ at, kind })) };
  await page.reload();
  await expect(page.locator('#validUntil')).toHaveText('3 December 2028');
  await expect(page.locator('#timeline li')).toHaveText([/^Submitted/, /has begun to look/, /asked for something/, /^Answered/, /has begun to look/, /^Approved/]);
  now = { ...now, status: 'draft' };
  await page.getByRole('button', { name: 'Something has changed' }).click();
  await expect(page).toHaveURL(/\/settings\/kyc\/edit$/);
  expect(posted.at(-1)).toBe('/v1/kyc/renew');
});

test('after a rejection one begins again with what was entered, and sends the documents anew', async ({ person }) => {
  await person.submitted('individual');
  let begun = false;
  await reviewed(person, (c) => {
    c.status = begun ? 'draft' : 'rejected';
    if (!begun) return;
    Object.assign(c, { caseNo: 2, version: 1, reference: null, submittedAt: null });
    for (const r of c.requirements) Object.assign(r, { documents: [], state: 'missing' });
    c.missing = [{ pointer: '/requirements/entity_pan', code: 'document_missing', detail: 'Upload a document.' }];
    c.parts = c.parts.map((p: Json) => ({ ...p, open: true }));
  }, (method, body, c) => {
    begun = method === 'PUT' && body.entityType === 'individual';
    Object.assign(c, { status: 'draft', caseNo: 2, version: 1, missing: [] });
    return { status: 200, json: c };
  });
  const page = person.page;
  await page.goto('/settings/kyc/edit');
  await expect(page.locator('li[data-requirement]')).toHaveCount(0);
  await expect(page.locator('#fields input')).toHaveCount(0);
  await page.getByRole('button', { name: 'Begin again' }).click();
  await expect(page.locator('#field-pan')).toHaveValue('ZZZPZ9999Z');
  await expect(rowOf(page, 'entity_pan')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Begin again' })).toBeHidden();
});

test('what a reviewer asks for stands at its part; a field is answered by a sentence; everything else is closed', async ({ person, complaints }) => {
  complaints.expectStatus(422, '/v1/kyc');
  await person.submitted('partnership');
  const answers: Record<string, string> = {}, sent: Json[] = [];
  await reviewed(person, (c) => askedFor(c, answers), (_, body, c) => {
    sent.push(body);
    const [pointer = '', text = ''] = Object.entries<string>(body.answers ?? {})[0] ?? [];
    if (/\d{12}/.test(text)) {
      return { status: 422, json: { status: 422, code: 'fields_invalid', detail: 'x', errors: [{ pointer: `/answers/${pointer.replaceAll('/', '~1')}`, code: 'aadhaar_number_present', detail: 'This looks like an Aadhaar number.' }] } };
    }
    answers[pointer] = text;
    askedFor(c, answers);
    return { status: 200, json: c };
  });
  const page = person.page;
  await page.goto('/settings/kyc');
  await expect(page.locator('#asked-title')).toHaveText('0 of 3 answered');
  await expect(page.locator('#asked-list li')).toHaveText([/Entity type.*To answer.*Is the firm/s, /Name of the authorised signatory.*To answer.*The passport says/s, /Proof of identity of the signatory.*To answer.*blurred/s]);
  await page.getByRole('link', { name: 'Edit' }).click();

  await expect(page.locator('#flags')).toContainText('0 of 3 answered');
  await expect(page.locator('#details [data-chip]')).toHaveText('To answer');
  await expect(rowOf(page, 'signatory_id').locator('[data-chip]')).toHaveText('To answer');
  const flag = page.locator('.field').filter({ has: page.locator('#field-signatoryName') }).locator('.flag');
  await unfold(page.locator('#details'));
  await expect(flag).toContainText('The reviewer asks');
  await expect(flag).toContainText('The passport says Asha R. Rao.');
  await flag.getByRole('button', { name: 'Save the answer' }).click();
  await expect(flag.locator('.error')).toContainText('Write what the reviewer should know');
  await flag.getByLabel('Or answer in a sentence').fill('My Aadhaar is 234123412346.');
  await flag.getByRole('button', { name: 'Save the answer' }).click();
  await expect(flag.locator('.error')).toContainText('Aadhaar');
  await flag.getByLabel('Or answer in a sentence').fill('R. is my father’s name.');
  await expect(flag.locator('.error')).toBeHidden();
  await flag.getByRole('button', { name: 'Save the answer' }).click();
  await expect(flag).toContainText('You answered the reviewer');
  expect(sent.at(-1)).toEqual({ answers: { '/fields/signatoryName': 'R. is my father’s name.' } });
  await expect(page.locator('#left')).toHaveText('1 of 3 answered');
  await expect(page.locator('.field').filter({ has: page.getByLabel('Select Entity Type') }).locator('.flag')).toContainText('Is the firm registered');

  await expect(page.locator('#field-pan')).toHaveJSProperty('readOnly', true);
  await expect(page.locator('#field-signatoryName')).toHaveJSProperty('readOnly', false);
  await unfold(rowOf(page, 'entity_pan'));
  await expect(rowOf(page, 'entity_pan')).toContainText('This part stays as you sent it');
  await expect(rowOf(page, 'entity_pan').getByRole('button', { name: /Choose files|Remove/ })).toHaveCount(0);
  await unfold(rowOf(page, 'signatory_id'));
  await expect(rowOf(page, 'signatory_id').locator('.flag')).toContainText('take it again in daylight');
  await expect(rowOf(page, 'signatory_id').getByLabel('Or answer in a sentence')).toBeVisible();
  await expect(rowOf(page, 'signatory_id').getByRole('button', { name: 'Choose files' })).toBeVisible();
  await expect(rowOf(page, 'signatory_id').getByRole('button', { name: 'Remove' })).toHaveCount(0); // a reviewer has decided on it
});

test('submitting with a question that is not answered names it, in the language of the person', async ({ person, complaints }) => {
  complaints.expectStatus(422, '/v1/kyc/submit');
  await person.submitted('partnership');
  await person.context.addCookies([{ name: '__Host-language', value: 'hi', url: 'https://127.0.0.1', secure: true }]);
  await reviewed(person, (c) => askedFor(c));
  const page = person.page;
  await page.route('**/v1/kyc/submit', (route) => route.fulfill({ status: 422, contentType: 'application/problem+json', json: {
    status: 422, code: 'kyc_incomplete', detail: 'x', errors: [{ pointer: '/fields/signatoryName', code: 'flag_unanswered', detail: 'x' }, { pointer: '/requirements/signatory_id', code: 'flag_unanswered', detail: 'x' }],
  } }));
  await page.goto('/settings/kyc/edit');
  await page.getByRole('button', { name: 'जमा करें' }).click();
  await expect(page.locator('#problems li')).toHaveText([
    'अधिकृत हस्ताक्षरकर्ता का नाम: समीक्षक के सवाल का उत्तर बाकी है', 'हस्ताक्षरकर्ता की पहचान का प्रमाण: समीक्षक के सवाल का उत्तर बाकी है',
  ]);
  await expect(rowOf(page, 'signatory_id').locator('[data-wrong]')).toContainText('उत्तर बाकी है');
});

test('a part that was closed meanwhile says so where it was changed, and is read-only afterwards', async ({ person, complaints }) => {
  complaints.expectStatus(409, '/v1/kyc');
  await person.withCase('partnership');
  let closed = false;
  await reviewed(person, (c) => closed && (c.parts = c.parts.map((p: Json) => ({ ...p, open: p.pointer !== '/fields/pan' })), (c.status = 'needs_info')), () => {
    closed = true;
    return { status: 409, json: { status: 409, code: 'part_locked', detail: 'Only what the reviewer asked for can be changed now.', errors: [{ pointer: '/fields/pan', code: 'part_locked', detail: 'Only what the reviewer asked for can be changed now.' }] } };
  });
  const page = person.page;
  await page.goto('/settings/kyc/edit');
  await unfold(page.locator('#details'));
  await page.locator('#field-pan').fill('AAAFA1111A');
  await page.locator('#field-pan').blur();
  await expect(page.locator('#field-pan-error')).toContainText('Only what the reviewer asked for');
  await expect(page.locator('#field-pan')).toHaveJSProperty('readOnly', true);
});

test('one file for two things that contradict each other is said at both of them', async ({ person }) => {
  await person.withCase('partnership');
  const same = pdf('same.pdf');
  for (const [id, type] of [['partnership_deed', 'partnership_deed'], ['partner_list', 'partner_list']] as const) await person.settled(await person.upload(id, type, same));
  const page = person.page;
  await page.goto('/settings/kyc/edit');
  for (const [id, other] of [['partnership_deed', 'List of partners'], ['partner_list', 'Partnership deed']] as const) {
    await expect(rowOf(page, id).locator('[data-wrong]')).toContainText('is the same file as');
    await expect(rowOf(page, id).locator('[data-wrong]')).toContainText(other);
  }
  await unfold(rowOf(page, 'partner_list'));
  await rowOf(page, 'partner_list').getByRole('button', { name: 'Remove same.pdf' }).click();
  await rowOf(page, 'partner_list').getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(rowOf(page, 'partnership_deed').locator('[data-wrong]')).toBeHidden();
  await choose(rowOf(page, 'partner_list'), jpeg());
  await expect(rowOf(page, 'partner_list').locator('[data-chip]')).toHaveText('Uploaded');
});

test('what a reviewer asks for and what became of a case is accessible', async ({ person }, info) => {
  test.skip(info.project.name === 'phone', 'every width and scheme is looked at in one project');
  test.setTimeout(150_000);
  await person.submitted('partnership');
  const page = person.page, answer = await page.goto('/settings/kyc');
  await expectValidHtml((await answer?.text()) ?? '', '/settings/kyc');
  await expect(page.locator('#receipt')).toBeVisible();
  await expectAccessible(page, { widths: [1280, 320] });
  await reviewed(person, (c) => askedFor(c, { '/fields/signatoryName': 'R. is my father’s name.' }));
  await page.goto('/settings/kyc');
  await expect(page.locator('#asked-list li')).toHaveCount(3);
  await expectAccessible(page, { widths: [320] });
  await page.goto('/settings/kyc/edit');
  await expect(page.locator('.flag').first()).toBeVisible();
  await unfold(rowOf(page, 'entity_pan'));
  await expectAccessible(page, { widths: [1280, 360] });
});
