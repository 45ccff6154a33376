// A person with a browser, a mail box, two phones and a network of their own; and the tests' `test` and `expect`.
import { randomInt } from 'node:crypto';
import { type Browser, type BrowserContext, type Page, expect, test as base } from '@playwright/test';
import { Api, type Json } from './api.ts';
import { cheapCaptcha } from './captcha.ts';

export type { Json };
import { Complaints } from './console.ts';
import { type File, jpeg, pdf } from './files.ts';
import { Network } from './network.ts';

export interface Message {
  id: string;
  kind: 'email' | 'sms' | 'call';
  to: string;
  subject?: string;
  text: string;
  html?: string;
  at: string;
}

export type AccountType = 'individual' | 'company';

export const goodPassword = 'Mango tree 42';

const address = { addressLine1: '7 Station Road', city: 'Ahmedabad', state: 'Gujarat', pinCode: '380015' };
const signatory = {
  signatoryName: 'Asha Rao', signatoryDesignation: 'Manager', signatoryPan: 'AAAPR1234C', signatoryMobile: '+919876543210', signatoryEmail: 'asha.rao@example.com',
};
const company = (pan: string, legalName: string, more: Record<string, string> = {}) => ({ pan, ...more, legalName, ...address, ...signatory });
const karta = { signatoryName: 'Asha Rao', signatoryPan: 'AAAPR1234C', signatoryMobile: '+919876543210' };
const officer = { signatoryName: 'Asha Rao', signatoryDesignation: 'Deputy Secretary', signatoryMobile: '+919876543210', signatoryEmail: 'asha.rao@example.com' };

/** Fields that each entity type takes, so that its case lacks nothing but documents. */
export const goodFields: Record<string, Record<string, string>> = {
  individual: { pan: 'ZZZPZ9999Z', legalName: 'Zoya Zaveri', ...address },
  sole_proprietorship: { pan: 'ZZZPZ9999Z', legalName: 'Zoya Zaveri', ...address },
  partnership: company('ZZZFZ9999Z', 'Zaveri Brothers'),
  llp: company('ZZZFZ9999Z', 'Zaveri Traders LLP', { llpin: 'AAA-1234' }),
  private_limited: company('ZZZCZ9999Z', 'Zaveri Traders Private Limited', { cin: 'U72900GJ2008PTC046374', gstin: '24ZZZCZ9999Z1ZP' }),
  public_limited: company('ZZZCZ9999Z', 'Zaveri Traders Limited', { cin: 'U72900GJ2008PLC046374', listing: 'unlisted' }),
  one_person_company: company('ZZZCZ9999Z', 'Zaveri Traders (OPC) Private Limited', { cin: 'U72900GJ2018OPC046374' }),
  section8_company: company('ZZZCZ9999Z', 'Zaveri Foundation', { cin: 'U72900GJ2018NPL046374' }),
  psu: company('ZZZCZ9999Z', 'Zaveri Power Corporation', { foundingAct: 'Act 12 of 1948' }),
  trust: company('ZZZTZ9999Z', 'Zaveri Trust'),
  society: company('ZZZAZ9999Z', 'Zaveri Society', { registrationNumber: '12/2015' }),
  huf: { pan: 'ZZZHZ9999Z', legalName: 'Zaveri Asha Rao HUF', ...address, ...karta },
  aop_boi: company('ZZZAZ9999Z', 'Zaveri Association'),
  government: { tan: 'MUMA12345B', legalName: 'Department of Posts', ...address, ...officer },
  educational_body: company('ZZZJZ9999Z', 'Zaveri University'),
  cooperative_society: company('ZZZAZ9999Z', 'Zaveri Co-operative Society', { registrationNumber: '12/2015' }),
  foreign_entity: {
    registrationNumber: 'HRB 1234', country: 'Germany', legalName: 'Zaveri GmbH', listing: 'unlisted', addressLine1: 'Hauptstrasse 1', city: 'Berlin',
    signatoryName: 'Asha Rao', signatoryDesignation: 'Manager', signatoryEmail: 'asha.rao@example.com',
  },
};

