// Folders of images, chosen and dropped: with their classes, and with what cannot be read in them.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright/test';
import { imageHash, pngFile } from './images';
import { expect, test, waitForPhase } from './page';

const RGB = { channels: 3, height: 6, width: 8 } as const;
const dataText = (page: Page) => page.locator('#data-text');

/** A folder of two classes with an image each. */
function makeFolder(place: string): string {
  const folder = join(place, 'pets');
  for (const [name, colour] of [
    ['cats', '#ff0000'],
    ['dogs', '#00ff80'],
  ] as const) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, 'a.png'), pngFile('a.png', colour).buffer);
  }
  return folder;
}

/** Drops a folder as the system's file manager does. */
async function dropFolder(page: Page, folder: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [folder], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: 300, y: 300, data });
}

test('a chosen folder is a set with its folders as classes', async ({ page }, testInfo) => {
  await page.goto(`/${imageHash(RGB)}`);
  await waitForPhase(page, 'waiting');
  await page.locator('#folder').setInputFiles(makeFolder(testInfo.outputPath()));
  await waitForPhase(page, 'ready');
  await expect(dataText(page)).toHaveText('pets: 2 images, 8 × 6, RGB, 2 classes.');
});

test('so is a dropped one', async ({ page }, testInfo) => {
  await page.goto(`/${imageHash(RGB)}`);
  await waitForPhase(page, 'waiting');
  await dropFolder(page, makeFolder(testInfo.outputPath()));
  await waitForPhase(page, 'ready');
  await expect(dataText(page)).toHaveText('pets: 2 images, 8 × 6, RGB, 2 classes.');
});

test('what vanished from a dropped folder is named, and passed over where asked for', async ({
  page,
}, testInfo) => {
  const folder = makeFolder(testInfo.outputPath());
  const vanishing = join(folder, 'dogs', 'b.png');
  writeFileSync(vanishing, pngFile('b.png', '#204060').buffer);
  await page.exposeFunction('vanish', () => rmSync(vanishing));
  await page.goto(`/${imageHash(RGB)}`);
  await waitForPhase(page, 'waiting');
  // Between the listing of the folder and the reading of its files.
  await page.evaluate(() => {
    const { vanish } = window as unknown as { vanish(): Promise<void> };
    const { webkitGetAsEntry } = DataTransferItem.prototype;
    DataTransferItem.prototype.webkitGetAsEntry = function () {
      const folder = webkitGetAsEntry.call(this) as FileSystemDirectoryEntry;
      const reader = Object.getPrototypeOf(folder.createReader()) as FileSystemDirectoryReader;
      const { readEntries } = reader;
      reader.readEntries = function (resolve, reject) {
        const later = (entries: FileSystemEntry[]) =>
          entries.some(({ name }) => name === 'b.png')
            ? void vanish().then(() => resolve(entries))
            : resolve(entries);
        readEntries.call(this, later, reject);
      };
      return folder;
    };
  });
  await dropFolder(page, folder);
  const problem = page.locator('#data-problem');
  await expect(problem).toHaveText(/pets\/dogs\/b\.png: cannot be read \(Not\w+Error\)\./);
  await problem.getByRole('button', { name: 'Go on without the bad ones' }).click();
  await waitForPhase(page, 'ready');
  await expect(dataText(page)).toHaveText(
    /^pets: 2 images, 8 × 6, RGB, 2 classes\. Passed over: pets\/dogs\/b\.png: cannot be read/,
  );
});
