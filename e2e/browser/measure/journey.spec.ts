// Both journeys by the pages on an emulated phone, slow 3G (400 ms, 50 KiB/s each way) and a CPU six times slower, with photos as phones
// take them. It judges nothing but that the case is submitted, and prints how long each part took.
import type { File } from '../support/files.ts';
import { expect, goodFields, test } from '../support/person.ts';
import { grainy } from '../support/photos.ts';
import { choose, fillField, giveDetails, logIn, rowOf, signUp, slow, verify } from '../support/steps.ts';

/** Notes how long each part of the way took. */
class Watch {
  #last: number;
  readonly parts: [string, number][] = [];

  constructor(begun: number) {
    this.#last = begun;
  }

  lap(name: string) {
    this.parts.push([name, (Date.now() - this.#last) / 1000]);
    this.#last = Date.now();
  }

  print(title: string, sent: string) {
    const total = this.parts.reduce((sum, [, s]) => sum + s, 0);
    console.log([`\n${title}: ${total.toFixed(0)} s from the first paint to "Submitted"${sent}`, ...this.parts.map(([name, s]) => `  ${s.toFixed(1).padStart(6)} s  ${name}`)].join('\n'));
  }
}

for (const [type, kind, entity] of [['Individual', 'individual', 'Individual'], ['Company', 'private_limited', 'Private limited company']] as const) {
  test(`${type}: from sign-up to a submitted case on a cheap phone`, async ({ person }) => {
    const page = person.page, photos: File[] = [];
    const desk = await (await page.context().browser()!.newContext()).newPage(); // not throttled
    for (let i = 0; i < 14; i++) photos.push(await grainy(desk, `IMG_${i}.jpg`));
    await desk.context().close();
    await slow(page, 50);
    const cpu = await page.context().newCDPSession(page);
    await cpu.send('Emulation.setCPUThrottlingRate', { rate: 6 });
    const begun = Date.now();
    await page.goto('/signup');
    const paint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0);
    const watch = new Watch(begun + paint);
    await signUp(person);
    watch.lap('sign up');
    await verify(person);
    watch.lap('the mailed link');
    await logIn(person);
    await expect(page).toHaveURL(/account-details/);
    watch.lap('log in');
    await giveDetails(person, type);
    watch.lap(`details and a ${type === 'Company' ? 'landline' : 'mobile'} proven`);
    await page.goto('/settings/kyc/edit');
    await page.getByLabel('Select Entity Type').selectOption({ label: entity });
    for (const [field, value] of Object.entries(goodFields[kind]!)) {
      await fillField(page, field, value);
    }
    await expect(page.locator('#autosave')).toHaveText('All changes are saved.');
    watch.lap('entity type and fields');
    const needed = page.locator('li[data-requirement]').filter({ hasText: 'Needed' });
    await expect(needed.first()).toBeVisible();
    const ids = await needed.evaluateAll((rows) => rows.map((r) => (r as HTMLElement).dataset.requirement ?? ''));
    let weight = 0;
    for (const id of ids) {
      const file = photos.pop()!;
      weight += file.buffer.length;
      await choose(rowOf(page, id), file);
      await expect(rowOf(page, id).locator('[data-chip]')).toHaveText('Uploaded');
    }
    await expect(page.locator('#left')).toHaveText('Nothing is left: you can submit.');
    watch.lap(`${ids.length} photos of ${(weight / ids.length / 2 ** 20).toFixed(1)} MiB`);
    for (const box of await page.locator('#consent').getByRole('checkbox').all()) await box.check();
    await page.getByRole('button', { name: 'Submit' }).click();
    await expect(page.locator('#status')).toHaveText('Submitted');
    watch.lap('submit');
    await person.takeCookies();
    const sent = (await person.kycCase()).requirements.flatMap((r) => r.documents).reduce((sum: number, d: { size: number }) => sum + d.size, 0);
    watch.print(`${type} (first paint after ${(paint / 1000).toFixed(1)} s)`, `; of ${(weight / 2 ** 20).toFixed(0)} MiB of photos ${(sent / 2 ** 20).toFixed(1)} were sent`);
  });
}
