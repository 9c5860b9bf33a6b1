import { expect, test } from 'vitest';
import { median, medianRatio, quantile, relativeSpread } from './statistics';

test('quantiles interpolate between the sorted numbers', () => {
  expect(quantile([4, 1, 3, 2], 0)).toBe(1);
  expect(quantile([4, 1, 3, 2], 1)).toBe(4);
  // Hyndman and Fan's type 7, as NumPy's default: numpy.quantile([1, 2, 3, 4], 0.25) is 1.75.
  expect(quantile([4, 1, 3, 2], 0.25)).toBe(1.75);
  expect(quantile([7], 0.9)).toBe(7);
  expect(() => quantile([], 0.5)).toThrow(RangeError);
});

test('the median ignores how far off an outlier is', () => {
  expect(median([1, 2, 3])).toBe(2);
  expect(median([1, 2, 1e9])).toBe(2);
  expect(median([4, 1])).toBe(2.5);
});

test('the spread is half the distance of the quartiles over the median', () => {
  expect(relativeSpread([1, 2, 3, 4, 5])).toBeCloseTo(1 / 3, 12);
  expect(relativeSpread([5, 5, 5])).toBe(0);
});

test('ratios are taken round by round, so a slow round of both changes nothing', () => {
  expect(medianRatio([20, 200, 20], [2, 20, 2])).toBe(10);
  // The ratio of the medians would be 30 / 2.
  expect(medianRatio([10, 30, 60], [1, 2, 6])).toBe(10);
  expect(() => medianRatio([1, 2], [1])).toThrow(RangeError);
});
