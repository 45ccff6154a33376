// What the other tests stand on.
import type { Page } from '@playwright/test';
import { expectAccessible, expectValidHtml } from '../support/accessible.ts';
import { Complaints } from '../support/console.ts';
import * as files from '../support/files.ts';
import { accountType, expect, goodFields, test } from '../support/person.ts';

test('a person gets a case that may be submitted, and then submits it', async ({ person }) => {
  await person.withDocuments();
  const ready = await person.kycCase();
  expect(ready.missing).toEqual([]);
  expect(ready.canSubmit).toBe(true);
  await person.submitted();
  expect((await person.kycCase()).status).toBe('submitted');
});

test('a company is called and gets a case that may be submitted', async ({ person }) => {
  await person.withDocuments('private_limited');
  expect((await person.kycCase()).canSubmit).toBe(true);
  expect((await person.messages(person.landline)).map((m) => m.kind)).toEqual(['call']);
});

test('the mail is in the box', async ({ person }) => {
  await person.signedUp();
  const mail = await person.lastMail('verify');
  expect(mail).toMatchObject({ kind: 'email', to: person.email });
  expect(mail.html).toContain('<html');
  expect(await person.linkOfMail()).toContain(`${person.api.url}/verify#`);
  expect(await person.mails()).toHaveLength(1);
});

test('Chromium keeps the Secure cookies that the API brought, and sends them', async ({ person }) => {
  await person.loggedIn();
  const cookies = await person.context.cookies();
  expect(cookies.map((c) => c.name).sort()).toEqual(['__Host-device', '__Host-session']);
  for (const c of cookies) expect(c).toMatchObject({ secure: true, httpOnly: true, path: '/' });
  const answer = await person.page.goto('/v1/account');
  expect(answer?.status()).toBe(200);
  expect(await person.page.textContent('body')).toContain(person.email);
});

test('Chromium keeps the cookies of a log-in in the page', async ({ person }) => {
  await person.verified();
  const status = await fetchIn(person.page, '/v1/login', { email: person.email, password: person.password });
  expect(status).toBe(200);
  expect((await person.context.cookies()).map((c) => c.name).sort()).toEqual(['__Host-device', '__Host-session']);
  expect((await person.page.goto('/v1/account'))?.status()).toBe(200);
  await person.takeCookies();
  await person.api.want(200, 'GET', '/v1/account');
});

test('two people are on two networks', async ({ person, newPerson, complaints }) => {
  const other = await newPerson();
  expect(other.network.address).not.toBe(person.network.address);
  await other.loggedIn();
  expect((await other.page.goto('/v1/account'))?.status()).toBe(200);
  complaints.expectStatus(401, '/v1/account');
  expect((await person.page.goto('/v1/account'))?.status()).toBe(401);
});

test('the fields of each entity type are good', async ({ person, newPerson }) => {
  const company = await newPerson();
  for (const [entityType, fields] of Object.entries(goodFields)) {
    const holder = accountType(entityType) === 'individual' ? person : company;
    await holder.withCase(entityType);
    await holder.api.want(200, 'PUT', '/v1/kyc', { entityType, fields }); // who has a case changes its type
    const c = await holder.kycCase();
    expect(c.fields, entityType).toMatchObject(fields);
    expect(c.missing.filter((x: { pointer: string }) => x.pointer.startsWith('/fields/')), entityType).toEqual([]);
  }
});

test('good files pass and bad ones do not', async ({ person }) => {
  await person.withCase();
  const r = (await person.kycCase()).requirements[0];
  for (const [file, state, reason] of [
    [files.pdf(), 'clean', null],
    [files.jpeg(), 'clean', null],
    [files.png(), 'clean', null],
    [files.renamedExe(), 'refused', 'file_type_mismatch'],
    [files.lockedPdf(), 'refused', 'file_password_protected'],
    [files.scriptedPdf(), 'clean', null],
    [files.brokenPdf(), 'refused', 'file_corrupt'],
  ] as const) {
    const d = await person.settled(await person.upload(r.id, r.options[0].id, file));
    expect(d, file.name).toMatchObject({ state });
    if (reason) expect(JSON.stringify(d.reason), file.name).toContain(reason);
    expect((await person.api.call('DELETE', `/v1/kyc/documents/${d.id}`)).status).toBeLessThan(300);
  }
});

test('Chromium decodes the photo', async ({ page }) => {
  const photo = files.jpeg();
  const size = await page.evaluate(async (base64) => {
    const image = new Image();
    image.src = `data:image/jpeg;base64,${base64}`;
    await image.decode();
    return [image.naturalWidth, image.naturalHeight];
  }, photo.buffer.toString('base64'));
  expect(size).toEqual([800, 600]);
});

