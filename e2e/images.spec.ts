// Runs of images in the page: drawn from the GPU's buffers, trained on files that one opens, kept over a reload.

import { createCanvas, loadImage } from '@napi-rs/canvas';
import type { Page } from 'playwright/test';
import { sheetLayout, sheetOf } from '../src/app/picture/sheet';
import { type FileToOpen, idxFiles, imageHash, pngFile, type Shape } from './images';
import {
  askWorker,
  expect,
  instrumentWorker,
  openReady,
  seriousViolations,
  stepOnce,
  tensors,
  test,
  waitForPhase,
} from './page';

const GREY: Shape = { channels: 1, height: 8, width: 8 };
const RGB: Shape = { channels: 3, height: 6, width: 8 };

/** What the page says of the images that it read. */
const dataText = (page: Page) => page.locator('#data-text');
const savedText = (page: Page) => page.locator('#saved-text');

test('draws a row of real images and the grid of G from the GPU’s buffers', async ({ page }) => {
  await instrumentWorker(
    page,
    `let maps = 0;
     const { mapAsync } = GPUBuffer.prototype;
     GPUBuffer.prototype.mapAsync = function (...options) { maps++; return mapAsync.apply(this, options); };
     onRequest(() => maps);`,
  );
  const shape: Shape = { channels: 1, height: 12, width: 12 };
  await openReady(page, imageHash(shape, { source: 'glyphs', size: 12 }));
  await expect(page.locator('#stage')).toHaveAttribute('data-picture', 'images');
  await expect(page.getByLabel('D’s field')).toBeHidden();
  const inFrame = async () => {
    const { generated } = layoutOf(shape, (await page.locator('.canvas-frame canvas').boundingBox())!);
    return (await pixels(page))(generated.origin[0] + 3, generated.origin[1] + 3);
  };
  const paper = [0xfd, 0xfb, 0xf6];
  await expect.poll(inFrame).not.toEqual(paper);
  // Drawn, and nothing read back for it.
  expect(await askWorker(page)).toBe(0);
  await expectSheet(page, shape);
  await stepOnce(page, '.');
  await stepOnce(page, '.');
  await expectSheet(page, shape);
  await page.locator('#show-generated').uncheck();
  await expect.poll(inFrame).toEqual(paper);
});

test('shows all classes of a conditional run, a row each from the same noise, or the one that is picked', async ({
  page,
}) => {
  const shape: Shape = { channels: 1, height: 8, width: 8 };
  const classes = 10;
  const layers = (list: readonly object[]) => JSON.stringify(list);
  const hash = new URLSearchParams(imageHash(shape, { source: 'glyphs', size: 8 }).slice(1));
  hash.set(
    'generator',
    layers([
      { type: 'labelEmbedding', classes, size: 6 },
      { type: 'dense', units: 64 },
      { type: 'tanh' },
      { type: 'reshape', shape: [1, 8, 8] },
    ]),
  );
  hash.set('discriminator', layers([{ type: 'flatten' }, { type: 'projection', classes }]));
  await openReady(page, `#${hash}`);
  const picker = page.locator('#class');
  await expect(picker).toBeVisible();
  const each = Array.from({ length: classes }, (_, i) => String(i));
  await expect(picker.locator('option')).toHaveText(['all', ...each]);
  const columns = 8;
  const rows = Array.from({ length: classes * columns }, (_, i) => Math.floor(i / columns));
  await expectSheet(page, shape, { classes, labels: rows, columns });
  await stepOnce(page, '.');
  await picker.selectOption('7');
  await expectSheet(page, shape, { classes, labels: rows.map(() => 7) });
  await picker.selectOption('all');
  await expectSheet(page, shape, { classes, labels: rows, columns });
  expect(await seriousViolations(page)).toEqual([]);
});

test('offers no classes of a run that has none', async ({ page }) => {
  await openReady(page, imageHash({ channels: 1, height: 8, width: 8 }, { source: 'glyphs', size: 8 }));
  await expect(page.locator('#class')).toBeHidden();
});

