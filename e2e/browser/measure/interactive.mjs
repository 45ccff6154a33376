// How soon the sign-up form works, beside the same form in React: `node measure/interactive.mjs`.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium as playwright } from '@playwright/test';
import { withStatic } from './static.mjs';
import { chromium, count, median, table, withSystem } from './system.mjs';

const help = `node measure/interactive.mjs [--runs 7] [--json]

Loads the sign-up form and the same form in React 19, in turn, as a phone does on a slow network, and prints the medians.

  --runs   how often each is loaded
  --json   every run as JSON, in place of the tables
  --help   this text

CENTRAL_URL  a run that is up already; without it one is started on PORT (4200)
CHROMIUM     the browser (/usr/bin/chromium)`;

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
const bytesPerSecond = (kbits) => (kbits * 1000) / 8;
const slow4G = { offline: false, latency: 150, downloadThroughput: bytesPerSecond(1600), uploadThroughput: bytesPerSecond(750) };
const slowerCPU = 4;

const measures = { interactive: 'interactive ms', paint: 'first paint ms', requests: 'requests', KiB: 'KiB' };

async function main() {
  const { values } = parseArgs({ options: { runs: { type: 'string', default: '7' }, json: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) return console.log(help);
  const runs = count(values.runs, 'runs'), react = buildReact();
  const loads = await withSystem((system) => withStatic(react, (server) => loadOften({ ours: `${system}/signup`, React: `${server}/` }, runs)));
  if (values.json) return console.log(JSON.stringify(loads, null, 2));
  print(loads);
}

/** Builds the form in React and answers the folder that has it. */
function buildReact() {
  const cwd = join(import.meta.dirname, 'react'), stdio = ['ignore', 'ignore', 'inherit'];
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel', 'error'], { cwd, stdio });
  execFileSync(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn'], { cwd, stdio });
  return join(cwd, 'dist');
}

/** Takes turns, so that what else the machine does meets both alike. The first turn warms the servers up and does not count. */
async function loadOften(pages, runs) {
  const loads = Object.fromEntries(Object.keys(pages).map((name) => [name, []]));
  const browser = await playwright.launch(chromium);
  try {
    for (let run = 0; run <= runs; run++) {
      for (const [name, url] of Object.entries(pages)) {
        const load = await loadOnce(browser, url);
        if (run > 0) loads[name].push(load);
      }
    }
    return loads;
  } finally {
    await browser.close();
  }
}

/** Leaves a mark when the form gets what handles its submission. React's form leaves one itself: React listens at the root. */
function markSubmit() {
  const add = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (type, ...rest) {
    if (type === 'submit' && this instanceof HTMLFormElement) performance.mark('interactive');
    return add.call(this, type, ...rest);
  };
}

/** What the page has noted, in ms since the navigation began; nothing until both are there. */
function readTimes() {
  const [interactive] = performance.getEntriesByName('interactive'), [paint] = performance.getEntriesByName('first-contentful-paint');
  return interactive && paint && { interactive: interactive.startTime, paint: paint.startTime };
}

/** Loads a page in a browser context of its own, whose cache is empty. */
async function loadOnce(browser, url) {
  const context = await browser.newContext({ ...phone, serviceWorkers: 'block' });
  try {
    const page = await context.newPage(), session = await context.newCDPSession(page);
    await page.addInitScript(markSubmit);
    let requests = 0, bytes = 0;
    session.on('Network.responseReceived', () => requests++);
    session.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
    await session.send('Network.enable');
    await session.send('Network.emulateNetworkConditions', slow4G);
    await session.send('Emulation.setCPUThrottlingRate', { rate: slowerCPU });
    await page.goto(url, { waitUntil: 'networkidle' });
    const times = await page.waitForFunction(readTimes).then((handle) => handle.jsonValue(), () => { throw new Error(`${url} shows no form that works`); });
    return { ...times, requests, KiB: bytes / 1024 };
  } finally {
    await context.close();
  }
}

function print(loads) {
  const of = (name, measure) => loads[name].map((load) => load[measure]);
  table(['median', ...Object.keys(loads), 'React / ours'], Object.entries(measures).map(([measure, title]) => {
    const [ours, react] = Object.keys(loads).map((name) => median(of(name, measure)));
    return [title, ...[ours, react].map((n) => n.toFixed(measure === 'KiB' ? 1 : 0)), (react / ours).toFixed(2)];
  }));
  console.log();
  for (const name of Object.keys(loads)) console.log(`${name}, interactive ms of each run: ${of(name, 'interactive').map(Math.round).join(' ')}`);
}

await main();
