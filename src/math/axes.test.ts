import { describe, expect, test } from 'vitest';
import { inverseAxes, toChannelsFirst, toChannelsLast, transpose } from './axes';

const counting = (length: number) => Float32Array.from({ length }, (_, i) => i);

describe('transpose', () => {
  test('turns a matrix', () => {
    expect([...transpose(counting(6), [2, 3], [1, 0])]).toEqual([0, 3, 1, 4, 2, 5]);
  });

  test('is taken back by the inverse axes, also of three axes in a circle', () => {
    const shape = [2, 3, 4, 5];
    const axes = [2, 0, 3, 1];
    const there = transpose(counting(120), shape, axes);
    const shapeThere = axes.map((axis) => shape[axis]!);
    // Element [i, j, k, l] of the result is element [j, l, i, k] of the source.
    expect(there[((1 * 2 + 1) * 5 + 3) * 3 + 2]).toBe(((1 * 3 + 2) * 4 + 1) * 5 + 3);
    expect(transpose(there, shapeThere, inverseAxes(axes))).toEqual(counting(120));
  });
});

describe('channels last', () => {
  test('puts the channels of a pixel side by side, image by image', () => {
    // Two images of two channels, one row of two pixels.
    expect([...toChannelsLast(counting(8), [2, 1, 2])]).toEqual([0, 2, 1, 3, 4, 6, 5, 7]);
    expect(toChannelsFirst(toChannelsLast(counting(48), [3, 2, 4]), [3, 2, 4])).toEqual(counting(48));
  });

  test('leaves what is no image, or the same either way, as it is', () => {
    for (const shape of [[8], [1, 2, 4], [8, 1, 1]]) {
      const data = counting(16);
      expect(toChannelsLast(data, shape)).toBe(data);
    }
  });
});