test('trains on IDX files, keeps them and the run over a reload, and goes on with the same numbers', async ({
  page,
}) => {
  await page.goto(`/${imageHash(GREY)}`);
  await waitForPhase(page, 'waiting');
  await expect(page.locator('#state')).toHaveText('Waiting for images to train on.');
  await expect(page.locator('#stage-note')).toContainText('grey and 8 × 8');
  expect(await seriousViolations(page)).toEqual([]);

  await page.locator('#files').setInputFiles(idxFiles(40, { height: 16, width: 16 }));
  await waitForPhase(page, 'ready');
  await expect(dataText(page)).toHaveText('2 files: 40 images, 8 × 8, grey, 4 classes.');
  await expectSheet(page, GREY);
  for (let step = 0; step < 3; step++) await stepOnce(page, '.');
  await expect(savedText(page)).toHaveText('Saved in this browser as mnist-mlp, at step 3.');

  await page.reload();
  await waitForPhase(page, 'ready');
  await expect(dataText(page)).toContainText('40 images');
  const offer = page.locator('#offer');
  await expect(offer).toContainText('mnist-mlp was left at step 3,');
  expect(await seriousViolations(page)).toEqual([]);
  await offer.getByRole('button', { name: 'Continue' }).click();
  await waitForPhase(page, 'paused');
  await expect(page.locator('#state')).toHaveText('Paused at step 3.');
  await expect(offer).toBeHidden();
  await stepOnce(page, '.');
  const continued = await tensors(page);

  await page.getByRole('button', { name: 'Reset' }).click();
  await waitForPhase(page, 'ready');
  for (let step = 0; step < 4; step++) await stepOnce(page, '.');
  expect(await tensors(page)).toEqual(continued);

  // What is not wanted any more is not offered again.
  await expect(savedText(page)).toHaveText('Saved in this browser as mnist-mlp, at step 4.');
  await page.reload();
  await waitForPhase(page, 'ready');
  await offer.getByRole('button', { name: 'Forget it' }).click();
  await offer.getByRole('button', { name: 'Forget for good' }).click();
  await expect(offer).toBeHidden();
  await page.reload();
  await waitForPhase(page, 'ready');
  await expect(offer).toBeHidden();
});

test('does not go on with other images than a run was trained on, unless they are chosen', async ({
  page,
}) => {
  await page.goto(`/${imageHash(GREY)}`);
  await waitForPhase(page, 'waiting');
  await page.locator('#files').setInputFiles(idxFiles(40, GREY));
  await waitForPhase(page, 'ready');
  await stepOnce(page, '.');
  await expect(savedText(page)).toHaveText('Saved in this browser as mnist-mlp, at step 1.');
  const others = idxFiles(24, GREY);
  await page.locator('#files').setInputFiles(others);
  await expect(dataText(page)).toContainText('24 images');
  await waitForPhase(page, 'ready');

  // Those of the other run were kept last.
  await page.reload();
  await waitForPhase(page, 'ready');
  await expect(dataText(page)).toContainText('24 images');
  await page.locator('#offer').getByRole('button', { name: 'Continue' }).click();
  await waitForPhase(page, 'waiting');
  await expect(page.locator('#stage-note')).toContainText('trained on other images than those at hand');
  expect(await seriousViolations(page)).toEqual([]);
  await page.locator('#files').setInputFiles(others);
  await waitForPhase(page, 'paused');
  await expect(dataText(page)).toHaveText(
    '2 files: 24 images, 8 × 8, grey, 4 classes. So far the run was trained on others.',
  );
});