/** The account type that has this entity type. */
export const accountType = (entityType: string): AccountType => ['individual', 'sole_proprietorship', 'huf'].includes(entityType) ? 'individual' : 'company';

const digits = (n: number) => String(randomInt(0, 10 ** n)).padStart(n, '0');

export class Person {
  readonly email = `person-${Date.now().toString(36)}-${digits(9)}@example.com`;
  password = goodPassword;
  // The first digits differ too: numbers of one block share a limit.
  readonly phone = `+9198${digits(8)}`;
  readonly landline = `+91265${2_000_000 + randomInt(0, 650_000)}`;
  readonly firstName = 'Asha';
  readonly lastName = 'Rao';
  readonly companyName = 'Rao Traders Private Limited';

  readonly page: Page;
  readonly context: BrowserContext;
  /** Speaks for the same browser: it has the cookies that the steps below brought. After a log-in in the page, see takeCookies. */
  readonly api: Api;
  readonly network: Network;
  #done = 0; // steps of the way that were taken over the API

  constructor(page: Page, network: Network, url: string) {
    this.page = page;
    this.context = page.context();
    this.network = network;
    this.api = new Api(url, network);
  }

  // What arrives.

  /** All messages to the address or to the number, newest first. */
  async messages(to = this.email): Promise<Message[]> {
    return this.api.want(200, 'GET', `/_local/messages?to=${encodeURIComponent(to)}`);
  }

  mails(): Promise<Message[]> { return this.messages(this.email); }

  /** The newest mail whose subject contains `kind`, such as "Verify" or "Reset"; waits until there is one that is none of `not`. */
  lastMail(kind: string | RegExp = '', not: Message[] = []): Promise<Message> {
    return this.#newest(this.email, `a mail ${kind}`, not, (x) => x.kind === 'email' && matches(x.subject ?? '', kind));
  }

  /** The link of that mail. */
  async linkOfMail(kind: string | RegExp = '', not: Message[] = []): Promise<string> {
    const mail = await this.lastMail(kind, not);
    const link = /https?:\/\/\S+/.exec(mail.text)?.[0];
    if (!link) throw new Error(`no link in the mail:\n${mail.text}`);
    return link;
  }

  /** The code of the newest SMS to the mobile. `not` are the messages before the one that is meant. */
  async codeOfSms(to = this.phone, not: Message[] = []): Promise<string> {
    const sms = await this.#newest(to, 'an SMS', not, (x) => x.kind === 'sms');
    return /\d{6}/.exec(sms.text)?.[0] ?? '';
  }

  /** The code of the newest call to the landline. */
  async codeOfCall(to = this.landline, not: Message[] = []): Promise<string> {
    const call = await this.#newest(to, 'a call', not, (x) => x.kind === 'call');
    return (/(?:\d\s*){6}/.exec(call.text)?.[0] ?? '').replace(/\s/g, '');
  }

