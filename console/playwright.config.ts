// How is the console tried in a real browser, against a real node? `tests/e2e/run` starts both; this says where they are.
import { defineConfig } from '@playwright/test';
import { NODE } from './tests/e2e/node';

export default defineConfig({
  testDir: 'tests/e2e',
  testMatch: '*.spec.ts',
  workers: 1,
  // A machine that does other work may be late once; what was tried again is said.
  retries: process.env.CI ? 1 : 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  outputDir: 'test-results',
  globalSetup: './tests/e2e/sign-in.ts',
  use: {
    baseURL: NODE.url,
    locale: 'en-GB',
    viewport: { width: 1440, height: 900 },
    colorScheme: 'light',
    storageState: 'test-results/people/first.json',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.CRESSET_CHROMIUM ?? '/usr/bin/chromium',
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    },
  },
});