test('nothing in the console stays unseen', async ({ browser, baseURL, network }) => {
  const context = await browser.newContext({ proxy: network.proxy });
  const complaints = new Complaints();
  await complaints.watch(context);
  const page = await context.newPage();
  await page.route('**/harness', (r) => r.fulfill({
    contentType: 'text/html',
    headers: { 'content-security-policy': "script-src 'unsafe-inline'; img-src 'none'" },
    body: `<!doctype html><title>x</title><link rel="icon" href="data:,"><script>
      console.info('said'); console.error('wrong'); setTimeout(() => { throw new Error('thrown') }); Promise.reject(new Error('refused'));
      var answered = Promise.all([fetch('/v1/account'), fetch('/v1/nowhere')]).then(() => {});
    </script><img src="/evil.png" alt="">`,
  }));
  await page.goto(`${baseURL}/harness`);
  complaints.expectStatus(401, '/v1/account');
  complaints.expectText(/^info: said$/);
  complaints.expectStatus(418);
  await page.evaluate('answered');
  await complaints.arrived();
  const all = complaints.list().join('\n');
  for (const what of ['error: wrong', 'thrown', 'refused', 'CSP: img-src', 'status of 404', 'not there: 418']) expect(all).toContain(what);
  for (const what of ['401', 'info: said']) expect(all).not.toContain(what);
  await context.close();
});

test('the checks of accessibility find what is wrong, and nothing else', async ({ page }) => {
  const good = '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Good</title>'
    + '<style>:root{color-scheme:light dark}</style></head><body><main><h1>Good</h1><p>Text</p></main></body></html>';
  await page.setContent(good);
  await expectAccessible(page);
  await expectValidHtml(good);
  await page.setContent(good.replace('<p>', '<img src="data:,"><p style="width:600px;color:#777;background:#888">'));
  const failure = await expectAccessible(page).then(() => '', (e: Error) => e.message);
  for (const what of ['image-alt', 'color-contrast', 'scrolls sideways: <p', 'in: light 1280 px, light 360 px, light 320 px, dark 1280 px, dark 320 px', 'in: light 360 px, light 320 px']) expect(failure).toContain(what);
  expect(failure).not.toContain('dark 360'); // contrast there is that of the narrowest
  const invalid = await expectValidHtml(good.replace('<p>', '<img src="data:,"><p><div></div>')).then(() => '', (e: Error) => e.message);
  expect(invalid).toContain('wcag/h37');
});

test('a page uploads to storage, through the proxy too', async ({ person }) => {
  await person.withCase();
  const r = (await person.kycCase()).requirements[0];
  await blank(person.page);
  const file = files.pdf();
  const id = await person.page.evaluate(async ({ requirement, documentType, name, type, base64 }) => {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const asked = await (await fetch('/v1/kyc/documents', {
      method: 'POST', headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ requirement, documentType, fileName: name, contentType: type, size: bytes.length }),
    })).json();
    const form = new FormData();
    for (const [field, v] of Object.entries(asked.upload.fields)) form.append(field, v as string);
    form.append('file', new Blob([bytes], { type }), name);
    const stored = await fetch(asked.upload.url, { method: 'POST', body: form });
    if (stored.status !== 201) throw new Error(`storage answered ${stored.status}`);
    await fetch(`/v1/kyc/documents/${asked.documentId}/complete`, { method: 'POST' });
    return asked.documentId as string;
  }, { requirement: r.id, documentType: r.options[0].id, name: file.name, type: file.mimeType, base64: file.buffer.toString('base64') });
  expect(await person.settled(id)).toMatchObject({ state: 'clean' });
  const storage = person.network.requests.filter((x) => x.startsWith('POST ') && !x.startsWith(`POST ${person.api.url}/`));
  expect(storage).toHaveLength(1);
});

test('the requests of Playwright itself go through the proxy', async ({ page, baseURL }) => {
  expect((await page.request.get('/v1/health')).status()).toBe(200);
  await page.route('**/v1/health', async (r) => r.fulfill({ response: await r.fetch() }));
  expect((await page.goto(`${baseURL}/v1/health`))?.status()).toBe(200);
});

test('the proxy lets a page reach this machine only', async ({ page, complaints }) => {
  complaints.expectStatus(502);
  expect((await page.goto('http://example.com/'))?.status()).toBe(502);
});

/** Opens a document of the system's origin that is empty and has no CSP: there fetch is free. */
async function blank(page: Page) {
  await page.route('**/harness', (r) => r.fulfill({ contentType: 'text/html', body: '<!doctype html><title>x</title><link rel="icon" href="data:,">' }));
  await page.goto('/harness');
}

async function fetchIn(page: Page, path: string, body: unknown): Promise<number> {
  await blank(page);
  return page.evaluate(async ([path, body]) => (await fetch(path as string, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
  })).status, [path, body] as const);
}
