// What goes wrong with a run is said on the page, with what would help, and readable at every width.

import { expect, openReady, reading, seriousViolations, stepOnce, test, waitForPhase } from './page';

test('a D that has won is seen, and advice given', async ({ page }) => {
  // G stands still, so that D learns to tell its samples.
  await openReady(page, '#optimizer.generator.learningRate=0&optimizer.discriminator.learningRate=0.01');
  const seen = page.locator('#observations');
  await expect(seen).toBeHidden();
  await page.getByRole('button', { name: 'Play' }).click();
  await waitForPhase(page, 'training');
  await expect(seen.locator('li').first()).toContainText('D has won', { timeout: 90_000 });
  await expect(seen.locator('li').first()).toContainText(/Since step \d+/);
  await expect(page.locator('#watch-numbers')).toHaveText(
    /Gradients of the last update: D \d.*, G \d.* Mean sign .* 1\.00/,
  );
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

test('numbers that are no longer finite take a run back to where it was saved', async ({ page }) => {
  // Rates that grow with every update, until squared distances overflow.
  const growing = encodeURIComponent(
    '{"type":"sgd","learningRate":20000,"schedule":{"type":"constant","warmup":1000000}}',
  );
  await openReady(
    page,
    `#loss=leastSquares&optimizer.generator=${growing}&optimizer.discriminator=${growing}`,
  );
  await stepOnce(page, '.');
  await expect(page.locator('#saved-text')).toContainText('1', { timeout: 30_000 });
  await page.getByRole('button', { name: 'Play' }).click();
  const restart = page.locator('#restart');
  await expect(restart).toHaveText('Go on from step 1 at half the learning rates', { timeout: 90_000 });
  await expect(page.locator('#problem-text')).toContainText('The run was saved at step 1');
  await restart.click();
  await waitForPhase(page, 'paused');
  expect(await reading(page, 'step')).toBe(1);
  await expect(page.locator('#description')).toContainText('10000');
  // Half is too much as well; then there is only the beginning left.
  await page.getByRole('button', { name: 'Play' }).click();
  await expect(restart).toHaveText('Reset', { timeout: 90_000 });
});
