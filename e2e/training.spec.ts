// Training in the page: it moves, pauses, steps one network at a time, and starts over with the same numbers.

import { createCanvas, loadImage } from '@napi-rs/canvas';
import type { Page } from 'playwright/test';
import {
  askWorker,
  expect,
  instrumentWorker,
  openReady,
  reading,
  stepOnce,
  tensors,
  test,
  waitForPhase,
  waitForReading,
} from './page';

test('trains and pauses', async ({ page }) => {
  await openReady(page);
  expect(await reading(page, 'step')).toBe(0);
  await expect(page.locator('#adapter')).not.toHaveText(/looking|none/);

  await page.getByRole('button', { name: 'Play' }).click();
  await waitForPhase(page, 'training');
  await waitForReading(page, 'step', (step) => step > 20);
  await waitForReading(page, 'rate', (rate) => rate > 0);
  expect(await reading(page, 'value')).toBeGreaterThan(-5);
  expect(await reading(page, 'value')).toBeLessThan(0);
  for (const score of ['real', 'fake']) {
    expect(await reading(page, score)).toBeGreaterThan(0);
    expect(await reading(page, score)).toBeLessThan(1);
  }
  const earlier = await reading(page, 'step');
  await waitForReading(page, 'step', (step) => step > earlier);
  for (const chart of ['value', 'scores', 'losses']) {
    await expect(page.locator(`[data-chart=${chart}] .plot`)).toHaveAttribute('aria-label', /up to step \d+/);
  }

  await page.getByRole('button', { name: 'Pause' }).click();
  await waitForPhase(page, 'paused');
  const paused = await reading(page, 'step');
  await expect(page.locator('#state')).toHaveText(`Paused at step ${paused.toLocaleString('en')}.`);
  // A pause asks how good G is.
  await waitForReading(page, 'js', (js) => js >= 0 && js <= Math.log(2) + 1e-3);
  await expect(page.locator('#number-modes')).toHaveText(/^\d of 8$/);
  expect(await reading(page, 'step')).toBe(paused);
});

test('trains on in a hidden tab, which gets no frames to draw', async ({ page }) => {
  await instrumentWorker(page, 'self.requestAnimationFrame = () => 0;');
  await openReady(page);
  await page.keyboard.press(' ');
  await waitForReading(page, 'step', (step) => step > 20);
  await page.keyboard.press(' ');
  await waitForPhase(page, 'paused');
});

test('single steps move the network that they say', async ({ page }) => {
  await openReady(page);
  const changed = (before: Record<string, number[]>, after: Record<string, number[]>, network: string) =>
    Object.keys(before)
      .filter((name) => name.startsWith(network))
      .some((name) => before[name]!.some((value, i) => value !== after[name]![i]));

  const start = await tensors(page);
  await page.getByRole('button', { name: 'Step D' }).click();
  await expect(page.locator('#state')).toHaveText('Paused at step 0. D is 1 update ahead.');
  const afterD = await tensors(page);
  expect([changed(start, afterD, 'discriminator'), changed(start, afterD, 'generator')]).toEqual([
    true,
    false,
  ]);

  await page.getByRole('button', { name: 'Step G' }).click();
  await expect(page.locator('#state')).toHaveText('Paused at step 1.');
  const afterG = await tensors(page);
  expect([changed(afterD, afterG, 'discriminator'), changed(afterD, afterG, 'generator')]).toEqual([
    false,
    true,
  ]);

  await page.getByRole('button', { name: 'Step both' }).click();
  await expect(page.locator('#state')).toHaveText('Paused at step 2.');
  const afterBoth = await tensors(page);
  expect([changed(afterG, afterBoth, 'discriminator'), changed(afterG, afterBoth, 'generator')]).toEqual([
    true,
    true,
  ]);

  // Both halves in turn are one iteration: from the start, it is the same as one step of both.
  await page.getByRole('button', { name: 'Reset' }).click();
  await waitForPhase(page, 'ready');
  await page.getByRole('button', { name: 'Step both' }).click();
  await expect(page.locator('#state')).toHaveText('Paused at step 1.');
  expect(await tensors(page)).toEqual(afterG);
});

