// Pictures of every page for docs/screens: `npm run screens`.
import config from './playwright.config.ts';

export default {
  ...config,
  testDir: 'screens',
  fullyParallel: false,
  workers: 1,
  timeout: 180_000,
  projects: config.projects?.filter((p) => p.name !== 'faults'),
};
