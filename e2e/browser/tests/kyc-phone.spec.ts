// KYC on a small window: one part at a time, what is left always in reach, nothing cut off; and the same without a pointer.
import type { Page } from '@playwright/test';
import { expectAccessible } from '../support/accessible.ts';
import { jpeg, lockedPdf, pdf } from '../support/files.ts';
import { expect, type Person, test } from '../support/person.ts';
import { choose, give, rowOf, unfold } from '../support/steps.ts';

async function open(p: Person, entityType = 'partnership', fields?: Record<string, string>) {
  await p.withCase(entityType, fields);
  await p.page.goto('/settings/kyc/edit');
  await expect(p.page.locator('#submitbar')).toBeVisible();
  return p.page;
}

const speakHindi = (p: Person) => p.context.addCookies([{ name: '__Host-language', value: 'hi', url: 'https://127.0.0.1', secure: true }]);
const opened = (page: Page) => page.locator('.part__toggle[aria-expanded=true]').evaluateAll((all) => all.map((t) => t.id));

test('on a phone one part is open at a time, the first that is needed; where there is room, all that are', async ({ person }, info) => {
  const page = await open(person), phone = info.project.name === 'phone';
  const needed = ['entity_pan', 'partnership_deed', 'partner_list', 'authorisation', 'signatory_pan', 'signatory_id', 'business_address', 'gst_declaration', 'beneficial_owners'].map((id) => `requirement-${id}`);
  expect(await opened(page)).toEqual(phone ? needed.slice(0, 1) : needed);
  await expect(page.locator('#details [data-brief]')).toHaveText('Partnership firm · ZZZFZ9999Z · Zaveri Brothers');
  const deed = rowOf(page, 'business_address').locator('.part__toggle');
  if (phone) {
    await deed.scrollIntoViewIfNeeded();
    const before = (await deed.boundingBox())!.y;
    await deed.click();
    expect(await opened(page)).toEqual(['requirement-business_address']);
    expect(Math.abs((await deed.boundingBox())!.y - before)).toBeLessThan(2); // it stays under the finger
  }
  await deed.click();
  expect(await opened(page)).toEqual(phone ? [] : needed.filter((id) => id !== 'requirement-business_address'));
});

test('a file that completes a part leads on to the next one, and takes along who was there', async ({ person }, info) => {
  test.skip(info.project.name !== 'phone', 'where there is room the next one is open already');
  const page = await open(person);
  await rowOf(page, 'partnership_deed').locator('.part__toggle').click();
  await rowOf(page, 'partnership_deed').getByRole('button', { name: 'Choose files' }).focus();
  await give(rowOf(page, 'partnership_deed'), pdf());
  await expect(rowOf(page, 'partner_list').locator('.part__toggle')).toBeFocused();
  await expect.poll(() => opened(page)).toEqual(['requirement-partner_list']);
  await expect(page.locator('#said')).toHaveText('Partnership deed: Uploaded');
  await expect(rowOf(page, 'partner_list').locator('.part__toggle')).toBeInViewport();
});

test('a file that completes a part leaves alone who is elsewhere by then', async ({ person }) => {
  const page = await open(person);
  await choose(rowOf(page, 'partnership_deed'), pdf());
  await unfold(page.locator('#details'));
  await page.locator('#field-pinCode').fill('380015');
  await expect(rowOf(page, 'partnership_deed').locator('[data-chip]')).toHaveText('Uploaded');
  await expect(page.locator('#field-pinCode')).toBeFocused();
  await expect(page.locator('#field-pinCode')).toHaveValue('380015');
  expect(await opened(page)).toContain('details-toggle');
  const list = rowOf(page, 'partner_list'), menu = page.getByRole('button', { name: 'Account menu' });
  let leave = () => {};
  const elsewhere = new Promise<void>((resolve) => leave = resolve);
  await page.route('**/v1/kyc/documents', async (route) => {
    await elsewhere;
    await route.continue();
  });
  await choose(list, pdf());
  await menu.focus();
  leave();
  await expect(list.locator('[data-chip]')).toHaveText('Uploaded');
  await expect(menu).toBeFocused();
  await expect(list.locator('.part__toggle')).toHaveAttribute('aria-expanded', 'true');
});

