// Both journeys by the pages on an emulated phone, slow 3G (400 ms, 50 KiB/s each way) and a CPU six times slower, with photos as phones
// take them. It judges nothing but that the case is submitted, and prints how long each part took.
import type { File } from '../support/files.ts';
import { expect, goodFields, type Person, test } from '../support/person.ts';
import { choose, giveDetails, logIn, rowOf, signUp, slow, verify } from '../support/steps.ts';

/** A photo of paper with 12 million pixels and the grain of a cheap camera. */
async function photograph(person: Person): Promise<File> {
  const page = await (await person.context.browser()!.newContext()).newPage();
  const base64 = await page.evaluate(async () => {
    const width = 4000, height = 3000, canvas = new OffscreenCanvas(width, height), pen = canvas.getContext('2d')!;
    pen.fillStyle = '#e8e4da';
    pen.fillRect(0, 0, width, height);
    pen.fillStyle = '#222';
    pen.font = '64px sans-serif';
    for (let y = 120; y < height; y += 90) pen.fillText('Certificate of registration, स्थायी खाता संख्या 0123456789 '.repeat(3), 90, y);
    const pixels = pen.getImageData(0, 0, width, height);
    for (let i = 0; i < pixels.data.length; i += 4) {
      const grain = (Math.random() - 0.5) * 26;
      for (let c = 0; c < 3; c++) pixels.data[i + c]! += grain;
    }
    pen.putImageData(pixels, 0, 0);
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.92 });
    return new Promise<string>((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve((reader.result as string).split(',')[1]!);
      reader.readAsDataURL(blob);
    });
  });
  await page.context().close();
  return { name: `IMG_${Math.random().toString().slice(2, 10)}.jpg`, mimeType: 'image/jpeg', buffer: Buffer.from(base64, 'base64') };
}

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
    for (let i = 0; i < 14; i++) photos.push(await photograph(person));
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
      await page.locator(`#field-${field}`).fill(value);
      await page.locator(`#field-${field}`).blur();
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
    await page.getByRole('button', { name: 'Submit' }).click();
    await expect(page.locator('#status')).toHaveText('Submitted');
    watch.lap('submit');
    await person.takeCookies();
    const sent = (await person.kycCase()).requirements.flatMap((r) => r.documents).reduce((sum: number, d: { size: number }) => sum + d.size, 0);
    watch.print(`${type} (first paint after ${(paint / 1000).toFixed(1)} s)`, `; of ${(weight / 2 ** 20).toFixed(0)} MiB of photos ${(sent / 2 ** 20).toFixed(1)} were sent`);
  });
}
