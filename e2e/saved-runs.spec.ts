// Runs that the browser keeps: none is lost to another one, and what fails once is tried again.

import type { Page } from 'playwright/test';
import { expect, instrumentWorker, openReady, seriousViolations, stepOnce, test, waitForPhase } from './page';

const savedText = (page: Page) => page.locator('#saved-text');
const listed = (page: Page) => page.locator('#saved-runs li');

test('a fresh run of a preset leaves the saved one alone, and either can be gone on with', async ({
  page,
}) => {
  await openReady(page, '#preset=moons');
  for (let step = 0; step < 2; step++) await stepOnce(page, '.');
  await expect(savedText(page)).toHaveText('Saved in this browser as moons, at step 2.');

  // The offer is passed over.
  await page.goto('/?again#preset=moons&seed=4');
  await waitForPhase(page, 'ready');
  await expect(page.locator('#offer')).toContainText('moons was left at step 2,');
  await stepOnce(page, '.');
  await expect(savedText(page)).toHaveText('Saved in this browser as moons 2, at step 1.');

  await page.locator('#keep summary').click();
  await expect(listed(page)).toHaveText([/^moons 2 step 1, just now, [0-9.]+ KiB/, /^moons step 2, /]);
  expect(await seriousViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Continue moons', exact: true }).click();
  await waitForPhase(page, 'paused');
  await expect(page.locator('#state')).toHaveText('Paused at step 2.');
  await expect(page).toHaveURL(/#preset=moons$/);
  await expect(savedText(page)).toHaveText('Saved in this browser as moons, at step 2.');

  // The same run from its beginning is the saved one, less far.
  await page.getByRole('button', { name: 'Reset' }).click();
  await waitForPhase(page, 'ready');
  await stepOnce(page, '.');
  await expect(savedText(page)).toHaveText('The saved run moons is this one, further on: at step 2.');
  // It can't be taken back, so it is asked once more.
  await page.getByRole('button', { name: 'Forget moons 2', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Forget moons 2 for good' })).toBeFocused();
  expect(await seriousViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Keep moons 2' }).click();
  await expect(page.getByRole('button', { name: 'Forget moons 2', exact: true })).toBeFocused();
  await expect(listed(page)).toHaveCount(2);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await expect(listed(page)).toHaveText([/^moons step 2, /]);
});

test('a run that could not be saved is saved the next time', async ({ page }) => {
  await instrumentWorker(
    page,
    `{
      const { createSyncAccessHandle } = FileSystemFileHandle.prototype;
      FileSystemFileHandle.prototype.createSyncAccessHandle = async function () {
        FileSystemFileHandle.prototype.createSyncAccessHandle = createSyncAccessHandle;
        throw new DOMException('full', 'QuotaExceededError');
      };
    }`,
  );
  await openReady(page, '#preset=moons');
  await stepOnce(page, '.');
  await expect(savedText(page)).toContainText(/^moons cannot be saved: this page's storage is full/);
  await stepOnce(page, '.');
  await expect(savedText(page)).toHaveText('Saved in this browser as moons, at step 2.');
});
