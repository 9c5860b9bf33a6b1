// The animations that are written are what a browser takes for one: every picture, in order, for its time.

import { animate, encodePng } from '../src/export/png';
import type { Raster } from '../src/export/raster';
import { expect, test } from './page';

const [WIDTH, HEIGHT] = [7, 5];
const picture = (seed: number): Raster => ({
  width: WIDTH,
  height: HEIGHT,
  channels: 3,
  data: Uint8Array.from({ length: 3 * WIDTH * HEIGHT }, (_, i) => (i * 37 + seed * 91) % 256),
});

test('an animation has its pictures, to the byte', async ({ page }) => {
  const pictures = [1, 2, 3].map(picture);
  const png = animate(pictures.map(encodePng), { milliseconds: 200, lastMilliseconds: 1500 });
  // Decoding needs the browser, not the page.
  await page.route('**/blank', (route) => route.fulfill({ contentType: 'text/html', body: '' }));
  await page.goto('/blank');
  const decoded = await page.evaluate(
    async (bytes) => {
      const decoder = new ImageDecoder({ data: Uint8Array.from(bytes), type: 'image/png' });
      await decoder.tracks.ready;
      await decoder.completed;
      const { frameCount = 0, repetitionCount } = decoder.tracks.selectedTrack ?? {};
      const frames: { milliseconds: number; pixels: number[] }[] = [];
      for (let frameIndex = 0; frameIndex < frameCount; frameIndex++) {
        const { image } = await decoder.decode({ frameIndex });
        const pixels = new Uint8Array(image.allocationSize({ format: 'RGBA' }));
        await image.copyTo(pixels, { format: 'RGBA' });
        frames.push({
          milliseconds: (image.duration ?? 0) / 1000,
          pixels: [...pixels.filter((_, i) => i % 4 < 3)],
        });
      }
      return { forEver: repetitionCount === Number.POSITIVE_INFINITY, frames };
    },
    [...png],
  );
  expect(decoded).toEqual({
    forEver: true,
    frames: pictures.map(({ data }, i) => ({ milliseconds: i < 2 ? 200 : 1500, pixels: [...data] })),
  });
});
