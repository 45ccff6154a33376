// What can be measured of accessibility. What cannot (order of reading, sense of texts) needs a person.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { HtmlValidate } from 'html-validate';

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'];
const widths = [1280, 360, 320]; // 320 is also 1280 at a zoom of 400 %

export interface AccessibleOptions {
  /** Rules of axe that do not count here; say why where you name one. */
  without?: string[];
  /** What is not looked at: a frame in which no script may run cannot be. */
  exclude?: string;
  schemes?: ('light' | 'dark')[];
  widths?: number[];
}

type Rules = Parameters<AxeBuilder['options']>[0];

/**
 * Checks the page as it is now, in three widths; it leaves width and scheme as they were. A scheme changes nothing but colours: in the second
 * one only contrast is looked at, in the widest and the narrowest window.
 */
export async function expectAccessible(page: Page, o: AccessibleOptions = {}) {
  const before = page.viewportSize();
  const all = o.widths ?? widths, [first, ...others] = o.schemes ?? (['light', 'dark'] as const);
  const found = new Map<string, string[]>(); // what is wrong, and in which schemes and widths
  const look = async (colorScheme: 'light' | 'dark', width: number, rules: Rules) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width, height: width > 600 ? 900 : 844 });
    await settle(page);
    const add = (what: string) => found.set(what, [...(found.get(what) ?? []), `${colorScheme} ${width} px`]);
    const builder = new AxeBuilder({ page }).options(rules).setLegacyMode(); // no frame of ours is of another origin: no page of its own to collect in
    if (o.exclude) builder.exclude(o.exclude);
    for (const v of (await builder.analyze()).violations) {
      for (const n of v.nodes) add(`${v.id} (${v.impact}): ${n.target.join(' ')}\n    ${n.html.slice(0, 160)}\n    ${n.failureSummary?.replaceAll('\n', '\n    ')}`);
    }
    return add;
  };
  try {
    for (const width of all) {
      const off = Object.fromEntries((o.without ?? []).map((rule) => [rule, { enabled: false }]));
      const add = await look(first!, width, { runOnly: { type: 'tag', values: tags }, rules: { 'target-size': { enabled: true }, ...off } });
      for (const what of await tooWide(page, width)) add(`scrolls sideways: ${what}`);
    }
    if (!o.without?.includes('color-contrast')) {
      for (const scheme of others) {
        for (const width of new Set([all[0]!, all.at(-1)!])) await look(scheme, width, { runOnly: { type: 'rule', values: ['color-contrast'] } });
      }
    }
  } finally {
    await page.emulateMedia({ colorScheme: null, reducedMotion: null });
    if (before) await page.setViewportSize(before);
  }
  expect([...found].map(([what, where]) => `${what}\n    in: ${where.join(', ')}`).join('\n'), `accessibility of ${page.url()}`).toBe('');
}

/** Waits for fonts, and for transitions that end: in the middle of one a colour has no contrast. */
async function settle(page: Page) {
  await page.evaluate(async () => {
    await document.fonts.ready;
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const ending = document.getAnimations().filter((a) => a.effect?.getComputedTiming().iterations !== Infinity);
    await Promise.race([Promise.allSettled(ending.map((a) => a.finished)), new Promise((done) => setTimeout(done, 2000))]);
  });
}

/** The elements that make the page wider than the window. A phone makes its window as wide as the page: so the width is given. */
async function tooWide(page: Page, width: number): Promise<string[]> {
  return page.evaluate((width) => {
    const root = document.scrollingElement ?? document.documentElement;
    if (root.scrollWidth <= width) return [];
    const guilty = [...document.body.querySelectorAll('*')].filter((e) => e.getBoundingClientRect().right > width + 0.5)
      .filter((e) => ![...e.children].some((c) => c.getBoundingClientRect().right > width + 0.5));
    return guilty.length > 0
      ? guilty.slice(0, 5).map((e) => `${e.outerHTML.slice(0, 120)} ends at ${Math.round(e.getBoundingClientRect().right)} px`)
      : [`the page is ${root.scrollWidth} px wide`];
  }, width);
}

const validator = new HtmlValidate({
  root: true,
  extends: ['html-validate:recommended', 'html-validate:document', 'html-validate:a11y'],
  rules: {
    'require-sri': ['error', { target: 'crossorigin' }], // what comes from our own origin comes as safely as the page
    'doctype-style': 'off', // HTML has no case there
    'no-trailing-whitespace': 'off', // that is how templates leave it
    // It does not see which headings are hidden, or filled in later; axe does: heading-order, page-has-heading-one, empty-heading.
    'empty-heading': 'off',
    'heading-level': ['error', { allowMultipleH1: true, minInitialRank: 'h2' }],
    'autocomplete-password': 'off', // the password of a file is nobody's account: browsers are neither to keep it nor to propose one
    // Safari forgets that a list without markers is one, unless the role says so.
    'prefer-native-element': ['error', { exclude: ['list'] }],
    'no-redundant-role': ['error', { exclude: ['list'] }],
  },
});

/** Checks HTML as it was served. */
export async function expectValidHtml(html: string, name = 'the page') {
  const report = await validator.validateString(html);
  const lines = html.split('\n');
  const found = report.results.flatMap((r) => r.messages)
    .map((m) => `${m.line}:${m.column} ${m.ruleId}: ${m.message}\n    ${lines[m.line - 1]?.trim().slice(0, 160)}`);
  expect(found.join('\n'), `HTML of ${name}`).toBe('');
}

/** Fetches the pages with the cookies that the browser context has, and checks what was served. */
export async function expectValidPages(page: Page, ...paths: string[]) {
  const origin = new URL(page.url()).origin;
  for (const path of paths) {
    // By the page itself: Playwright's own requests leave Secure cookies out without TLS.
    const html = await page.evaluate(async (url) => (await fetch(url, { headers: { accept: 'text/html' } })).text(), origin + path);
    await expectValidHtml(html, path);
  }
}
