import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';
import type { Options } from './support/person.ts';

// CENTRAL_URL is a run that is up already. Without it one is started, with data of its own, and ended afterwards.
const port = process.env.PORT || '3100';
const url = process.env.CENTRAL_URL || `http://127.0.0.1:${port}`;

/** Chromium's old headless shell draws no screen: what it shows is the same, after two thirds of the time. */
const browser = process.env.CHROMIUM || ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'].find(existsSync);

/** The files with one of these words in their name, whatever the folders above are called. */
const specs = (words: string) => new RegExp(`(${words})[^/]*\\.spec\\.ts$`);

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };

export default defineConfig<Options>({
  testDir: 'tests',
  fullyParallel: true,
  forbidOnly: !!process.env.CI,
  workers: 2,
  retries: process.env.CI ? 2 : 0, // a retry is reported as flaky: it does not stop a landing, and it is not hidden
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: 'list',
  use: {
    baseURL: url,
    locale: 'en-IN',
    timezoneId: 'Asia/Kolkata',
    // To keep one of each test costs a sixth of the time. In CI the second try of what failed makes one, and a picture shows the first.
    trace: process.env.CI ? 'on-first-retry' : 'retain-on-failure',
    screenshot: process.env.CI ? 'only-on-failure' : 'off',
    actionTimeout: 10_000,
    navigationTimeout: 20_000,
    launchOptions: {
      executablePath: browser,
      args: [
        '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync',
      ],
    },
  },
  projects: [ // what does not depend on the window is tried in one of the two
    { name: 'desktop', testIgnore: specs('faults|network|product|hindi|language|kyc-photos|local|inplace|kyc-fields|signatory|landing'), use: { viewport: { width: 1280, height: 900 } } },
    { name: 'phone', testIgnore: specs('faults|errors|captcha|harness|twice|forms|upload|desk|cover|links|kyc-files|kyc-review|pages|keyboard|tiles'), use: phone },
    // What the fixture `faults` breaks is broken for everybody: these run alone, after all others.
    { name: 'faults', testMatch: specs('faults'), workers: 1, dependencies: ['desktop', 'phone'], use: { viewport: { width: 1280, height: 900 } } },
  ],
  webServer: process.env.CENTRAL_URL ? undefined : {
    command: 'node serve.mjs',
    env: { PORT: port },
    url: `${url}/v1/health`,
    timeout: 300_000, // the first build compiles everything
    reuseExistingServer: false,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 25_000 },
    stdout: 'ignore',
    stderr: 'pipe',
  },
});
