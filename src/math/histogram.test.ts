// Cell probabilities against closed forms, and the divergence of counts against what it must be.

import { describe, expect, test } from 'vitest';
import { cellProbabilities, cutBox, histogramDivergence, pointProbabilities } from './histogram';
import { normalInterval } from './normal';
import { philox, unitFloat } from './philox';

const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);

describe('cutBox', () => {
  test('makes cells of about a size, within the limit', () => {
    const box = { low: [-2, 0], high: [2, 1] };
    expect(cutBox(box, 0.125, 256)).toEqual({ box, columns: 32, rows: 8 });
    expect(cutBox(box, 0.125, 20)).toEqual({ box, columns: 20, rows: 8 });
    expect(cutBox({ low: [0], high: [1] }, 0.3, 256)).toMatchObject({ columns: 4, rows: 1 });
  });
});

describe('cellProbabilities', () => {
  const density = (x: ArrayLike<number>) => Math.exp(-(x[0]! ** 2 + x[1]! ** 2) / 2) / (2 * Math.PI);

  test.each([0.5, 1, 3])('of a normal are products of intervals, with cells of %d σ', (size) => {
    const cells = cutBox({ low: [-3, -2], high: [3, 4] }, size, 256);
    const found = cellProbabilities(cells, density, 1);
    const [width, height] = [6 / cells.columns, 6 / cells.rows];
    let inside = 0;
    for (let cell = 0; cell < cells.columns * cells.rows; cell++) {
      const [x, y] = [-3 + width * (cell % cells.columns), -2 + height * Math.floor(cell / cells.columns)];
      const expected = normalInterval(x, x + width) * normalInterval(y, y + height);
      expect(Math.abs(found[cell]! - expected)).toBeLessThan(1e-7 * width * height);
      inside += expected;
    }
    expect(found.at(-1)).toBeCloseTo(1 - inside, 6);
    expect(total(found)).toBeCloseTo(1, 12);
  });
});

describe('pointProbabilities', () => {
  const cells = cutBox({ low: [0, 0], high: [4, 2] }, 1, 256);

  test('are shares of the points', () => {
    const found = pointProbabilities(cells, [0.5, 0.5, 0.6, 0.1, 3.5, 1.5, 2.5, 0.5], 0);
    expect([...found]).toEqual([0.5, 0, 0.25, 0, 0, 0, 0, 0.25, 0]);
  });

  test('are spread by jitter', () => {
    const found = pointProbabilities(cells, [2, 1], 0.25);
    expect(found[1]).toBeCloseTo(0.25, 4);
    expect(found[2]).toBeCloseTo(0.25, 4);
    expect(found[0]! + found.at(-1)!).toBeLessThan(1e-3);
    expect(total(found)).toBeCloseTo(1, 12);
  });
});

describe('histogramDivergence', () => {
  test('of equals is 0, of strangers log 2', () => {
    expect(histogramDivergence([10, 30, 60], [0.1, 0.3, 0.6])).toBeCloseTo(0, 15);
    expect(histogramDivergence([10, 0, 0, 5], [0, 0.4, 0.6, 0])).toBeCloseTo(Math.LN2, 15);
  });

  test('is the closed form for two cells', () => {
    const kl = (p: number[], q: number[]) => p.reduce((sum, x, i) => sum + x * Math.log(x / q[i]!), 0);
    const expected = (kl([0.2, 0.8], [0.35, 0.65]) + kl([0.5, 0.5], [0.35, 0.65])) / 2;
    expect(histogramDivergence([20, 80], [0.5, 0.5])).toBeCloseTo(expected, 15);
    expect(histogramDivergence([50, 50], [0.2, 0.8])).toBeCloseTo(expected, 15);
  });

  test('of n true samples is about (cells − 1) / (8 n)', () => {
    const [n, cells] = [100_000, 40];
    const counts = new Uint32Array(cells);
    for (let i = 0; i < n; i++) counts[Math.floor(unitFloat(philox([i, 0, 97, 0], [1, 0])[0]) * cells)]!++;
    const divergence = histogramDivergence(counts, new Float64Array(cells).fill(1 / cells));
    // χ² with 39 degrees of freedom lies within ±5 standard deviations of its mean: a factor 1 ± 1.13.
    expect(divergence * ((8 * n) / (cells - 1))).toBeGreaterThan(0.3);
    expect(divergence * ((8 * n) / (cells - 1))).toBeLessThan(2.2);
  });
});
