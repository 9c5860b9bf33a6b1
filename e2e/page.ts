// What the browser's tests share: the page opened and ready, its readings, and no test with an error in the console.

import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type Page } from 'playwright/test';

export { expect };

export interface Fixtures {
  /** Texts in the console that a test expects, because it breaks something on purpose. */
  readonly expectedErrors: RegExp[];
}

/** Fails where the page wrote an error or warning to the console, or threw, that the test did not announce. */
export const test = base.extend<Fixtures & { cleanConsole: undefined }>({
  expectedErrors: [[], { option: true }],
  cleanConsole: [
    async ({ page, expectedErrors }, use) => {
      const errors: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
      });
      page.on('pageerror', (error) => errors.push(error.message));
      await use(undefined);
      expect(errors.filter((text) => !expectedErrors.some((pattern) => pattern.test(text)))).toEqual([]);
    },
    { auto: true },
  ],
});

/** Opens the page with this hash and waits until it can train. */
export async function openReady(page: Page, hash = ''): Promise<void> {
  await page.goto(`/${hash}`);
  await waitForPhase(page, 'ready');
}

export async function waitForPhase(page: Page, phase: string): Promise<void> {
  await expect(page.locator('body')).toHaveAttribute('data-phase', phase, { timeout: 60_000 });
}

/**
 * Runs code in the page's worker before its own, with `onRequest` there to answer `askWorker`. Before the page is
 * opened.
 */
export async function instrumentWorker(page: Page, code: string): Promise<void> {
  const prelude = `
    const onRequest = (answer) => {
      const channel = new BroadcastChannel('webgan-e2e');
      channel.onmessage = () => channel.postMessage(answer());
    };
    ${code}
  `;
  await page.route('**/worker-*.js', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: prelude + (await response.text()) });
  });
}

/** What the code of `instrumentWorker` answers. */
export function askWorker(page: Page): Promise<unknown> {
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        const channel = new BroadcastChannel('webgan-e2e');
        channel.onmessage = ({ data }) => {
          channel.close();
          resolve(data);
        };
        channel.postMessage('answer');
      }),
  );
}

/** One of the numbers beside the picture; NaN while it is not known. */
export async function reading(page: Page, name: string): Promise<number> {
  const text = (await page.locator(`#number-${name}`).textContent()) ?? '';
  return Number.parseFloat(text.replace('−', '-').replaceAll(',', ''));
}

/** Waits for a reading to satisfy a condition. */
export async function waitForReading(
  page: Page,
  name: string,
  holds: (value: number) => boolean,
): Promise<void> {
  await expect.poll(async () => holds(await reading(page, name)), { timeout: 60_000 }).toBe(true);
}

/** All parameters, by name, as plain lists. */
export function tensors(page: Page): Promise<Record<string, number[]>> {
  return page.evaluate(async () => {
    const answer = await window.webgan.ask('tensors', {});
    return Object.fromEntries([...answer].map(([name, { data }]) => [name, [...data]]));
  });
}

/** Presses a key that makes a step and waits until it was made. */
export async function stepOnce(page: Page, key: '.' | 'd' | 'g'): Promise<void> {
  const before = await page.locator('#state').textContent();
  await page.keyboard.press(key);
  await expect(page.locator('#state')).not.toHaveText(before ?? '');
}

/** What axe finds that is serious or critical, in a part of the page or in all of it: rules with the elements that break them. */
export async function seriousViolations(page: Page, part = 'html'): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).include(part).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}