  async #newest(to: string, what: string, not: Message[], fits: (x: Message) => boolean): Promise<Message> {
    const old = new Set(not.map((x) => x.id));
    return eventually(`${what} to ${to}`, async () => (await this.messages(to)).find((x) => !old.has(x.id) && fits(x)));
  }

  /** Takes back what the limits have counted whose key has the part, as if their time were over. */
  async forget(part: string) { await this.api.want(200, 'DELETE', `/_local/limits?part=${encodeURIComponent(part)}`); }

  // The way, over the API. Each step takes those before it that were not taken, and leaves its cookies in the browser.

  async signedUp(): Promise<this> {
    if (this.#done >= 1) return this;
    await this.signUp();
    return this.#took(1);
  }

  /** Signs up, also once more; the browser does not hear of it. */
  async signUp() {
    const captcha = await cheapCaptcha((await this.api.want(200, 'GET', '/_local/run')).data);
    const terms = await this.api.want(200, 'GET', '/v1/terms');
    await this.api.want(202, 'POST', '/v1/signup', {
      email: this.email, password: this.password, captcha, terms: { version: terms.version, accepted: true }, locale: 'en',
    });
  }

  async verified(): Promise<this> {
    if (this.#done >= 2) return this;
    await this.signedUp();
    const token = new URL(await this.linkOfMail()).hash.slice(1);
    await this.api.want(200, 'POST', '/v1/verify', { token });
    return this.#took(2);
  }

  async loggedIn({ remember = false } = {}): Promise<this> {
    if (this.#done >= 3) return this;
    await this.verified();
    await this.api.want(200, 'POST', '/v1/login', { email: this.email, password: this.password, remember });
    return this.#took(3);
  }

  /** Proves the mobile, or for a company the landline, and saves the details. */
  async withDetails(type: AccountType = 'individual', more: Record<string, string> = {}): Promise<this> {
    if (this.#done >= 4) return this;
    await this.loggedIn();
    const mobile = type === 'individual';
    const phone = mobile ? this.phone : this.landline;
    const { challengeId } = await this.api.want(202, 'POST', '/v1/otp', { phone, kind: mobile ? 'mobile' : 'landline' });
    const code = mobile ? await this.codeOfSms() : await this.codeOfCall();
    await this.api.want(200, 'POST', '/v1/otp/verify', { challengeId, code });
    await this.api.want(200, 'PUT', '/v1/account/details', {
      type, firstName: this.firstName, lastName: this.lastName, sector: 'other', ...(mobile ? {} : { companyName: this.companyName }), ...more,
    });
    return this.#took(4);
  }

  /** Has a case in draft, with all fields that the entity type needs unless others are given, and no document. */
  async withCase(entityType = 'individual', fields: Record<string, string> = goodFields[entityType] ?? {}): Promise<this> {
    if (this.#done >= 5) return this;
    await this.withDetails(accountType(entityType));
    await this.api.want(200, 'PUT', '/v1/kyc', { entityType, fields });
    return this.#took(5);
  }

  /** Has given and got checked every document that the case needs. It may be submitted. */
  async withDocuments(entityType = 'individual', fields?: Record<string, string>): Promise<this> {
    if (this.#done >= 6) return this;
    await this.withCase(entityType, fields);
    const ids: string[] = [];
    const c = await this.kycCase();
    for (const [i, r] of c.requirements.entries()) {
      if (!r.needed) continue;
      const options = r.options.filter((o: { id: string }) => o.id !== 'gst_certificate' || c.fields.gstin); // who has no GSTIN has no certificate of it
      for (let n = 0; n < r.minOf; n++) ids.push(await this.upload(r.id, options[n].id, i % 2 === 0 ? pdf() : jpeg()));
    }
    for (const id of ids) {
      const d = await this.settled(id);
      if (d.state !== 'clean') throw new Error(`a good file became ${d.state}: ${d.reason}`);
    }
    return this.#took(6);
  }

  async submitted(entityType = 'individual'): Promise<this> {
    if (this.#done >= 7) return this;
    await this.withDocuments(entityType);
    await this.submit();
    return this.#took(7);
  }

  /** Hands the case in, with what has to be accepted and declared. */
  async submit(): Promise<Json> {
    const { notice } = await this.kycCase();
    return this.api.want(202, 'POST', '/v1/kyc/submit', { notice: { version: notice.version, accepted: true }, declared: true });
  }

  async #took(step: number): Promise<this> {
    this.#done = step;
    await this.giveCookies();
    return this;
  }

  // The case.

  kycCase(): Promise<Json> { return this.api.want(200, 'GET', '/v1/kyc'); }

  /** Uploads as a browser does and says that it is done; answers the document's id. */
  async upload(requirement: string, documentType: string, file: File): Promise<string> {
    const asked = await this.api.want(201, 'POST', '/v1/kyc/documents', {
      requirement, documentType, fileName: file.name, contentType: file.mimeType, size: file.buffer.length,
    });
    const form = new FormData();
    for (const [name, v] of Object.entries<string>(asked.upload.fields)) form.append(name, v);
    form.append('file', new Blob([new Uint8Array(file.buffer)], { type: file.mimeType }), file.name);
    const encoded = new Response(form);
    const answer = await this.api.call('POST', asked.upload.url, Buffer.from(await encoded.arrayBuffer()),
      { 'content-type': encoded.headers.get('content-type') ?? '' });
    if (answer.status !== 201) throw new Error(`storage answered ${answer.status}: ${answer.text}`);
    await this.api.want(200, 'POST', `/v1/kyc/documents/${asked.documentId}/complete`);
    return asked.documentId;
  }

  /** The document when it was checked. */
  settled(documentId: string): Promise<Json> {
    return eventually(`the check of ${documentId}`, async () => {
      const all: Json[] = (await this.kycCase()).requirements.flatMap((r: Json) => r.documents);
      return all.find((d) => d.id === documentId && !['requested', 'uploaded', 'scanning', 'rendering'].includes(d.state));
    });
  }

  // Cookies.

  /** Puts the API's cookies into the browser. The steps do that by themselves. */
  async giveCookies() {
    const domain = new URL(this.api.url).hostname;
    await this.context.clearCookies();
    await this.context.addCookies([...this.api.cookies].map(([name, value]) => ({
      name, value, domain, path: '/', secure: true, httpOnly: true, sameSite: 'Lax' as const,
    })));
  }

  /** Takes the browser's cookies over into the API, after the page logged in, for example. */
  async takeCookies() {
    this.api.cookies.clear();
    for (const c of await this.context.cookies(this.api.url)) this.api.cookies.set(c.name, c.value);
  }
}

function matches(text: string, kind: string | RegExp): boolean {
  return typeof kind === 'string' ? text.toLowerCase().includes(kind.toLowerCase()) : kind.test(text);
}

/** Repeats a question until it has an answer. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>, milliseconds = 15_000): Promise<T> {
  for (const end = Date.now() + milliseconds; ;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`it did not happen within ${milliseconds / 1000} s: ${what}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

export interface Fault {
  service: 'dynamodb' | 's3' | 'ses' | 'sns' | 'voice' | 'secretsmanager';
  mode: 'throttle' | '500' | 'reset' | 'reset_after' | 'blackhole' | 'off';
  operation?: string;
  rate?: number;
  count?: number;
}

export interface Options {}

interface Fixtures {
  complaints: Complaints;
  network: Network;
  person: Person;
  /** Another person, on another network, with a browser of their own. */
  newPerson: () => Promise<Person>;
  /** Breaks a service for everybody until the test ends. Only in tests/faults*.spec.ts, which run alone. */
  faults: { set(f: Fault): Promise<void>; clear(): Promise<void> };
}

export const test = base.extend<Fixtures & Options>({
  network: async ({}, use) => {
    const network = await Network.open();
    await use(network);
    await network.close();
  },

  proxy: async ({ network }, use) => use(network.proxy),

  complaints: [async ({ context }, use, info) => {
    const complaints = new Complaints();
    await complaints.watch(context);
    await use(complaints);
    await complaints.arrived();
    // When the test failed anyway this still helps: it often says why.
    const all = complaints.list();
    if (all.length > 0 && info.status !== 'skipped') throw new Error(`the console has:\n${all.join('\n')}`);
  }, { auto: true }],

  person: async ({ page, network, baseURL }, use) => use(new Person(page, network, baseURL!)),

  newPerson: async ({ browser, complaints, baseURL }, use) => {
    const open: { network: Network; context: BrowserContext }[] = [];
    await use(async () => {
      const network = await Network.open();
      const context = await (browser as Browser).newContext({ proxy: network.proxy });
      open.push({ network, context });
      await complaints.watch(context);
      return new Person(await context.newPage(), network, baseURL!);
    });
    for (const { network, context } of open) {
      await context.close();
      await network.close();
    }
  },

  faults: async ({ baseURL }, use, info) => {
    if (info.project.name !== 'faults') throw new Error('the fixture `faults` is for tests/faults*.spec.ts: it breaks the system for other tests too');
    const send = async (method: string, body?: string) => {
      const answer = await fetch(`${baseURL}/_local/faults`, { method, body });
      if (!answer.ok) throw new Error(`/_local/faults answered ${answer.status}: ${await answer.text()}`);
    };
    await use({ set: (f) => send('PUT', JSON.stringify(f)), clear: () => send('DELETE') });
    await send('DELETE');
  },
});

export { expect };
