// Pixels are exact: what is black, white and between, where each lands, and what lies between images.

import { describe, expect, test } from 'vitest';
import { imageGrid, type Raster, toByte, toRasters } from './raster';

test('numbers become bytes: −1 black, 1 white, beyond cut off, not a number black', () => {
  expect([-1, -2, 1, 5, 0, -0.5, Number.NaN, Number.POSITIVE_INFINITY].map(toByte)).toEqual([
    0, 0, 255, 255, 128, 64, 0, 255,
  ]);
  // Every byte of a file survives the way to numbers and back.
  for (let byte = 0; byte < 256; byte++) expect(toByte(Math.fround(byte / 127.5 - 1))).toBe(byte);
});

describe('toRasters', () => {
  test('turns channels first into pixels', () => {
    const at = (byte: number) => byte / 127.5 - 1;
    // Two images of 3 channels, 1 × 2.
    const samples = Float32Array.from([10, 11, 20, 21, 30, 31, 40, 41, 50, 51, 60, 61].map(at));
    expect(toRasters(samples, [3, 1, 2]).map(({ data }) => [...data])).toEqual([
      [10, 20, 30, 11, 21, 31],
      [40, 50, 60, 41, 51, 61],
    ]);
  });

  test('refuses what are not whole images', () => {
    expect(() => toRasters(new Float32Array(5), [1, 2, 2])).toThrow(RangeError);
    expect(() => toRasters(new Float32Array(8), [2, 2, 2])).toThrow(RangeError);
    expect(() => toRasters(new Float32Array(4), [4])).toThrow(RangeError);
  });
});

describe('imageGrid', () => {
  const image = (byte: number, width = 2, height = 1): Raster => ({
    width,
    height,
    channels: 1,
    data: Uint8Array.from({ length: width * height }, (_, i) => byte + i),
  });

  test('rows of images with thin gaps, the last row filled up', () => {
    const grid = imageGrid([image(0), image(10), image(20)], { columns: 2, scale: 1 });
    const g = 0x60;
    const gap = new Array(10).fill(g);
    expect([grid.width, grid.height]).toEqual([10, 8]);
    expect([...grid.data]).toEqual([
      ...[...gap, ...gap],
      ...[g, g, 0, 1, g, g, 10, 11, g, g],
      ...[...gap, ...gap],
      ...[g, g, 20, 21, g, g, g, g, g, g],
      ...[...gap, ...gap],
    ]);
  });

  test('small images are enlarged, each pixel to a square', () => {
    const grid = imageGrid([{ ...image(7, 2, 2) }], { scale: 2 });
    const row = (y: number) => [...grid.data.subarray((y + 2) * grid.width + 2, (y + 2) * grid.width + 6)];
    expect([0, 1, 2, 3].map(row)).toEqual([
      [7, 7, 8, 8],
      [7, 7, 8, 8],
      [9, 9, 10, 10],
      [9, 9, 10, 10],
    ]);
    const widthOf = (size: number) => imageGrid([image(0, size, size)]).width - 4;
    expect([8, 28, 32, 64, 128].map(widthOf)).toEqual([64, 56, 64, 64, 128]);
  });

  test('colours stay together', () => {
    const pixel: Raster = { width: 1, height: 1, channels: 3, data: Uint8Array.of(1, 2, 3) };
    const { data, width } = imageGrid([pixel], { scale: 1 });
    expect([...data.subarray((2 * width + 2) * 3, (2 * width + 2) * 3 + 3)]).toEqual([1, 2, 3]);
  });

  test('as near to a square as whole rows allow', () => {
    const sizeOf = (count: number) => {
      const grid = imageGrid(
        Array.from({ length: count }, () => image(0, 1, 1)),
        { scale: 1 },
      );
      return [(grid.width - 2) / 3, (grid.height - 2) / 3];
    };
    expect([1, 2, 5, 64, 65].map(sizeOf)).toEqual([
      [1, 1],
      [2, 1],
      [3, 2],
      [8, 8],
      [9, 8],
    ]);
  });

  test('refuses none, and images of more than one size', () => {
    expect(() => imageGrid([])).toThrow(RangeError);
    expect(() => imageGrid([image(0), image(0, 3)])).toThrow(RangeError);
  });
});