test('nothing is lost when parts fold: neither what was typed nor a file that waits for its kind', async ({ person, complaints }) => {
  complaints.expectStatus(422, '/v1/kyc');
  const page = await open(person), row = rowOf(page, 'entity_pan');
  await unfold(page.locator('#details'));
  await page.locator('#field-pan').fill('abc');
  await unfold(row);
  await row.locator('[data-file]').setInputFiles(jpeg('pan.jpg'));
  await expect(row.locator('.which')).toBeVisible();
  await unfold(rowOf(page, 'partner_list'));
  await give(rowOf(page, 'partner_list'), pdf());
  await unfold(row);
  await row.getByLabel('Which document is it? pan.jpg').selectOption('pan_card');
  await expect(row.locator('[data-chip]')).toHaveText('Uploaded');
  await unfold(page.locator('#details'));
  await expect(page.locator('#field-pan')).toHaveValue('ABC');
  await expect(page.locator('#field-pan-error')).toBeVisible();
  await expect(page.locator('#details [data-chip]')).toHaveText('Check this');
});

test('what is done and left stays in reach, and leads to each part', async ({ person }) => {
  const page = await open(person), toggle = page.getByRole('button', { name: 'Done and left' }), panel = page.locator('#overview');
  await expect(page.locator('#left')).toHaveText('9 left before you can submit');
  await expect(page.locator('#track i')).toHaveCount(10);
  await expect(page.locator('#track .is-done')).toHaveCount(1);
  await page.locator('h1').scrollIntoViewIfNeeded();
  await expect(toggle).toBeInViewport({ ratio: 1 });
  await toggle.click();
  await expect(panel.getByRole('link')).toHaveText([/Details\s*Complete/, /PAN card\s*Needed/, /Partnership deed/, /List of partners/, /Authorisation/, /PAN card of the signatory/, /Proof of identity/,
    /Proof of business address/, /GST declaration/, /beneficial owners\s*Needed/, /Share of each partner\s*Optional/]);
  await page.keyboard.press('Escape');
  await expect(panel).toBeHidden();
  await expect(toggle).toBeFocused();
  await toggle.click();
  await panel.getByRole('link', { name: 'GST declaration' }).click();
  await expect(panel).toBeHidden();
  await expect(rowOf(page, 'gst_declaration').locator('.part__toggle')).toBeFocused();
  await expect(rowOf(page, 'gst_declaration').locator('.part__toggle')).toHaveAttribute('aria-expanded', 'true');
  await expect(rowOf(page, 'gst_declaration').locator('.part__toggle')).toBeInViewport();
  await give(rowOf(page, 'gst_declaration'), pdf());
  await expect(page.locator('#left')).toHaveText('8 left before you can submit');
  await expect(page.locator('#track .is-done')).toHaveCount(2);
});

test('the bar is in the window wherever one is on the page, and never lies over what has the focus', async ({ person }, info) => {
  test.setTimeout(90_000);
  const page = await open(person), bar = page.locator('#submitbar');
  await unfold(rowOf(page, 'signatory_id'));
  for (const width of info.project.name === 'phone' ? [390, 320] : [1280]) {
    await page.setViewportSize({ width, height: width > 600 ? 700 : 640 });
    for (const share of [0, 0.5, 1]) {
      await page.evaluate((s) => scrollTo(0, s * (document.scrollingElement!.scrollHeight - innerHeight)), share);
      await expect(bar.getByRole('button', { name: 'Submit' }), `${width} px, ${share}`).toBeInViewport({ ratio: 1 });
    }
    await page.evaluate(() => scrollTo(0, 0));
    await page.locator('h1').click();
    for (let i = 0; i < 70; i++) {
      await page.keyboard.press('Tab');
      const hidden = await page.evaluate(() => {
        const at = document.activeElement!, bar = document.querySelector('#submitbar')!, own = at.getBoundingClientRect(), over = bar.getBoundingClientRect();
        if (at === document.body || bar.contains(at) || own.height === 0 || own.top >= over.bottom) return '';
        const seen = Math.min(own.bottom, over.top) - Math.max(own.top, 0);
        return seen < Math.min(own.height, 24) - 1 ? `${at.outerHTML.slice(0, 90)}: ${Math.round(seen)} of ${Math.round(own.height)} px` : '';
      });
      expect(hidden, `at ${width} px`).toBe('');
      if (await page.evaluate(() => document.activeElement === document.body)) break;
    }
  }
});

