// Two people on the same journey: one in English by the keyboard alone, in a wide and light window; one in Hindi by touch, in a narrow and dark one.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Locator, expect, test } from '@playwright/test';
import { expectAccessible } from './accessible.ts';
import * as keyboard from './keyboard.ts';
import { type Person, eventually } from './person.ts';

const messages = resolve(import.meta.dirname, '../../../web/messages');
const all: Record<string, Record<string, string>> = Object.fromEntries(['en', 'hi'].map((tag) => [tag, JSON.parse(readFileSync(`${messages}/${tag}.json`, 'utf8'))]));

export class Way {
  readonly p: Person;
  readonly onPhone = test.info().project.name === 'phone';

  constructor(p: Person) { this.p = p; }

  get page() { return this.p.page; }

  /** Has the browser in the language, after the cookies that a person came with. */
  async begin(url = 'https://127.0.0.1') {
    await this.page.context().addCookies([{ name: '__Host-language', value: this.onPhone ? 'hi' : 'en', url, secure: true }]);
    return this;
  }

  /** What the pages say by a key of web/messages. */
  say(key: string, values: Record<string, string | number> = {}): string {
    const text = all[this.onPhone ? 'hi' : 'en']![key];
    if (!text) throw new Error(`there is no message ${key}`);
    return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? `{${name}}`));
  }

  button(key: string, within: Pick<Locator, 'getByRole'> = this.page) { return within.getByRole('button', { name: this.say(key), exact: true }); }

  heading(key: string) { return this.page.getByRole('heading', { name: this.say(key), exact: true }); }

  field(key: string) { return this.page.getByLabel(this.say(key), { exact: true }); }

  async press(control: Locator, key = 'Enter') {
    if (this.onPhone) await control.tap();
    else await keyboard.press(this.page, control, key);
  }

  async type(control: Locator, text: string) {
    if (this.onPhone) await control.fill(text);
    else await keyboard.type(this.page, control, text);
  }

  async logIn() {
    await this.page.goto('/login');
    await this.sendLogIn();
  }

  /** Fills the log-in that is shown, and sends it. */
  async sendLogIn() {
    await this.type(this.field('field.email'), this.p.email);
    await this.type(this.field('field.password'), this.p.password);
    await this.press(this.button('login.title'));
  }

  /** Chooses a new password on the page that a mailed link or an answer has led to. */
  async choose(password: string) {
    await expect(this.page).toHaveURL(/\/reset-password$/);
    await this.type(this.field('field.newPassword'), password);
    await this.type(this.field('field.confirm'), password);
    await this.press(this.button('reset.save'));
    await expect(this.heading('reset.done')).toBeFocused();
    this.p.password = password;
  }

  /** The link to the page in the newest mail that has one. */
  link(path: string, to = this.p.email): Promise<string> {
    const of = new RegExp(`https?://\\S+${path}#\\S+`);
    return eventually(`a link to ${path} in a mail to ${to}`, async () => (await this.p.messages(to)).map((m) => of.exec(m.text)?.[0]).find(Boolean));
  }

  /** Sees that the page as it is now is one for everybody, in this window and its colours. */
  async fine() {
    await expectAccessible(this.page, this.onPhone ? { widths: [360], schemes: ['dark'] } : { widths: [1280], schemes: ['light'] });
  }
}
