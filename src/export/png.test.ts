// What is written is what a decoder of others reads: @napi-rs/canvas (Skia) here, Chromium in e2e/animation.spec.ts.

import { createCanvas, loadImage } from '@napi-rs/canvas';
import { describe, expect, test } from 'vitest';
import { animate, encodePng } from './png';
import type { Raster } from './raster';

/** Every byte occurs, in no order that a filter would like. */
const raster = (width: number, height: number, channels: 1 | 3, seed = 0): Raster => ({
  width,
  height,
  channels,
  data: Uint8Array.from(
    { length: width * height * channels },
    (_, i) => (i * 73 + ((i * i) >> 3) + seed) % 256,
  ),
});

async function decode(png: Uint8Array): Promise<Raster> {
  const image = await loadImage(png);
  const { width, height } = image;
  const pen = createCanvas(width, height).getContext('2d');
  pen.drawImage(image, 0, 0);
  const { data } = pen.getImageData(0, 0, width, height);
  expect(data.filter((_, i) => i % 4 === 3).every((alpha) => alpha === 255)).toBe(true);
  return { width, height, channels: 3, data: Uint8Array.from(data.filter((_, i) => i % 4 !== 3)) };
}

const rgb = ({ data, channels, ...size }: Raster): Raster => ({
  ...size,
  channels: 3,
  data:
    channels === 3 ? data : Uint8Array.from({ length: 3 * data.length }, (_, i) => data[Math.floor(i / 3)]!),
});

describe('encodePng', () => {
  test.each([
    [1, 1, 1],
    [28, 28, 1],
    [7, 19, 3],
    [300, 2, 3],
  ] as const)('%i × %i of %i channels come back to the byte', async (width, height, channels) => {
    const image = raster(width, height, channels);
    expect(await decode(encodePng(image))).toEqual(rgb(image));
  });
});

describe('animate', () => {
  const options = { milliseconds: 200, lastMilliseconds: 1500 };

  test('who knows no animations sees the last picture', async () => {
    const pictures = [0, 1, 2].map((seed) => raster(9, 5, 1, seed));
    expect(await decode(animate(pictures.map(encodePng), options))).toEqual(rgb(pictures[2]!));
  });

  test('refuses none, other sizes, other colours, and what is no PNG', () => {
    const png = encodePng(raster(4, 4, 1));
    expect(() => animate([], options)).toThrow('no pictures');
    expect(() => animate([png, encodePng(raster(5, 4, 1))], options)).toThrow('more than one size');
    expect(() => animate([png, encodePng(raster(4, 4, 3))], options)).toThrow('more than one size');
    expect(() => animate([Uint8Array.of(1, 2, 3)], options)).toThrow('Not a PNG');
    for (const length of [9, 30, 50, png.length - 1]) {
      expect(() => animate([png.subarray(0, length)], options)).toThrow(/ends too soon/);
    }
  });
});
