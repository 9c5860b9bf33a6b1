// The measures of the small benchmarks, on samples made for them.

import { describe, expect, test } from 'vitest';
import { meanAndError, scoreModes, scoreStackedModes } from './mode-scores';

const CENTERS = [
  [0, 0],
  [2, 0],
  [0, 2],
  [2, 2],
];

describe('scoreModes', () => {
  test('counts a mode from its first sample within three deviations on', () => {
    const points = [0, 0, 0.29, 0, 2.31, 0, 0, 2.3];
    // The third is just too far out, the fourth just near enough.
    expect(scoreModes(points, CENTERS, 0.1 + 1e-12)).toEqual({
      modes: 2,
      highQuality: 0.75,
      reverseKl: expect.closeTo(0.5 * Math.log(2) + 0.5 * Math.log(1), 12),
    });
  });

  test('is even where every mode has as many, whatever their quality', () => {
    const far = CENTERS.flatMap(([x, y]) => [x! + 0.5, y!]);
    expect(scoreModes(far, CENTERS, 0.1)).toEqual({ modes: 0, highQuality: 0, reverseKl: 0 });
  });

  test('is log of the number of modes where one has all', () => {
    expect(scoreModes([2, 2, 2, 2], CENTERS, 0.1).reverseKl).toBeCloseTo(Math.log(4), 12);
  });
});

describe('scoreStackedModes', () => {
  test('takes the three classes as digits of a mode', () => {
    const one = scoreStackedModes([[1], [2], [3]], 10);
    expect(one).toEqual({ modes: 1, reverseKl: expect.closeTo(Math.log(1000), 12) });
    const all = Array.from({ length: 1000 }, (_, i) => i);
    const digit = (place: number) => all.map((i) => Math.floor(i / place) % 10);
    expect(scoreStackedModes([digit(1), digit(10), digit(100)], 10)).toEqual({
      modes: 1000,
      reverseKl: expect.closeTo(0, 12),
    });
    // Channels are not to be taken for each other.
    expect(
      scoreStackedModes(
        [
          [1, 2],
          [2, 1],
          [0, 0],
        ],
        10,
      ).modes,
    ).toBe(2);
  });
});

test('the standard error is that of the mean', () => {
  expect(meanAndError([3])).toEqual({ mean: 3, error: 0 });
  expect(meanAndError([1, 2, 3])).toEqual({ mean: 2, error: expect.closeTo(1 / Math.sqrt(3), 12) });
});
