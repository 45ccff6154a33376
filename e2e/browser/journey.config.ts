// Both journeys on a cheap phone, timed: `npm run journey`.
import config from './playwright.config.ts';

export default {
  ...config,
  testDir: 'measure',
  testMatch: 'journey.spec.ts',
  workers: 1,
  retries: 0,
  timeout: 1_200_000,
  expect: { timeout: 120_000 },
  use: { ...config.use, actionTimeout: 60_000, navigationTimeout: 120_000 },
  projects: config.projects?.filter((p) => p.name === 'phone'),
};
