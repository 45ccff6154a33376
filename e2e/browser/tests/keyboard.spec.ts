// The whole way without a pointer: everything can be reached with Tab, in an order that makes sense, and used with the keys.
import { pdf } from '../support/files.ts';
import { press, type } from '../support/keyboard.ts';
import { expect, goodFields, type Person, test } from '../support/person.ts';

async function untilLoggedIn(p: Person) {
  const page = p.page;
  await page.goto('/signup');
  await type(page, page.getByLabel('Email'), p.email);
  await type(page, page.getByLabel('Password', { exact: true }), p.password);
  await type(page, page.getByLabel('Confirm Password', { exact: true }), p.password);
  await press(page, page.getByRole('checkbox'), 'Space');
  await press(page, page.getByRole('button', { name: 'Submit' }));
  await expect(page.getByRole('heading', { name: 'Check your inbox' })).toBeVisible();
  await page.goto(await p.linkOfMail());
  await press(page, page.getByRole('button', { name: 'Verify', exact: true }));
  await expect(page.getByRole('heading', { name: 'Your email is verified' })).toBeFocused();
  await press(page, page.getByRole('main').getByRole('link', { name: 'Log in' }));
  await type(page, page.getByLabel('Email'), p.email);
  await type(page, page.getByLabel('Password', { exact: true }), p.password);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Account Details' })).toBeVisible();
}

test('the keyboard alone gets from sign-up to a submitted case, and out again', async ({ person }) => {
  test.setTimeout(120_000);
  const page = person.page;
  await untilLoggedIn(person);

  await expect(page.getByLabel('Sector').getByRole('option', { name: 'Retail and e-commerce' })).toBeAttached();
  await press(page, page.getByRole('radio', { name: 'Individual' }), 'Space');
  await type(page, page.getByLabel('First Name'), person.firstName);
  await type(page, page.getByLabel('Last Name'), person.lastName);
  await type(page, page.getByLabel('Sector'), 'Retail');
  await type(page, page.getByRole('textbox', { name: 'Mobile number' }), person.phone.slice(3));
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Enter the 6-digit code')).toBeFocused();
  await page.keyboard.type(await person.codeOfSms());
  await page.keyboard.press('Enter');
  await expect(page.locator('#phone-verified')).toBeFocused();
  await press(page, page.getByRole('button', { name: 'Create' }));
  await expect(page).toHaveURL(/\/settings\/kyc$/);

  await expect(page.getByRole('button', { name: 'Account menu' })).toContainText('Asha Rao');
  await press(page, page.getByRole('button', { name: 'Account menu' }));
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Account menu' })).toBeFocused();
  await page.keyboard.press('Enter');
  await press(page, page.locator('#menu-pop').getByRole('link', { name: 'KYC' }));
  await expect(page.locator('#status')).toHaveText('Not started');
  await press(page, page.getByRole('link', { name: 'Edit' }));
  await expect(page.getByLabel('Select Entity Type').getByRole('option', { name: 'Individual' })).toBeAttached();
  await type(page, page.getByLabel('Select Entity Type'), 'Indiv');
  await person.takeCookies();
  for (const [name, value] of Object.entries(goodFields.individual!)) await type(page, page.locator(`#field-${name}`), value);
  await expect(page.locator('li[data-requirement]').first()).toBeVisible();
  for (const { id } of (await person.kycCase()).requirements.filter((r: { needed: boolean }) => r.needed)) {
    const row = page.locator(`[data-requirement=${id}]`);
    const chosen = page.waitForEvent('filechooser');
    await press(page, row.getByRole('button', { name: /Choose file/ }));
    await (await chosen).setFiles(pdf());
    await expect(row.getByLabel('Which document is it?')).toBeFocused();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect(row.locator('[data-chip]')).toHaveText('Uploaded');
  }
  await expect(page.locator('#autosave')).toHaveText('All changes are saved.');
  await expect(page.locator('#left')).toHaveText('Nothing is left: you can submit.');
  for (const box of await page.locator('#consent').getByRole('checkbox').all()) {
    await box.focus();
    await page.keyboard.press('Space');
  }
  await press(page, page.getByRole('button', { name: 'Submit' }));
  await expect(page.locator('#status')).toHaveText('Submitted');

  await press(page, page.getByRole('button', { name: 'Account menu' }));
  await press(page, page.getByRole('button', { name: 'Log out' }));
  await expect(page).toHaveURL(/\/login$/);
});

test('the first Tab offers to skip what comes before the content', async ({ person }) => {
  for (const path of ['/signup', '/terms']) {
    await person.page.goto(path);
    await person.page.keyboard.press('Tab');
    await expect(person.page.getByRole('link', { name: 'Skip to main content' })).toBeFocused();
    await person.page.keyboard.press('Enter');
    await expect(person.page.locator('#main')).toBeFocused();
  }
});
