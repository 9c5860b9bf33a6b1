// The length of a network's gradients, and clipping by it, against float64.

import { expect, test } from 'vitest';
import { useDevice } from '../gpu/test-device';
import { runWork } from '../gpu/testing';
import { normals } from '../math/philox';
import { clipByNorm, gradientNorm } from './gradient-norm';

const device = useDevice();

test.each([4, 68, 5000])('of %i numbers', async (length) => {
  const gradients = { name: 'gradients', length };
  const norm = { name: 'norm', length: 1 };
  const data = normals(length, { seed: [8, 0], stream: 95, draw: length });
  const expected = Math.hypot(...data);
  const [bytes] = await runWork(device(), gradientNorm(gradients, norm), new Map([[gradients, data]]), [
    norm,
  ]);
  expect(Math.abs(new Float32Array(bytes!)[0]! / expected - 1)).toBeLessThan(1e-6);

  for (const limit of [0.5, 2 * expected]) {
    const [clipped] = await runWork(
      device(),
      clipByNorm(gradients, norm, limit),
      new Map([[gradients, data]]),
      [gradients],
    );
    const factor = Math.min(1, limit / (expected + 1e-6));
    new Float32Array(clipped!).forEach((x, i) => {
      expect(Math.abs(x - factor * data[i]!)).toBeLessThan(2e-6 * Math.abs(data[i]!) + 1e-12);
    });
  }
});
