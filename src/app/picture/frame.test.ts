// The geometry of the picture: what range is shown, and where D is asked.

import { describe, expect, test } from 'vitest';
import { cellCentres, extent, widened } from './frame';

describe('widened', () => {
  test('makes a square of the longer side, around the same middle', () => {
    const { low, high } = widened({ low: [-1, 0], high: [1, 1] }, 2);
    expect(high[0]! - low[0]!).toBeCloseTo(high[1]! - low[1]!, 12);
    expect((low[1]! + high[1]!) / 2).toBeCloseTo(0.5, 12);
    expect(low[0]).toBeLessThan(-1);
  });

  test('holds the whole range of a line', () => {
    const { low, high } = widened({ low: [2], high: [4] }, 1);
    expect(low[0]).toBeLessThan(2);
    expect(high[0]).toBeGreaterThan(4);
  });
});

describe('extent', () => {
  test('finds the range of each dimension', () => {
    expect(extent([0, 5, -2, 7, 1, 6], 2)).toEqual({ low: [-2, 5], high: [1, 7] });
  });
  test('gives one point some room', () => {
    expect(extent([3], 1)).toEqual({ low: [2], high: [4] });
  });
});

test('cell centres go along x first, from the lowest row', () => {
  const centres = cellCentres({ low: [0, 0], high: [2, 4] }, 2, 2);
  expect([...centres]).toEqual([0.5, 1, 1.5, 1, 0.5, 3, 1.5, 3]);
  expect([...cellCentres({ low: [0], high: [1] }, 2, 1)]).toEqual([0.25, 0.75]);
});
