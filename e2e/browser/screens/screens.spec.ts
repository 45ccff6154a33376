import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { codeOf } from '../support/factor.ts';
import { lockedPdf, pdf } from '../support/files.ts';
import { type Json, expect, goodFields, type Person, test } from '../support/person.ts';
import { photo } from '../support/photos.ts';
import { acceptAll, atDesk, buildCentral, find } from '../support/reviewer.ts';
import { askForCode, fillDetails, fillSignUp, rowOf, unfold } from '../support/steps.ts';

const folder = resolve(import.meta.dirname, '../../../docs/screens');
mkdirSync(folder, { recursive: true });

/** Takes the page as it is, in light and dark, and keeps it as WebP: a fifth of the bytes that PNG takes. */
async function shoot(page: Page, name: string) {
  const { project } = test.info(), blank = await page.context().newPage(), window = page.viewportSize();
  await page.bringToFront();
  const height = await page.evaluate(() => (document.querySelector('.submitbar') ? document.scrollingElement!.scrollHeight : 0)); // a bar that sticks belongs below
  if (window && height > window.height) await page.setViewportSize({ ...window, height });
  await page.evaluate(() => document.fonts.ready);
  await page.mouse.move(0, 0);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const file = `${name}-${project.name}-${colorScheme}`;
    const png = await page.screenshot({ path: test.info().outputPath(`${file}.png`), fullPage: true, animations: 'disabled', scale: 'css' });
    const webp = await blank.evaluate(async (data) => {
      const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
      const canvas = document.createElement('canvas');
      Object.assign(canvas, { width: picture.width, height: picture.height }).getContext('2d')?.drawImage(picture, 0, 0);
      return canvas.toDataURL('image/webp', 0.85).split(',')[1] ?? '';
    }, png.toString('base64'));
    writeFileSync(`${folder}/${file}.webp`, Buffer.from(webp, 'base64'));
  }
  await blank.close();
  if (window) await page.setViewportSize(window);
  await page.emulateMedia({ colorScheme: 'light' });
}

/** Somebody who looks the same in every run. An address is used once. */
function named(p: Person, name: string): Person {
  const project = test.info().project.name, last = 10 + ['asha', 'asha.rao', 'asha.kyc', 'asha.done', 'asha.link', 'asha.desk', 'ravi', 'asha.owner'].indexOf(name) * 2 + (project === 'phone' ? 1 : 0);
  return Object.assign(p, { email: `${name}.${project}@example.com`, phone: `+9198765432${last}`, landline: `+9126523456${last}` });
}

