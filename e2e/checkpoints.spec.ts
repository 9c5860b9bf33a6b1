// Checkpoints that the page exports and imports are the command's, and its picture can be had as a file.

import { readFileSync } from 'node:fs';
import { loadImage } from '@napi-rs/canvas';
import type { Page } from 'playwright/test';
import { expect, openReady, seriousViolations, stepOnce, tensors, test, waitForPhase } from './page';

async function download(page: Page, button: string): Promise<{ name: string; bytes: Buffer }> {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button }).click(),
  ]);
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

const asFile = (bytes: Buffer, name = 'checkpoint.safetensors') => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: bytes,
});

test('a checkpoint goes out and comes back as the same bytes, in a page that trained something else', async ({
  page,
}) => {
  await openReady(page, '#preset=moons&seed=4');
  await page.locator('#keep summary').click();
  for (let step = 0; step < 2; step++) await stepOnce(page, '.');
  const exported = await download(page, 'Export checkpoint');
  expect(exported.name).toBe('checkpoint.safetensors');
  await stepOnce(page, '.');
  const after = await tensors(page);

  await page.goto('/#preset=gaussian-1d');
  await waitForPhase(page, 'ready');
  await page.locator('#checkpoint').setInputFiles(asFile(exported.bytes));
  await waitForPhase(page, 'paused');
  await expect(page.locator('#state')).toHaveText('Paused at step 2.');
  await expect(page.getByLabel('Preset')).toHaveValue('moons');
  await expect(page.getByLabel('Seed')).toHaveValue('4');
  await expect(page).toHaveURL(/#preset=moons&seed=4$/);
  const again = await download(page, 'Export checkpoint');
  expect(again.bytes.equals(exported.bytes)).toBe(true);
  await stepOnce(page, '.');
  expect(await tensors(page)).toEqual(after);

  const picture = await download(page, 'Save picture');
  expect(picture.name).toBe('moons-000003.png');
  const canvas = await page.locator('.canvas-frame canvas').boundingBox();
  const { width, height } = await loadImage(picture.bytes);
  expect([width, height]).toEqual([Math.round(canvas!.width), Math.round(canvas!.height)]);
});

test('a file that is no checkpoint is refused in a sentence', async ({ page }) => {
  await openReady(page);
  await page.locator('#checkpoint').setInputFiles(asFile(Buffer.from('not at all'), 'mine.safetensors'));
  await waitForPhase(page, 'stopped');
  const problem = page.getByRole('alert').filter({ hasText: 'mine.safetensors' });
  await expect(problem).toContainText('mine.safetensors: ');
  expect(await seriousViolations(page)).toEqual([]);
  await problem.getByRole('button', { name: 'Back to the preset' }).click();
  await waitForPhase(page, 'ready');
  await expect(problem).toBeHidden();
});
