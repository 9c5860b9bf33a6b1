// What can go wrong with a GPU is said, with what to do about it.

import { chromium, type Page } from 'playwright/test';
import { chromiumLaunchOptions } from '../src/cli/chromium';
import {
  askWorker,
  expect,
  instrumentWorker,
  openReady,
  reading,
  seriousViolations,
  stepOnce,
  tensors,
  test,
  waitForPhase,
  waitForReading,
} from './page';

/** As a crash of the graphics driver would. */
async function crashGpu(page: Page): Promise<void> {
  const session = await page.context().browser()!.newBrowserCDPSession();
  // The command is answered by a process that dies of it.
  await session.send('Browser.crashGpuProcess').catch(() => {});
}

test.describe('a lost device', () => {
  // Chromium itself writes about the crash.
  test.use({ expectedErrors: [/GPU|context|device|instance/i] });

  test('is said, and Start again trains the same numbers on a new one', async ({ page }) => {
    await openReady(page);
    for (let step = 0; step < 2; step++) await stepOnce(page, '.');
    const before = await tensors(page);
    await page.keyboard.press(' ');
    await waitForReading(page, 'step', (step) => step > 4);

    await crashGpu(page);
    await waitForPhase(page, 'stopped');
    const problem = page.getByRole('alert');
    await expect(problem).toContainText('The GPU device was lost');
    await expect(problem).toContainText('unknown');
    expect(await seriousViolations(page)).toEqual([]);

    await problem.getByRole('button', { name: 'Start again' }).click();
    await waitForPhase(page, 'ready');
    await expect(problem).toBeHidden();
    await expect(page.getByRole('button', { name: 'Play' })).toBeFocused();
    expect(await reading(page, 'step')).toBe(0);
    for (let step = 0; step < 2; step++) await stepOnce(page, '.');
    expect(await tensors(page)).toEqual(before);
  });
});

test('a GPU error that nobody expected is said, and stops the training', async ({ page }) => {
  await instrumentWorker(
    page,
    `const { requestDevice } = GPUAdapter.prototype;
     GPUAdapter.prototype.requestDevice = async function (...options) {
       const device = await requestDevice.apply(this, options);
       // A buffer without a use is not valid.
       onRequest(() => String(device.createBuffer({ label: 'wrong on purpose', size: 16, usage: 0 })));
       return device;
     };`,
  );
  await openReady(page);
  await page.keyboard.press(' ');
  await waitForReading(page, 'step', (step) => step > 2);
  await askWorker(page);
  await waitForPhase(page, 'stopped');
  const problem = page.getByRole('alert');
  await expect(problem).toContainText('The GPU reported an error');
  await expect(problem).toContainText('wrong on purpose');
  await problem.getByRole('button', { name: 'Start again' }).click();
  await waitForPhase(page, 'ready');
});

test('numbers that are no longer finite stop the run with the step and the tensor', async ({ page }) => {
  await openReady(
    page,
    '#optimizer.generator={"type":"sgd","learningRate":1e30}&optimizer.discriminator={"type":"sgd","learningRate":1e30}',
  );
  await page.keyboard.press(' ');
  await waitForPhase(page, 'stopped');
  const problem = page.getByRole('alert');
  await expect(problem).toContainText(/(generator|discriminator)\S* is no longer finite at step \d+/);
  expect(await seriousViolations(page)).toEqual([]);
  await problem.getByRole('button', { name: 'Reset' }).click();
  await waitForPhase(page, 'ready');
});

test('without an adapter the page says so and what to do in this browser', async ({ baseURL }) => {
  const options = chromiumLaunchOptions();
  const browser = await chromium.launch({ ...options, args: ['--no-sandbox'] });
  try {
    const context = await browser.newContext({ colorScheme: 'dark' });
    const page = await context.newPage();
    await page.goto(baseURL!);
    await waitForPhase(page, 'stopped');
    const problem = page.getByRole('alert');
    await expect(problem).toContainText('No graphics adapter was found');
    await expect(problem).toContainText('chrome://gpu');
    await expect(problem.getByRole('listitem')).not.toHaveCount(0);
    await expect(page.getByRole('button', { name: 'Play' })).toHaveAttribute('aria-disabled', 'true');
    expect(await seriousViolations(page)).toEqual([]);
    // Nothing of it can be started, and nothing breaks by trying.
    await page.keyboard.press(' ');
    await page.getByRole('button', { name: 'Reset' }).click({ force: true });
    await expect(page.locator('#state')).toHaveText('Stopped.');
  } finally {
    await browser.close();
  }
});

test('without WebGPU at all, likewise', async ({ page }) => {
  await page.addInitScript(() => Object.defineProperty(navigator, 'gpu', { value: undefined }));
  await page.goto('/');
  await waitForPhase(page, 'stopped');
  await expect(page.getByRole('alert')).toContainText('WebGPU is not available here');
  expect(await seriousViolations(page)).toEqual([]);
});

test('an insecure address is said to be the reason', async ({ page, baseURL }) => {
  // The same page under a name that is neither https nor this machine.
  await page.route('http://webgan.test/**', async (route) => {
    const { pathname } = new URL(route.request().url());
    const response = await page.request.get(new URL(pathname, baseURL).href);
    await route.fulfill({ response });
  });
  await page.goto('http://webgan.test/');
  await waitForPhase(page, 'stopped');
  await expect(page.getByRole('alert')).toContainText('not secure enough');
  await expect(page.getByRole('alert')).toContainText('https');
});
