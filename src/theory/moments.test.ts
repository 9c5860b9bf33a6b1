// Moments of samples against a density's, on samples that are normal for certain.

import { expect, test } from 'vitest';
import { type Gaussian, gaussianBox, gaussianDensity } from '../math/gaussian';
import { normals } from '../math/philox';
import { boxRule, valuesAt } from '../math/quadrature';
import { momentDeviation } from './moments';

const gaussian: Gaussian = { mean: [1, -0.5], covariance: [1.44, 0.72, 0.72, 0.61] };
const rule = boxRule(gaussianBox(gaussian, 7), 10, 10);
const density = valuesAt(rule, gaussianDensity(gaussian));

/** 1.2 u + 1, 0.6 u + 0.5 v − 0.5 of independent standard normals, spoilt by `change`. */
const samples = (change: (x: number, y: number) => [number, number]) => {
  const z = normals(20_000, { seed: [1, 2], stream: 5, draw: 0 });
  return Float64Array.from({ length: z.length }, (_, k) => {
    const [u, v] = [z[k - (k % 2)]!, z[k - (k % 2) + 1]!];
    return change(1.2 * u + 1, 0.6 * u + 0.5 * v - 0.5)[k % 2]!;
  });
};
const deviation = (change: (x: number, y: number) => [number, number]) =>
  momentDeviation(samples(change), rule, density);

test('samples of the density are a few standard errors off at most', () => {
  expect(deviation((x, y) => [x, y])).toBeLessThan(4);
});

test('a shifted mean, a wider axis and a turned correlation are noticed', () => {
  expect(deviation((x, y) => [x, y + 0.05])).toBeGreaterThan(5);
  expect(deviation((x, y) => [1 + 1.1 * (x - 1), y])).toBeGreaterThan(5);
  expect(deviation((x, y) => [x, -1 - y])).toBeGreaterThan(5);
});
