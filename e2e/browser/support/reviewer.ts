// A reviewer at the desk, who has only keys. The cases are real ones, of this run.
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { type Page, expect } from '@playwright/test';
import { codeOf } from './factor.ts';
import type { Person } from './person.ts';

const root = resolve(import.meta.dirname, '../../..'), central = resolve(root, '.local/bin/central');

/** Builds the operator's command line, once for all who become reviewers. */
export function buildCentral() {
  execFileSync('go', ['-C', 'cmd/central', 'build', '-trimpath', '-buildvcs=false', '-ldflags=-s -w', '-o', central, '.'], { cwd: root, stdio: 'pipe', env: { ...process.env, CGO_ENABLED: '0' } });
}

/** Gives the account an app that makes codes, which reviewers need; its session is proved by it for a quarter of an hour. */
export async function withApp(p: Person): Promise<string> {
  const { enrolment, secret } = await p.api.want(200, 'POST', '/v1/factors/totp');
  await p.api.want(200, 'POST', '/v1/factors/totp/confirm', { enrolment, code: codeOf(secret) });
  return secret;
}

/** Lets an account decide on cases, as an operator does, and opens its desk. Expect a 403 of /v1/review: the desk is locked at first. */
export async function atDesk(p: Person, firstName: string): Promise<Page> {
  await p.withDetails('individual', { firstName });
  await withApp(p);
  execFileSync(central, ['reviewer', 'add', p.email, '--local', p.api.url, '--reason', 'A test.', '--yes'], { stdio: 'pipe' });
  await p.page.goto('/review');
  await expect(p.page.getByRole('dialog', { name: 'The desk is locked' }).getByLabel('Password', { exact: true })).toBeFocused();
  await p.page.keyboard.type(p.password);
  await p.page.keyboard.press('Enter');
  await expect(p.page.locator('#lanes li')).toHaveCount(5);
  return p.page;
}

/** Finds a case by its reference and claims it. Cases of other tests wait in the same lane: n would take one of those. */
export async function find(desk: Page, reference: string) {
  await desk.keyboard.press('/');
  await desk.keyboard.type(reference);
  await desk.keyboard.press('Enter');
  await expect(desk.locator('#found')).toHaveText('1 found');
  await desk.keyboard.press('Tab'); // the button
  await desk.keyboard.press('Tab');
  await expect(desk.getByRole('link', { name: reference })).toBeFocused();
  await desk.keyboard.press('Enter');
  await expect(desk.locator('#left')).toContainText('To look at only');
  await desk.keyboard.press('t');
  await expect(desk.locator('#lease')).toContainText('Yours until');
}

/** Takes the most urgent case, which is this one: what was answered, or waits for a second look, comes before all that is new. */
export async function next(desk: Page, reference: string) {
  await desk.keyboard.press('n');
  await expect(desk.locator('#reference')).toHaveText(reference);
  await expect(desk.locator('#lease')).toContainText('Yours until');
}

/** Says yes to every question that is left, each when its page is there to be seen. */
export async function acceptAll(desk: Page) {
  const left = desk.locator('#left'), most = 150;
  for (let n = 0; n < most && /left to judge/.test(await left.innerText()); n++) {
    await expect(desk.locator('#pane canvas')).toBeVisible();
    await desk.keyboard.press('y');
  }
  await expect(left).not.toContainText('left to judge');
}

/** Decides by a key, when what the holder will read was there to be read. */
export async function decide(desk: Page, key: 'a' | 'q', said: string) {
  await desk.keyboard.press(key);
  await expect(desk.locator('#letter b')).toBeVisible();
  await desk.keyboard.press('Enter');
  await expect(desk.locator('#toast')).toContainText(said);
}
