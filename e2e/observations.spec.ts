// What goes wrong with a run is said on the page, with what would help, and readable at every width.

import { expect, openReady, seriousViolations, test, waitForPhase } from './page';

test('a D that has won is seen, and advice given', async ({ page }) => {
  // G stands still, so that D learns to tell its samples.
  await openReady(page, '#optimizer.generator.learningRate=0&optimizer.discriminator.learningRate=0.01');
  const seen = page.locator('#observations');
  await expect(seen).toBeHidden();
  await page.getByRole('button', { name: 'Play' }).click();
  await waitForPhase(page, 'training');
  await expect(seen.locator('li').first()).toContainText('D has won', { timeout: 90_000 });
  await expect(seen.locator('li').first()).toContainText(/Since step \d+/);
  await expect(page.locator('#watch-numbers')).toHaveText(/Gradients of the last update: D \d.*, G \d.* Mean sign .* 1\.00/);
  await page.getByRole('button', { name: 'Pause' }).click();
  await waitForPhase(page, 'paused');
  for (const width of [360, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    expect(await seriousViolations(page)).toEqual([]);
  }
  await page.getByRole('button', { name: 'Reset' }).click();
  await waitForPhase(page, 'ready');
  await expect(seen).toBeHidden();
});
