// The keyboard alone: a control is reached with Tab, its focus shows, and it is used with the keys.
import { type Locator, type Page, expect } from '@playwright/test';

/** Tabs on until the control has the focus, and sees that it shows. */
export async function tabTo(page: Page, control: Locator) {
  await expect(control).toBeVisible();
  for (let i = 0; i < 60; i++) {
    if (await control.evaluate((c) => c === document.activeElement)) {
      const seen = await control.evaluate((c) => {
        const of = c.closest('label') ?? c; // a radio of ours shows its focus by its label
        return [c, of].some((e) => getComputedStyle(e).outlineStyle !== 'none' || getComputedStyle(e).boxShadow !== 'none');
      });
      expect(seen, `the focus on ${control} can be seen`).toBe(true);
      return;
    }
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${control}`);
}

export async function type(page: Page, control: Locator, text: string) {
  await tabTo(page, control);
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type(text);
}

export async function press(page: Page, control: Locator, key = 'Enter') {
  await tabTo(page, control);
  await page.keyboard.press(key);
}
