// Lighthouse for the pages that people spend their time on: `node measure/lighthouse.mjs`.
import './typescript.mjs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium as playwright } from '@playwright/test';
import lighthouse from 'lighthouse';
import { chromium, count, middle, table, withSystem } from './system.mjs';

const { Network } = await import('../support/network.ts');
const { eventually, Person } = await import('../support/person.ts');

const help = `node measure/lighthouse.mjs [--runs 3] [--performance 100] [path ...]

Prints Lighthouse's scores (mobile, its default throttling) of each page, or of those given, and each audit that is not perfect.
Ends with 1 where a score is below 100 for a reason that the script does not excuse.

  --runs   how often each page is measured; the run with the middle performance counts
  --performance  the least score of performance that will do, where other work keeps the machine busy
  --help   this text

CENTRAL_URL  a run that is up already; without it one is started on PORT (4200)
CHROMIUM     the browser (/usr/bin/chromium)`;

const anybody = async () => {};
/** Each page, and how far a person who sees it has come. */
const pages = {
  '/signup': anybody,
  '/login': anybody,
  '/account-details': (person) => person.loggedIn(),
  '/settings/kyc': (person) => person.withCase(),
  '/settings/kyc/edit': (person) => person.withCase(),
};

/** Audits that may lower a score, by their ids, and why. */
const excused = {};

const categories = { performance: 'performance', accessibility: 'accessibility', 'best-practices': 'best practices', seo: 'SEO' };

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true, options: { runs: { type: 'string', default: '3' }, performance: { type: 'string', default: '100' }, help: { type: 'boolean' } },
  });
  if (values.help) return console.log(help);
  const runs = count(values.runs, 'runs'), least = { performance: count(values.performance, 'performance') }, paths = positionals.length > 0 ? positionals : Object.keys(pages);
  for (const path of paths) if (!pages[path]) throw new Error(`the script does not know the page ${path}`);
  const results = await withSystem(async (url) => {
    const all = [];
    for (const path of paths) all.push({ path, result: await measureOften(url, path, runs) });
    return all;
  });
  print(results);
  const low = results.flatMap(({ path, result }) => Object.keys(categories).filter((id) => unexcused(result, id) < (least[id] ?? 100)).map((id) => `${path}: ${categories[id]}`));
  if (low.length === 0) return;
  console.error(`\ntoo low:\n${low.join('\n')}`);
  process.exitCode = 1;
}

async function measureOften(url, path, runs) {
  const all = [];
  for (let failures = 0; all.length < runs;) {
    const result = await measure(url, path), error = result.runtimeError; // now and then it does not get a trace, and asks to be run again
    if (!error) all.push(result);
    else if (++failures > 2) throw new Error(`${path}: ${error.message}`);
  }
  return middle(all.toSorted((a, b) => a.categories.performance.score - b.categories.performance.score));
}

/** Measures with a browser of its own: nothing is cached, and only this person is logged in. */
async function measure(url, path) {
  const browser = open();
  try {
    const port = await portOf(browser.profile);
    await prepare(port, url, pages[path]);
    // The session is a cookie: Lighthouse must not empty the storage.
    const { lhr } = await lighthouse(url + path, { port, logLevel: 'error', disableStorageReset: true });
    if (!lhr.runtimeError && new URL(lhr.finalDisplayedUrl).pathname !== path) throw new Error(`${path} led to ${lhr.finalDisplayedUrl}`);
    return lhr;
  } finally {
    await browser.close();
  }
}

/** Starts a browser. It leads a group of processes, which end together: one of them left could still write into the profile. */
function open() {
  const profile = mkdtempSync(join(tmpdir(), 'lighthouse-'));
  const args = [...chromium.args, '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank'];
  const child = spawn(chromium.executablePath, args, { stdio: 'ignore', detached: true, env: { ...process.env, TMPDIR: profile } });
  const ended = once(child, 'exit'), end = () => process.kill(-child.pid, 'SIGKILL');
  process.once('exit', end);
  return { profile, async close() {
    process.off('exit', end);
    if (child.exitCode === null) end();
    await ended;
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  } };
}

/** The port that a browser chose for those who drive it. */
async function portOf(profile) {
  const file = join(profile, 'DevToolsActivePort');
  const text = await eventually(file, async () => (existsSync(file) && readFileSync(file, 'utf8')) || undefined);
  return Number(text.split('\n')[0]);
}

/** Brings a person with this browser as far as the page asks. Playwright is gone again before anything is measured. */
async function prepare(port, url, way) {
  const driver = await playwright.connectOverCDP(`http://127.0.0.1:${port}`), network = await Network.open();
  try {
    const context = driver.contexts()[0];
    await way(new Person(context.pages()[0], network, url));
  } finally {
    await network.close();
    await driver.close();
  }
}

const percent = (score) => Math.round((score ?? 0) * 100);

/** Whether an audit has a score, be it that it could not run. */
const scored = (audit) => !['notApplicable', 'manual', 'informative'].includes(audit.scoreDisplayMode);

/** The score of a category as it would be without the audits that are excused. */
function unexcused(result, category) {
  const refs = result.categories[category].auditRefs.filter((ref) => !excused[ref.id] && scored(result.audits[ref.id]));
  const sum = (of) => refs.reduce((total, ref) => total + of(ref), 0);
  return percent(sum((ref) => ref.weight * result.audits[ref.id].score) / sum((ref) => ref.weight));
}

function print(results) {
  const seconds = (r, id) => `${(r.audits[id].numericValue / 1000).toFixed(2)} s`;
  table(['page', ...Object.values(categories), 'LCP', 'CLS', 'TBT', 'KiB'], results.map(({ path, result: r }) => [
    path, ...Object.keys(categories).map((id) => percent(r.categories[id].score)), seconds(r, 'largest-contentful-paint'),
    r.audits['cumulative-layout-shift'].numericValue.toFixed(3), `${Math.round(r.audits['total-blocking-time'].numericValue)} ms`,
    (r.audits['total-byte-weight'].numericValue / 1024).toFixed(1),
  ]));
  for (const { path, result } of results) {
    console.log(`\n${path}`);
    const lines = Object.values(result.audits).filter((a) => scored(a) && a.score !== 1).map((a) => explain(result, a));
    console.log(lines.join('\n') || '  every audit is perfect');
  }
}

/** An audit that is not perfect: what it is, whether it counts, and what it found. */
function explain(result, audit) {
  const counts = Object.keys(categories).filter((id) => result.categories[id].auditRefs.some((ref) => ref.id === audit.id && ref.weight > 0));
  const where = counts.length > 0 ? `counts for ${counts.map((id) => categories[id]).join(', ')}` : 'lowers no score';
  const said = [audit.title, audit.displayValue, audit.errorMessage].filter(Boolean).join(', ');
  const found = (audit.details?.items ?? []).map(about).filter(Boolean).slice(0, 5);
  return [`  ${percent(audit.score)} ${audit.id}: ${said} (${where})`, ...(excused[audit.id] ? [`excused: ${excused[audit.id]}`] : []), ...found].join('\n      ');
}

/** What says most of an item of an audit's details. */
function about(item) {
  const node = item.node ?? item;
  const what = node.snippet ?? item.url ?? item.source?.url ?? item.reason;
  const how = [node.explanation, item.wastedBytes && `${Math.round(item.wastedBytes / 1024)} KiB too many`, item.wastedMs && `${Math.round(item.wastedMs)} ms`];
  return what && [what, ...how].filter(Boolean).join(' ').replace(/\s+/g, ' ').slice(0, 300);
}

await main();