test('takes dropped colour images, says which is bad, and goes on without it', async ({ page }) => {
  await page.goto(`/${imageHash(RGB)}`);
  await waitForPhase(page, 'waiting');
  const whole = pngFile('c.png', '#204060');
  const broken = { ...whole, name: 'broken.png', buffer: whole.buffer.subarray(0, 60) };
  await drop(page, [pngFile('a.png', '#ff0000'), broken, pngFile('b.png', '#00ff80')]);
  const problem = page.locator('#data-problem');
  await expect(problem).toContainText('broken.png: ');
  await expect(problem).not.toContainText('--skip-bad');
  expect(await seriousViolations(page)).toEqual([]);
  await problem.getByRole('button', { name: 'Go on without the bad ones' }).click();
  await waitForPhase(page, 'ready');
  await expect(problem).toBeHidden();
  await expect(dataText(page)).toContainText('2 images, 8 × 6, RGB. Passed over: 3 files/broken.png');
  await expectSheet(page, RGB);

  // What is no data leaves the run as it is.
  await stepOnce(page, '.');
  const text = { name: 'notes.md', mimeType: 'text/markdown', buffer: Buffer.from('# Notes') };
  await drop(page, [text]);
  await expect(problem).toContainText('notes.md');
  await expect(page.locator('#state')).toHaveText('Paused at step 1.');
});

test('trains on a dropped list of points', async ({ page }) => {
  await openReady(page);
  const line = (x: number, y: number) => `${x},${y}\n`;
  const buffer = Buffer.from(`x,y\n${[0, 1, 2, 3].map((i) => line(i, i * i)).join('')}`);
  await drop(page, [{ name: 'curve.csv', mimeType: 'text/csv', buffer }]);
  await expect(dataText(page)).toHaveText('curve.csv: 4 points in the plane.');
  await waitForPhase(page, 'ready');
  await expect(page.locator('#description')).toContainText('curve.csv');
  const real = await page.evaluate(async () => [
    ...(await window.webgan.ask('real', { count: 16, seed: 1 })),
  ]);
  for (let i = 0; i < real.length; i += 2) expect(real[i + 1]).toBe(real[i]! ** 2);
});

test('downloads MNIST once, and says so where it cannot', async ({ page }) => {
  const [images, labels] = idxFiles(12, { height: 28, width: 28 });
  let requests = 0;
  let isOnline = false;
  let isSignIn = false;
  let isCutOff = false;
  await page.route('https://cdn.jsdelivr.net/**', async (route) => {
    requests++;
    if (!isOnline) return route.abort('internetdisconnected');
    if (isSignIn)
      return route.fulfill({ body: '<html>Sign in</html>', headers: { 'access-control-allow-origin': '*' } });
    const { buffer } = route.request().url().includes('images') ? images! : labels!;
    return route.fulfill({
      body: isCutOff ? buffer.subarray(0, -9) : buffer,
      headers: { 'access-control-allow-origin': '*' },
    });
  });
  await page.goto(`/${imageHash(GREY)}`);
  await waitForPhase(page, 'waiting');
  const download = page.getByRole('button', { name: /Download MNIST/ });
  await download.click();
  const problem = page.locator('#data-problem');
  await expect(problem).toContainText('MNIST could not be downloaded from cdn.jsdelivr.net');
  await expect(problem.getByRole('button')).toBeHidden();

  isOnline = true;
  isSignIn = true;
  await download.click();
  await expect(problem).toContainText('is no such file');

  // Nothing of it is kept.
  isSignIn = false;
  isCutOff = true;
  await download.click();
  await expect(problem).toContainText('MNIST/train-labels-idx1-ubyte.gz: ');

  isCutOff = false;
  await download.click();
  await waitForPhase(page, 'ready');
  await expect(dataText(page)).toHaveText('MNIST: 12 images, 8 × 8, grey, 4 classes.');
  await expect(problem).toBeHidden();
  isOnline = false;
  const before = requests;
  await page.locator('#data summary').click();
  await download.click();
  await waitForPhase(page, 'ready');
  await expect(page.locator('#reading')).toBeHidden();
  await expect(problem).toBeHidden();
  expect(requests).toBe(before);
  expect(before).toBe(6);
});