test('before there is an account', async ({ person }) => {
  const page = person.page;
  named(person, 'asha');
  await page.goto('/signup');
  await shoot(page, 'signup');
  await page.getByLabel('Password', { exact: true }).fill('mango');
  await page.getByRole('button', { name: 'Submit' }).click();
  await expect(page.locator('#problems')).toBeFocused();
  await shoot(page, 'signup-errors');
  await fillSignUp(person);
  await page.getByRole('button', { name: 'Submit' }).click();
  await expect(page.locator('#resend')).toHaveText(/Send again in/);
  await shoot(page, 'check-inbox');
  await page.goto(await person.linkOfMail());
  await shoot(page, 'verify');
  await page.getByRole('button', { name: 'Verify', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Your email is verified' })).toBeVisible();
  await shoot(page, 'verify-done');
  for (const name of ['login', 'forgot-password', 'reset-password', 'terms', 'privacy', 'kyc-notice']) {
    await page.goto(`/${name}`);
    await shoot(page, name);
  }
  await page.context().addCookies([{ name: '__Host-language', value: 'hi', url: 'https://127.0.0.1', secure: true }]);
  await page.goto('/signup');
  await shoot(page, 'signup-hindi');
});

test('when something is missing', async ({ person, complaints }) => {
  complaints.expectStatus(404);
  complaints.expectStatus(500);
  const page = person.page;
  await page.goto('/nothing');
  await shoot(page, '404');
  await page.evaluate(() => navigator.serviceWorker.ready);
  person.network.instead = () => ({ status: 500, body: '{}' });
  await page.goto('/login');
  await shoot(page, '500');
  person.network.instead = () => undefined;
  await page.context().setOffline(true);
  await page.goto('/login');
  await expect(page.getByRole('heading', { name: 'There is no connection' })).toBeVisible();
  await shoot(page, 'offline');
});

test('the account', async ({ person }) => {
  const page = person.page;
  await named(person, 'asha.rao').loggedIn();
  await page.goto('/');
  await expect(page.getByText('Needs your account details and KYC').first()).toBeVisible();
  await shoot(page, 'home-new');
  await page.goto('/account-details');
  await shoot(page, 'account-details');
  await fillDetails(person);
  await askForCode(person);
  await shoot(page, 'account-details-code');
});

test('what belongs to the account, and what opens it', async ({ person }) => {
  const page = person.page;
  await named(person, 'asha.owner').withDetails();
  for (const [language, of] of [['en', ''], ['hi', '-hindi']] as const) {
    await page.context().addCookies([{ name: '__Host-language', value: language, url: 'https://127.0.0.1', secure: true }]);
    await page.goto('/account');
    await expect(page.locator('#activity li').first()).toBeVisible();
    await page.getByLabel(language === 'en' ? 'New email address' : 'नया ईमेल पता').fill('asha.rao.new@example.com');
    await page.locator('#email-form [type=submit]').click();
    await expect(page.locator('#pending')).toBeVisible();
    await page.locator('#close-look').click();
    await expect(page.locator('#close-plan')).toBeFocused();
    await page.evaluate(() => scrollTo(0, 0));
    await shoot(page, `account${of}`);
    await page.goto('/security');
    if (language === 'en') {
      await page.locator('#app-add').click();
      await expect(page.locator('#qr svg')).toBeVisible();
      await page.getByLabel('Code', { exact: true }).fill(codeOf(await page.locator('#secret').innerText()));
      await page.locator('#enrol [type=submit]').click();
      await expect(page.locator('#codes li')).toHaveCount(10);
    }
    await expect(page.locator('#left')).not.toBeEmpty();
    await shoot(page, `security${of}`);
  }
});

test('settings and KYC', async ({ person }) => {
  const page = person.page;
  await named(person, 'asha.kyc').withCase('partnership');
  for (const [name, path] of [['home', '/'], ['settings', '/settings'], ['password', '/settings/password'], ['sessions', '/settings/sessions']] as const) {
    await page.goto(path);
    await expect(page.getByRole('button', { name: 'Account menu' })).toContainText('Asha Rao');
    await shoot(page, name);
  }
  await page.getByRole('button', { name: 'Account menu' }).click();
  await shoot(page, 'menu');
  await states(person);
  await page.goto('/settings/kyc/edit');
  await unfold(rowOf(page, 'signatory_id'));
  await rowOf(page, 'signatory_id').locator('[data-file]').setInputFiles(photo({ name: 'IMG_20261123_101502.jpg', bytes: 6 * 1024 * 1024 }));
  await expect(page.locator('.which')).toBeVisible();
  await expect(page.locator('.file__meta').filter({ hasText: '→' })).toBeVisible();
  await shoot(page, 'kyc-edit');
  await page.getByRole('button', { name: 'Done and left' }).click();
  await shoot(page, 'kyc-edit-overview');
  await page.goto('/settings/kyc');
  await expect(page.locator('li[data-requirement]').first()).toBeVisible();
  await shoot(page, 'kyc');
  await page.context().addCookies([{ name: '__Host-language', value: 'hi', url: 'https://127.0.0.1', secure: true }]);
  await page.goto('/settings/kyc/edit');
  await expect(page.locator('li[data-requirement]').first()).toBeVisible();
  await shoot(page, 'kyc-edit-hindi');
});

test('KYC after it was submitted', async ({ person, complaints }) => {
  const page = person.page;
  complaints.expectStatus(422, '/v1/kyc/submit');
  await named(person, 'asha.done').withCase('individual', {});
  await page.goto('/settings/kyc/edit');
  await page.getByRole('button', { name: 'Submit' }).click();
  await expect(page.locator('#problems')).toBeFocused();
  await shoot(page, 'kyc-edit-missing');
  await person.api.want(200, 'PATCH', '/v1/kyc', { fields: goodFields.individual });
  await person.submitted();
  await page.goto('/settings/kyc');
  await expect(page.locator('#receipt')).toBeVisible();
  await shoot(page, 'kyc-submitted');
  await asked(person);
  await page.goto('/settings/kyc/edit');
  await expect(page.locator('.flag').first()).toBeVisible();
  await shoot(page, 'kyc-edit-asked');
});

test('the signatory, by a link', async ({ person, newPerson }) => {
  await named(person, 'asha.link').withCase('partnership');
  await person.page.goto('/settings/kyc/edit');
  await unfold(rowOf(person.page, 'signatory_pan'));
  await person.page.getByRole('button', { name: 'Make a link' }).click();
  const made = person.page.getByLabel('Link for the signatory'), page = (await newPerson()).page;
  await expect(made).toHaveValue(/\/papers#/);
  await page.setViewportSize(person.page.viewportSize()!);
  await page.goto(await made.inputValue());
  await shoot(page, 'papers');
  await page.getByRole('button', { name: 'Begin on this device' }).click();
  await rowOf(page, 'signatory_pan').locator('[data-file]').setInputFiles(pdf('pan-card.pdf'));
  await rowOf(page, 'signatory_pan').locator('.which select').selectOption({ index: 1 });
  await expect(rowOf(page, 'signatory_pan').locator('[data-chip]')).toHaveText('Uploaded');
  await shoot(page, 'papers-begun');
});

test('the review desk', async ({ person, newPerson, complaints }, info) => {
  test.skip(info.project.name === 'phone', 'a desk is no phone');
  complaints.expectStatus(403, '/v1/review'); // it is locked at first
  buildCentral();
  await named(person, 'asha.desk').submitted('sole_proprietorship');
  const { reference } = await person.kycCase(), desk = await atDesk(named(await newPerson(), 'ravi'), 'Ravi');
  await shoot(desk, 'desk');
  await find(desk, reference);
  await expect(desk.locator('#pane canvas')).toBeVisible();
  await desk.keyboard.press('y');
  await shoot(desk, 'desk-case');
  await acceptAll(desk);
  await desk.keyboard.press('a');
  await expect(desk.locator('#letter')).not.toBeEmpty();
  await shoot(desk, 'desk-decision');
  await desk.keyboard.press('Enter');
  await expect(desk.locator('#toast')).toContainText('is approved');
  await person.page.goto('/settings/kyc');
  await expect(person.page.locator('#status')).toHaveText('Approved');
  await shoot(person.page, 'kyc-approved');
});

/** One row in each state that files get into by themselves. */
async function states(p: Person) {
  const [first, second] = (await p.kycCase()).requirements.filter((r: Json) => r.needed);
  await p.settled(await p.upload(first.id, first.options[0].id, pdf('pan-card.pdf')));
  await p.settled(await p.upload(second.id, second.options[0].id, lockedPdf('registration.pdf')));
}

/** As a reviewer leaves a case: a field and a document are asked about. */
async function asked(p: Person) {
  const flags: Json = {
    '/fields/pan': { code: 'pan_unreadable', detail: 'Is the fourth letter a P? The copy does not show it.', answered: false, answer: null },
    '/requirements/personal_id': { code: 'photo_blurred', detail: 'The second page cannot be read. Take the photo again, flat and in daylight.', answered: false, answer: null },
  };
  await p.page.route('**/v1/kyc', async (route) => {
    const c = await p.kycCase();
    c.status = 'needs_info';
    c.parts = c.parts.map((x: Json) => ({ pointer: x.pointer, open: x.pointer in flags, flag: flags[x.pointer] ?? null }));
    c.missing = Object.keys(flags).map((pointer) => ({ pointer, code: 'flag_unanswered', detail: '' }));
    await route.fulfill({ json: c, headers: { etag: '"1"' } });
  });
}