test('the same seed trains the same numbers, another seed others', async ({ page }) => {
  await openReady(page);
  const train = async () => {
    for (let step = 0; step < 3; step++) await stepOnce(page, '.');
    return tensors(page);
  };
  const first = await train();
  await page.keyboard.press('r');
  await waitForPhase(page, 'ready');
  expect(await reading(page, 'step')).toBe(0);
  await expect(page.locator('[data-chart=value] .plot')).toHaveAttribute('aria-label', /nothing measured/);
  expect(await train()).toEqual(first);

  await page.getByLabel('Seed').fill('7');
  await page.getByLabel('Seed').press('Enter');
  await waitForPhase(page, 'ready');
  await expect(page).toHaveURL(/#seed=7$/);
  await page.getByLabel('Seed').blur();
  expect(await train()).not.toEqual(first);

  await page.reload();
  await waitForPhase(page, 'ready');
  await expect(page.getByLabel('Seed')).toHaveValue('7');
  await page.getByLabel('Seed').fill('1');
  await page.getByLabel('Seed').blur();
  await waitForPhase(page, 'ready');
  expect(new URL(page.url()).hash).toBe('');
  expect(await train()).toEqual(first);
});

test('switches between presets, on the plane and on the line', async ({ page }) => {
  await openReady(page);
  await page.getByLabel('Preset').selectOption('gaussian-1d');
  await waitForPhase(page, 'ready');
  await expect(page).toHaveURL(/#preset=gaussian-1d$/);
  await expect(page.locator('#stage')).toHaveAttribute('data-picture', 'line');
  await expect(page.locator('#stage-key')).toContainText('D*');
  await expect(page.locator('#number-modes')).toBeHidden();
  await stepOnce(page, '.');
  expect(Number.isFinite(await reading(page, 'value'))).toBe(true);

  await page.getByLabel('Preset').selectOption('grid');
  await waitForPhase(page, 'ready');
  await expect(page.locator('#stage')).toHaveAttribute('data-picture', 'plane');
  await expect(page.locator('#number-modes')).toHaveText('– of 25');
  await expect(page.locator('#description')).not.toBeEmpty();
});

test('takes a configuration from the address, and says what is wrong with one', async ({ page }) => {
  await openReady(page, '#preset=moons&seed=5&batchSize=16');
  await expect(page.getByLabel('Preset')).toHaveValue('moons');
  await expect(page.getByLabel('Seed')).toHaveValue('5');
  await expect(page.locator('#description')).toContainText('batchSize = 16');

  await page.goto('/#batchSize=-1');
  await waitForPhase(page, 'stopped');
  const problem = page.getByRole('alert');
  await expect(problem).toContainText('batchSize');
  await expect(problem).toContainText('-1');
  await problem.getByRole('button').click();
  await waitForPhase(page, 'ready');
  await expect(problem).toBeHidden();

  await page.goto('/#preset=nowhere');
  await waitForPhase(page, 'stopped');
  await expect(problem).toContainText('There is no preset "nowhere"; there are');
  await problem.getByRole('button').click();
  await waitForPhase(page, 'ready');
});

test('works from the keyboard, but not while typing', async ({ page }) => {
  await openReady(page);
  await page.keyboard.press(' ');
  await waitForPhase(page, 'training');
  await waitForReading(page, 'step', (step) => step > 0);
  await page.keyboard.press(' ');
  await waitForPhase(page, 'paused');
  await page.keyboard.press('R');
  await waitForPhase(page, 'ready');
  await stepOnce(page, 'd');
  await expect(page.locator('#state')).toHaveText('Paused at step 0. D is 1 update ahead.');
  await stepOnce(page, 'g');
  await stepOnce(page, '.');
  await expect(page.locator('#state')).toHaveText('Paused at step 2.');

  await page.getByLabel('Seed').focus();
  await page.keyboard.press('g');
  await page.keyboard.press('.');
  // A letter would choose the preset that begins with it.
  await page.getByLabel('Preset').focus();
  await page.keyboard.press('.');
  await page.getByLabel('Preset').blur();
  await page.getByLabel('use these keys').uncheck();
  await page.keyboard.press('g');
  await page.getByLabel('use these keys').check();
  await stepOnce(page, '.');
  await expect(page.locator('#state')).toHaveText('Paused at step 3.');

  // Every control can be reached, and Space on a focused button presses that button.
  await page.getByRole('button', { name: 'Step G' }).focus();
  await page.keyboard.press(' ');
  await expect(page.locator('#state')).toHaveText('Paused at step 4. D is 1 update behind.');
});

test('draws real and generated samples and the field, and reads nothing back for it', async ({ page }) => {
  await instrumentWorker(
    page,
    `let maps = 0;
     const { mapAsync } = GPUBuffer.prototype;
     GPUBuffer.prototype.mapAsync = function (...options) { maps++; return mapAsync.apply(this, options); };
     onRequest(() => maps);`,
  );
  await openReady(page);
  expect(await askWorker(page)).toBe(0);
  const all = await inkOf(page);
  expect(all.real).toBeGreaterThan(100);
  expect(all.generated).toBeGreaterThan(100);

  await page.getByRole('checkbox', { name: 'generated' }).uncheck();
  await expect.poll(async () => (await inkOf(page)).generated).toBeLessThan(all.generated / 10);
  await page.getByRole('checkbox', { name: 'real' }).uncheck();
  await expect.poll(async () => (await inkOf(page)).real).toBeLessThan(all.real / 10);
  const tinted = (await inkOf(page)).colours;
  await page.getByRole('checkbox', { name: 'D’s field' }).uncheck();
  await expect.poll(async () => (await inkOf(page)).colours).toBe(1);
  expect(tinted).toBeGreaterThan(1);
  expect(await askWorker(page)).toBe(0);
  // The count does count: a single step is read.
  await stepOnce(page, '.');
  expect(await askWorker(page)).toBeGreaterThan(0);
});

/** What is on the canvas: pixels in about the colours of the samples, and how many colours there are. */
async function inkOf(page: Page): Promise<{ real: number; generated: number; colours: number }> {
  const image = await loadImage(await page.locator('.canvas-frame canvas').screenshot());
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  // Without the frame's rounded corners.
  const inset = 12;
  const { data } = context.getImageData(inset, inset, image.width - 2 * inset, image.height - 2 * inset);
  const near = (at: number, colour: readonly number[]) =>
    colour.every((channel, c) => Math.abs(data[at + c]! - channel) < 48);
  const colours = new Set<number>();
  let real = 0;
  let generated = 0;
  for (let at = 0; at < data.length; at += 4) {
    colours.add((data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!);
    if (near(at, [0x1b, 0x6a, 0x9c])) real++;
    if (near(at, [0xb8, 0x46, 0x0f])) generated++;
  }
  return { real, generated, colours: colours.size };
}
