// Between two samples of noise: the ends are met, and normal noise keeps its length on the way.

import { describe, expect, test } from 'vitest';
import { normals, seedWords } from '../math/philox';
import { interpolateNoise } from './interpolate';

const length = (x: Float32Array): number => Math.hypot(...x);
const points = normals(3 * 100, { seed: seedWords(5), stream: 0, draw: 0 });
const row = (noise: Float32Array, i: number) => noise.subarray(i * 100, (i + 1) * 100);

describe('normal noise', () => {
  const noise = interpolateNoise(points, 100, 9, 'normal');

  test('begins at each point, ends at the next, and the last row at the first', () => {
    expect(noise.length).toBe(3 * 9 * 100);
    for (const r of [0, 1, 2]) {
      expect(row(noise, 9 * r)).toEqual(row(points, r));
      const end = row(points, (r + 1) % 3);
      row(noise, 9 * r + 8).forEach((x, i) => {
        expect(x).toBeCloseTo(end[i]!, 6);
      });
    }
  });

  test('keeps the length of normal noise, which the straight way would lose', () => {
    const straight = interpolateNoise(points, 100, 9, 'uniform');
    for (const r of [0, 1, 2]) {
      const [from, to] = [length(row(points, r)), length(row(points, (r + 1) % 3))];
      expect(length(row(noise, 9 * r + 4)) / ((from + to) / 2)).toBeGreaterThan(0.9);
      expect(length(row(straight, 9 * r + 4)) / ((from + to) / 2)).toBeLessThan(0.8);
    }
  });

  test('turns at an even pace', () => {
    const cosine = (a: Float32Array, b: Float32Array) =>
      a.reduce((sum, x, i) => sum + x * b[i]!, 0) / (length(a) * length(b));
    const unit = Float32Array.of(1, 0, 0, 1);
    const quarter = interpolateNoise(unit, 2, 5, 'sphere');
    for (let i = 0; i < 4; i++) {
      const [a, b] = [quarter.subarray(2 * i, 2 * i + 2), quarter.subarray(2 * i + 2, 2 * i + 4)];
      expect(Math.acos(cosine(a, b))).toBeCloseTo(Math.PI / 8, 5);
    }
  });
});

test('ends of one direction, opposite ones and zero have a way without NaN', () => {
  for (const [from, to] of [
    [1, 1],
    [1, -1],
    [0, 1],
    [0, 0],
  ] as const) {
    const noise = interpolateNoise(Float32Array.of(from, from, to, to), 2, 3, 'normal');
    expect([...noise.subarray(2, 4)]).toEqual([(from + to) / 2, (from + to) / 2]);
  }
});

test('one column is the points themselves', () => {
  expect(interpolateNoise(points, 100, 1, 'normal')).toEqual(points);
});