test.use({ expectedErrors: [/ERR_INTERNET_DISCONNECTED/] });

/** The canvas' pixels by place, from its upper left. */
async function pixels(page: Page): Promise<(x: number, y: number) => readonly number[]> {
  const image = await loadImage(await page.locator('.canvas-frame canvas').screenshot());
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  const { data, width } = context.getImageData(0, 0, image.width, image.height);
  return (x, y) => [...data.subarray(4 * (y * width + x), 4 * (y * width + x) + 3)];
}

const layoutOf = (shape: Shape, { width, height }: { width: number; height: number }, classes?: number) =>
  sheetLayout(sheetOf(shape, classes), shape, {
    width: Math.round(width),
    height: Math.round(height),
    pixelRatio: 1,
  });

/** What the sheet of a conditional run is to show: the class of each image, and whether rows have the same noise. */
interface Condition {
  readonly classes: number;
  readonly labels: readonly number[];
  readonly columns?: number;
}

/** Every image of the sheet is, pixel by pixel, what the trainer answers for the same noise and draws. */
async function expectSheet(page: Page, shape: Shape, condition?: Condition): Promise<void> {
  // A frame comes when the adapter gets to it.
  await expect(() => expectSheetNow(page, shape, condition)).toPass({ timeout: 30_000 });
}

async function expectSheetNow(page: Page, shape: Shape, condition?: Condition): Promise<void> {
  const box = (await page.locator('.canvas-frame canvas').boundingBox())!;
  const layout = layoutOf(shape, box, condition?.classes);
  const at = await pixels(page);
  for (const kind of ['real', 'sample'] as const) {
    const block = kind === 'real' ? layout.real : layout.generated;
    const count = block.columns * block.rows;
    const numbers = await page.evaluate(
      async ([kind, count, condition]) => {
        const { labels, columns } = condition ?? {};
        const choice = {
          ...(kind === 'sample' && labels && { labels: Uint32Array.from(labels) }),
          ...(columns && { columns }),
        };
        return [...(await window.webgan.ask(kind, { count, seed: 1, ...choice }))];
      },
      [kind, count, condition] as const,
    );
    const { channels, height, width } = shape;
    let worst = 0;
    for (let image = 0; image < count; image++) {
      const left = block.origin[0] + (image % block.columns) * block.pitch[0];
      const top = block.origin[1] + Math.floor(image / block.columns) * block.pitch[1];
      for (let row = 0; row < height; row++) {
        for (let column = 0; column < width; column++) {
          const x = left + Math.floor(((column + 0.5) * block.size[0]) / width);
          const y = top + Math.floor(((row + 0.5) * block.size[1]) / height);
          const colour = at(x, y);
          for (let channel = 0; channel < 3; channel++) {
            const own = Math.min(channel, channels - 1);
            const value = numbers[((image * channels + own) * height + row) * width + column]!;
            worst = Math.max(worst, Math.abs(colour[channel]! - (255 * (1 + value)) / 2));
          }
        }
      }
    }
    // Half a grey level is rounding, and a level more the way onto the screen and into the PNG.
    expect(worst, `${kind} images`).toBeLessThan(1.6);
  }
}

/** Drops files onto the page. */
async function drop(page: Page, files: readonly FileToOpen[]): Promise<void> {
  const plain = files.map(({ name, mimeType, buffer }) => ({ name, mimeType, bytes: [...buffer] }));
  const transfer = await page.evaluateHandle((files) => {
    const transfer = new DataTransfer();
    for (const { name, mimeType, bytes } of files)
      transfer.items.add(new File([Uint8Array.from(bytes)], name, { type: mimeType }));
    return transfer;
  }, plain);
  await page.dispatchEvent('main', 'dragenter', { dataTransfer: transfer });
  await expect(page.locator('body')).toHaveAttribute('data-dragging', '');
  await page.dispatchEvent('main', 'drop', { dataTransfer: transfer });
  await expect(page.locator('body')).not.toHaveAttribute('data-dragging');
}
