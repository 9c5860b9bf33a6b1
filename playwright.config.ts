// The browser's tests: the built page, served by Vite, in the Chromium that set-up found or installed.

import { createServer } from 'node:net';
import { defineConfig } from 'playwright/test';
import { chromiumLaunchOptions } from './src/cli/chromium';

// Playwright's workers load this file anew; they inherit the port of the first time.
process.env.WEBGAN_TEST_PORT ??= String(await freePort());
const port = Number(process.env.WEBGAN_TEST_PORT);

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  // One at a time and never again: software adapters use every core, and a test that fails sometimes is a failure.
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: 'list',
  use: {
    baseURL: `http://127.0.0.1:${port}`,
    browserName: 'chromium',
    launchOptions: chromiumLaunchOptions(),
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    screenshot: 'only-on-failure',
  },
  webServer: {
    command: `node node_modules/vite/bin/vite.js preview --host 127.0.0.1 --port ${port} --strictPort`,
    url: `http://127.0.0.1:${port}`,
    reuseExistingServer: false,
  },
});

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
