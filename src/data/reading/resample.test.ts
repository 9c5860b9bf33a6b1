// Images brought to other sizes and channels, held against PyTorch's antialiased bilinear interpolation.

import { expect, test } from 'vitest';
import { type Raster, resized } from './resample';

/** [8, 8], 1 channel. */
const image: Raster = {
  channels: 1,
  height: 8,
  width: 8,
  pixels: Uint8Array.from({ length: 64 }, (_, i) => {
    const [row, column] = [i >> 3, i & 7];
    return (row * 37 + column * 91 + row * column * 13) % 256;
  }),
};
const to = (side: number, channels: 1 | 3 = 1) => ({ channels, height: side, width: side });

// torch.nn.functional.interpolate(x, size, mode='bilinear', antialias=True), PyTorch 1.13.
test.each([
  [
    'smaller',
    [
      [118.0, 125.61, 126.08],
      [138.89, 144.01, 157.95],
      [132.49, 131.13, 151.22],
    ],
  ],
  [
    'a little smaller',
    [
      [54.54, 153.23, 102.55, 123.31, 137.96],
      [118.73, 141.98, 126.57, 111.17, 134.42],
      [132.98, 145.87, 154.36, 167.89, 181.16],
      [147.23, 149.76, 123.98, 134.01, 178.44],
      [122.03, 110.5, 142.25, 124.55, 171.2],
    ],
  ],
  [
    'larger (the first and last row)',
    [
      [0.0, 45.5, 106.17, 166.83, 99.5, 32.17, 92.83, 153.5, 171.5, 61.5, 79.5, 125.0],
      ...new Array<undefined>(10).fill(undefined),
      [3.0, 94.0, 172.67, 123.33, 74.0, 67.33, 188.67, 182.0, 132.67, 83.33, 162.0, 253.0],
    ],
  ],
])('%s: what PyTorch gives', (_, expected) => {
  const side = expected.length;
  const found = resized(image, to(side));
  expected.forEach((row, y) => {
    row?.forEach((value, x) => {
      // Half for the rounding to bytes, and what float32 adds where that falls between two.
      expect(Math.abs(found[y * side + x]! - value), `${x}, ${y}`).toBeLessThan(0.506);
    });
  });
});

test('the same size and channels are the same bytes', () => {
  expect(resized(image, to(8))).toBe(image.pixels);
});

test('one colour stays that colour, in each channel and size', () => {
  const pixels = Uint8Array.from({ length: 3 * 35 }, (_, i) => [7, 130, 255][i % 3]!);
  for (const side of [1, 2, 3, 5, 11]) {
    const found = resized({ channels: 3, height: 5, width: 7, pixels }, to(side, 3));
    expect([...found]).toEqual(Array.from({ length: 3 * side * side }, (_, i) => [7, 130, 255][i % 3]!));
  }
});

test('what is too wide or too high is cropped evenly on both sides', () => {
  // Columns 0 … 5 of a wide image, rows of a high one: the middle two are left.
  const wide = Uint8Array.from({ length: 12 }, (_, i) => 10 * (i % 6));
  const high = Uint8Array.from({ length: 12 }, (_, i) => 10 * Math.floor(i / 2));
  expect([...resized({ channels: 1, height: 2, width: 6, pixels: wide }, to(2))]).toEqual([20, 30, 20, 30]);
  expect([...resized({ channels: 1, height: 6, width: 2, pixels: high }, to(2))]).toEqual([20, 20, 30, 30]);
});

test('grey becomes three equal channels, and colours their brightness', () => {
  const grey: Raster = { channels: 1, height: 1, width: 2, pixels: Uint8Array.of(3, 200) };
  expect([...resized(grey, { channels: 3, height: 1, width: 2 })]).toEqual([3, 3, 3, 200, 200, 200]);
  const pixels = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255);
  expect([...resized({ channels: 3, height: 2, width: 2, pixels }, to(2))]).toEqual([76, 150, 29, 255]);
});
