// Setting a field by its path: what is set, what stays, and what is refused.

import { describe, expect, test } from 'vitest';
import { withValue } from './override';

const config = {
  batchSize: 8,
  generator: [{ units: 3 }, { units: 4 }],
  optimizer: { generator: { rate: 1 } },
};

describe('withValue', () => {
  test('sets a field, a nested one and one in a list, and leaves the original alone', () => {
    const before = structuredClone(config);
    expect(withValue(config, 'batchSize', 9)).toEqual({ ...config, batchSize: 9 });
    expect(withValue(config, 'optimizer.generator.rate', 2)).toMatchObject({
      optimizer: { generator: { rate: 2 } },
      batchSize: 8,
    });
    for (const path of ['generator[1].units', 'generator.1.units']) {
      expect(withValue(config, path, 7)).toMatchObject({ generator: [{ units: 3 }, { units: 7 }] });
    }
    expect(config).toEqual(before);
  });

  test('makes the objects that are missing, and appends to a list', () => {
    expect(withValue({}, 'a.b', 1)).toEqual({ a: { b: 1 } });
    expect(withValue({ list: [1] }, 'list.1', 2)).toEqual({ list: [1, 2] });
  });

  test.each(['', '.', '__proto__.x', 'constructor'])('refuses the path "%s"', (path) => {
    expect(() => withValue(config, path, 1)).toThrow('is no field');
  });

  test('refuses a path through a number, or beyond a list', () => {
    expect(() => withValue(config, 'batchSize.x', 1)).toThrow('it lies inside 8');
    expect(() => withValue(config, 'generator[5].units', 1)).toThrow('a place from 0 to 2');
  });
});
