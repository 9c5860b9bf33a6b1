// The bounded curve: short runs are kept as they are, long ones as means that lose no iteration.

import { describe, expect, test } from 'vitest';
import { History } from './history';

const filled = (iterations: number, capacity: number) => {
  const history = new History(['value'], capacity);
  for (let step = 1; step <= iterations; step++) history.add(step, { value: step });
  return history;
};

describe('History', () => {
  test('keeps every iteration while they fit', () => {
    const history = filled(7, 8);
    expect(history.steps).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(history.column('value')).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(history.stride).toBe(1);
  });

  test('averages neighbours when full, and later iterations as coarsely', () => {
    const history = filled(12, 8);
    expect(history.stride).toBe(2);
    expect(history.steps).toEqual([2, 4, 6, 8, 10, 12]);
    expect(history.column('value')).toEqual([1.5, 3.5, 5.5, 7.5, 9.5, 11.5]);
  });

  test('stays bounded, and its points are means of all iterations', () => {
    const iterations = 2 ** 14;
    const history = filled(iterations, 16);
    expect(history.steps.length).toBeLessThan(16);
    expect(history.steps.at(-1)).toBe(iterations);
    const mean = history.column('value').reduce((sum, value) => sum + value, 0) / history.steps.length;
    expect(mean).toBe((iterations + 1) / 2);
  });

  test('is empty and fine again after a reset', () => {
    const history = filled(100, 8);
    history.clear();
    history.add(1, { value: 5 });
    expect(history.steps).toEqual([1]);
    expect(history.column('value')).toEqual([5]);
  });
});