test('a case that took 5,900 px is less than a third of that', async ({ person }, info) => {
  test.skip(info.project.name !== 'phone', 'a desktop has the room');
  const page = await open(person);
  expect(await page.evaluate(() => document.scrollingElement!.scrollHeight)).toBeLessThan(1960);
});

/** What is cut off: text that its box hides, and boxes that leave the window. */
const cut = (page: Page) => page.evaluate(() => [...document.body.querySelectorAll<HTMLElement>('*')].filter((e) => e.checkVisibility() && !e.closest('.vh, svg, .sidenav')).filter((e) => {
  const style = getComputedStyle(e), box = e.getBoundingClientRect();
  if (box.width < 2 || box.height < 2 || e.matches('.vh *')) return false;
  return (style.overflowX !== 'visible' && e.scrollWidth > e.clientWidth + 1 && e.tagName !== 'SELECT' && e.tagName !== 'INPUT') || box.right > innerWidth + 0.5 || box.left < -0.5;
}).map((e) => `${e.outerHTML.slice(0, 100)} ${Math.round(e.getBoundingClientRect().right)}`));

for (const hindi of [false, true]) {
  test(`at 360 and 320 px nothing is cut off, ${hindi ? 'in Hindi' : 'in English'}: long names, long words, buttons`, async ({ person }, info) => {
    test.skip(info.project.name !== 'phone', 'a desktop is wider');
    await person.withCase('partnership');
    if (hindi) await speakHindi(person);
    const page = person.page, row = rowOf(page, 'partner_list'), long = `${'Partnership_deed_with_all_amendments_'.repeat(3)}final.pdf`;
    await page.goto('/settings/kyc/edit');
    await expect(page.locator('#submitbar')).toBeVisible();
    await choose(row, [pdf(long), lockedPdf(`साझेदारों_की_सूची_${'हस्ताक्षर'.repeat(6)}.pdf`)]);
    await expect(row.locator('[data-note]')).not.toBeEmpty();
    await unfold(row);
    await row.locator('[data-act=remove]').first().click();
    await expect(row.locator('.ask')).toBeVisible();
    for (const width of [360, 320]) {
      await page.setViewportSize({ width, height: 740 });
      expect(await cut(page), `${width} px`).toEqual([]);
    }
    await page.keyboard.press('Escape');
    for (const width of [360, 320]) {
      await page.setViewportSize({ width, height: 740 });
      for (const id of ['signatory_id', 'business_address']) {
        await unfold(rowOf(page, id));
        await rowOf(page, id).locator('[data-file]').setInputFiles(jpeg(`${'photo-of-my-licence-'.repeat(4)}.jpg`));
        await expect(rowOf(page, id).locator('.which').last()).toBeVisible();
        expect(await cut(page), `${id}, ${width} px`).toEqual([]);
      }
      await page.locator('#overview-toggle').click();
      expect(await cut(page), `overview, ${width} px`).toEqual([]);
      await page.keyboard.press('Escape');
    }
  });
}

test('the tabs of the settings scroll to the one that is shown', async ({ person }, info) => {
  test.skip(info.project.name !== 'phone', 'beside the page they do not scroll');
  await person.withDetails();
  const page = person.page;
  await page.setViewportSize({ width: 280, height: 640 }); // as 320 with larger letters
  for (const path of ['/settings', '/settings/kyc', '/settings/password', '/settings/sessions']) {
    await page.goto(path);
    expect(await page.locator('.sidenav').evaluate((nav) => nav.scrollWidth > nav.clientWidth), path).toBe(true);
    await expect(page.locator('.sidenav [aria-current]'), path).toBeInViewport({ ratio: 0.99 });
    expect(await page.evaluate(() => scrollY), path).toBe(0);
  }
});

