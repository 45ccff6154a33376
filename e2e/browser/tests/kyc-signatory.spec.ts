// The link by which the signatory brings the own papers: from the page of the case to another phone, and back.
import { expectAccessible } from '../support/accessible.ts';
import { jpeg } from '../support/files.ts';
import { expect, test } from '../support/person.ts';
import { rowOf, unfold } from '../support/steps.ts';

test('the signatory brings the own papers on the own phone, by a link that works nowhere else', async ({ person, newPerson, complaints }) => {
  await person.withCase('partnership');
  const holder = person.page;
  await holder.goto('/settings/kyc/edit');
  await unfold(rowOf(holder, 'signatory_pan'));
  await holder.getByRole('button', { name: 'Make a link' }).click();
  const made = holder.getByLabel('Link for the signatory');
  await expect(made).toHaveValue(/\/papers#/);
  const link = await made.inputValue();
  await expectAccessible(holder);

  const page = (await newPerson()).page;
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(link);
  expect(page.url()).toMatch(/\/papers$/); // the token is in no history
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Begin on this device' }).click();
  await expect(page.getByRole('heading', { name: 'Your papers' })).toBeFocused();
  await expect(page.locator('#for')).toContainText('For Zaveri Brothers.');
  await expect(page.locator('li[data-requirement]')).toHaveCount(2);
  await expectAccessible(page);
  for (const [i, id] of ['signatory_pan', 'signatory_id'].entries()) {
    const row = rowOf(page, id);
    if (await row.locator('.part__toggle').getAttribute('aria-expanded') === 'false') await row.locator('.part__toggle').click();
    await row.locator('[data-file]').setInputFiles(jpeg());
    await row.locator('.which select').first().selectOption({ index: 1 });
    await expect(row.locator('[data-chip]')).toHaveText('Uploaded');
    await expect(page.locator('#left')).toContainText(i ? 'All is there.' : '1 of 2 papers');
  }
  await page.reload();
  await expect(page.locator('#left')).toContainText('All is there.');

  const elsewhere = (await newPerson()).page;
  complaints.expectStatus(410, '/v1/signatory/open');
  await elsewhere.goto(link);
  await elsewhere.getByRole('button', { name: 'Begin on this device' }).click();
  await expect(elsewhere.getByRole('heading', { name: 'This link does not work' })).toBeFocused();

  await holder.reload();
  await unfold(rowOf(holder, 'signatory_pan'));
  await expect(rowOf(holder, 'signatory_pan')).toContainText('2 of 2 papers are there');
  await holder.getByRole('button', { name: 'End the link' }).click();
  await expect(holder.getByRole('button', { name: 'Make a link' })).toBeFocused();
  complaints.expectStatus(410, '/v1/signatory');
  await page.reload();
  await expect(page.getByRole('heading', { name: 'This link does not work' })).toBeFocused();
});
