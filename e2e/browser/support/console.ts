// A page that says anything in the console has a defect, unless the test expected it.
import type { BrowserContext } from '@playwright/test';

interface Expected {
  status?: number;
  path?: string | RegExp;
  text?: RegExp;
  seen: number;
}

export class Complaints {
  readonly #all: { text: string; url: string }[] = [];
  readonly #expected: Expected[] = [];
  readonly #contexts: BrowserContext[] = [];

  /** Expects answers with this status, of a path that begins so or matches, or of any. The browser logs each of 400 and above. */
  expectStatus(status: number, path?: string | RegExp) {
    this.#expected.push({ status, path, seen: 0 });
  }

  /** Expects requests that get no answer: offline, a reset. */
  expectNoAnswer(path?: string | RegExp) {
    this.#expected.push({ text: /^error: Failed to load resource: net::ERR_/, path, seen: 0 });
  }

  /** Expects a message, such as /^error: …/; its text begins with its type. */
  expectText(text: RegExp) {
    this.#expected.push({ text, seen: 0 });
  }

  /** Listens to everything in a browser context. */
  async watch(context: BrowserContext) {
    this.#contexts.push(context);
    // Chromium logs a violation of the CSP as an error too; the event comes even where a policy only reports.
    await context.addInitScript(() => addEventListener('securitypolicyviolation', (e) => {
      console.error(`CSP: ${e.effectiveDirective} refused ${e.blockedURI} ${e.sourceFile ?? ''}:${e.lineNumber} ${e.sample}`);
    }));
    // What Chromium tells of a log-out, and where the script above comes into a frame that runs none.
    const said = /^Clear-Site-Data header on '[^']+': Cleared data types: "storage"\.?\s*$|^Blocked script execution in 'about:srcdoc'/;
    context.on('console', (m) => said.test(m.text()) || this.#all.push({ text: `${m.type()}: ${m.text()}`, url: m.location().url }));
    context.on('weberror', (e) => this.#all.push({ text: `uncaught: ${e.error().stack ?? e.error()}`, url: e.page()?.url() ?? '' }));
    context.on('page', (page) => page.on('crash', () => this.#all.push({ text: 'the page crashed', url: page.url() })));
  }

  /** Waits until what the pages have said by now is here: Chromium answers in order. */
  async arrived() {
    const pages = this.#contexts.flatMap((c) => c.pages());
    const answers = Promise.allSettled(pages.map((page) => page.evaluate(() => new Promise((done) => setTimeout(done, 20)))));
    await Promise.race([answers, new Promise((done) => setTimeout(done, 1000))]);
  }

  /** What nobody expected, and what was expected and did not happen. */
  list(): string[] {
    const wrong = this.#all.filter((c) => {
      const matching = this.#expected.filter((e) => fits(e, c));
      for (const e of matching) e.seen++;
      return matching.length === 0;
    }).map((c) => `${c.text} (${c.url})`);
    const missing = this.#expected.filter((e) => e.seen === 0)
      .map((e) => `expected in the console and not there: ${e.status ?? e.text} ${e.path ?? ''}`);
    return [...wrong, ...missing];
  }
}

function fits(e: Expected, c: { text: string; url: string }): boolean {
  if (e.status !== undefined && !c.text.startsWith(`error: Failed to load resource: the server responded with a status of ${e.status} `)) return false;
  if (e.text && !e.text.test(c.text)) return false;
  if (e.path === undefined) return true;
  const path = URL.canParse(c.url) ? new URL(c.url).pathname : c.url;
  return typeof e.path === 'string' ? path.startsWith(e.path) : e.path.test(path);
}