test('each new state is accessible in every width and scheme', async ({ person, complaints }, info) => {
  test.skip(info.project.name === 'phone', 'every width and scheme is looked at in one project');
  test.setTimeout(180_000);
  complaints.expectStatus(422, '/v1/kyc');
  const page = await open(person), row = rowOf(page, 'partner_list');
  await page.getByRole('button', { name: 'Submit' }).click();
  await expect(page.locator('#problems')).toBeVisible();
  await expectAccessible(page, { widths: [390] }); // rows that are marked
  await choose(row, [pdf('list.pdf'), lockedPdf('locked.pdf')]);
  await expect(row.locator('[data-note]')).not.toBeEmpty();
  await row.getByRole('button', { name: 'Remove list.pdf' }).click();
  await rowOf(page, 'signatory_id').locator('[data-file]').setInputFiles(jpeg('licence.jpg'));
  await unfold(page.locator('#details'));
  await page.locator('#field-pan').fill('ABC');
  await page.locator('#field-pan').blur();
  await expect(page.locator('#field-pan-error')).toBeVisible();
  await expectAccessible(page, { widths: [1280, 360, 320] }); // refused, a question, a file that waits, a field that is wrong
  await page.locator('#overview-toggle').click();
  await expectAccessible(page, { widths: [390, 320], without: ['color-contrast'] }); // what lies below the list has no contrast to measure
  await page.keyboard.press('Escape');
  await page.emulateMedia({ forcedColors: 'active' });
  await expectAccessible(page, { widths: [390], schemes: ['light'] });
});

test('what a good one looks like is loaded by who opens it, and its numbers are those of the list', async ({ person }, info) => {
  test.skip(info.project.name !== 'phone', 'it is the same where there is room');
  const page = await open(person, 'trust'), row = rowOf(page, 'trustee_list'), loaded: string[] = [];
  page.on('request', (r) => r.url().includes('/samples/') && loaded.push(r.url().split('/').pop()!));
  await page.setViewportSize({ width: 360, height: 640 });
  await unfold(row);
  await expect(row.getByRole('link', { name: 'List of trustees, settlors and beneficiaries' })).toHaveAttribute('href', '/v1/kyc/papers/trustee_list');
  expect(loaded).toEqual([]);
  await row.getByText('What a good one looks like').click();
  await expect(row.getByRole('img', { name: 'a table with a name and an address in each row' })).toBeVisible();
  await expect(row.locator('.sample__mark')).toHaveText(['1', '2', '3']);
  await expect(row.locator('.sample li')).toHaveText(['On letterhead', 'Everybody with their address', 'Signed']);
  expect(loaded).toEqual(['list.svg']);

  const identity = rowOf(page, 'signatory_id');
  await unfold(identity);
  await identity.getByText('What a good one looks like').click();
  await expect(identity.getByRole('img')).toHaveCount(0); // of several kinds, that which somebody means
  await identity.getByText('Driving licence').last().click();
  await expect(identity.locator('.sample__mark')).toHaveText(['1', '2', '3']);
  expect(loaded).toEqual(['list.svg', 'card.svg']);
  expect(await page.evaluate(() => document.scrollingElement!.scrollWidth)).toBe(360);
  await expectAccessible(page, { widths: [360] });

  const pan = rowOf(page, 'entity_pan');
  await unfold(pan);
  await pan.getByText('What a good one looks like').click();
  await expect(pan.locator('details details')).toHaveText(['PAN card', 'e-PAN (PDF of the tax department)']);
  await unfold(page.locator('#details'));
  await page.getByLabel('Select Entity Type').selectOption('llp');
  await unfold(pan);
  await pan.getByText('What a good one looks like').click();
  await expect(pan.locator('details details')).toHaveCount(3); // an LLP may send its certificate
});
