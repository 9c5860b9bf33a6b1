// The page at the sizes and in the colours that people have, for eyes, keyboards and screen readers.

import { imageHash } from './images';
import { expect, openReady, seriousViolations, test, waitForPhase, waitForReading } from './page';

const WIDTHS = [360, 768, 1280, 1920];

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test('fits every width and is accessible in every state', async ({ page }) => {
      await openReady(page);
      expect(await seriousViolations(page)).toEqual([]);
      await page.keyboard.press(' ');
      await waitForReading(page, 'step', (step) => step > 5);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 800 });
        const overflow = () =>
          page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        await expect.poll(overflow, { message: `horizontal overflow at ${width}` }).toBe(0);
        for (const name of ['Pause', 'Step both', 'Step D', 'Step G', 'Reset']) {
          const box = await page.getByRole('button', { name, exact: false }).boundingBox();
          expect(box!.x).toBeGreaterThanOrEqual(0);
          expect(box!.x + box!.width).toBeLessThanOrEqual(width);
          expect(box!.height).toBeGreaterThanOrEqual(40);
        }
        const canvas = await page.locator('.canvas-frame canvas').boundingBox();
        expect(canvas!.width).toBeGreaterThan(Math.min(300, width / 3));
        const chart = await page.locator('[data-chart=value] canvas').boundingBox();
        expect(chart!.width).toBeGreaterThan(180);
        expect(chart!.x + chart!.width).toBeLessThanOrEqual(width);
        expect(await seriousViolations(page)).toEqual([]);
      }
      await page.keyboard.press(' ');
      await waitForPhase(page, 'paused');
      expect(await seriousViolations(page)).toEqual([]);
    });
  });
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`images, ${colorScheme}`, () => {
    test.use({ colorScheme });

    test('fit every width and are accessible, with all drawers open', async ({ page }) => {
      await openReady(
        page,
        imageHash({ channels: 1, height: 12, width: 12 }, { source: 'glyphs', size: 12 }),
      );
      for (const name of ['Data', 'Save and load']) await page.getByText(name, { exact: true }).click();
      for (const width of [360, 1280]) {
        await page.setViewportSize({ width, height: 800 });
        const overflow = () =>
          page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        await expect.poll(overflow, { message: `horizontal overflow at ${width}` }).toBe(0);
        for (const name of ['Choose files…', 'Download MNIST', 'Export checkpoint', 'Save picture']) {
          const box = await page.getByRole('button', { name, exact: false }).boundingBox();
          expect(box!.x).toBeGreaterThanOrEqual(0);
          expect(box!.x + box!.width).toBeLessThanOrEqual(width);
          expect(box!.height).toBeGreaterThanOrEqual(40);
        }
        expect(await seriousViolations(page)).toEqual([]);
      }
    });
  });
}

test('the picture and the charts follow a change of size and of colour scheme', async ({ page }) => {
  await openReady(page);
  const canvas = page.locator('.canvas-frame canvas');
  const sizeOf = () => canvas.evaluate((element: HTMLCanvasElement) => [element.width, element.height]);
  for (const width of [360, 1920]) {
    await page.setViewportSize({ width, height: 900 });
    // What the worker made of it comes back in the canvas' own size.
    await expect
      .poll(async () => {
        const { width: shown } = (await canvas.boundingBox())!;
        return Math.abs((await sizeOf())[0]! - shown);
      })
      .toBeLessThanOrEqual(1);
  }
  const light = await canvas.screenshot();
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(async () => (await canvas.screenshot()).equals(light)).toBe(false);
});

test('what happens is said in one polite place, and shortcuts are announced', async ({ page }) => {
  await openReady(page);
  await expect(page.getByRole('status')).toHaveText('Ready. Press Play to train.');
  await expect(page.getByRole('button', { name: 'Play' })).toHaveAttribute('aria-keyshortcuts', 'Space');
  await expect(page.getByRole('img', { name: /samples/ })).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the picture' })).toBeFocused();
});
