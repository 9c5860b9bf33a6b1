// Setting a field by its path: what is set, what stays, and what is refused.

import { describe, expect, test } from 'vitest';
import { differences, withValue } from './override';

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

describe('differences', () => {
  const from = {
    steps: 10,
    data: { source: 'ring', modes: 8 },
    average: null,
    generator: [{ type: 'dense', units: 3 }, { type: 'relu' }],
  };
  test.each<[string, object, Record<string, unknown>]>([
    ['nothing', from, {}],
    ['a field', { ...from, steps: 11 }, { steps: 11 }],
    ['a field of an object', { ...from, data: { source: 'ring', modes: 9 } }, { 'data.modes': 9 }],
    ['another kind of object', { ...from, data: { source: 'grid' } }, { data: { source: 'grid' } }],
    ['a field less', { ...from, data: { source: 'ring' } }, { 'data.modes': undefined }],
    ['an object less', { ...from, data: undefined }, { data: undefined }],
    ['an object in place of none', { ...from, average: { halfLife: 3 } }, { average: { halfLife: 3 } }],
    [
      'an item',
      { ...from, generator: [{ type: 'dense', units: 4 }, { type: 'relu' }] },
      { 'generator[0].units': 4 },
    ],
    [
      'an item of another kind',
      { ...from, generator: [{ type: 'dense', units: 3 }, { type: 'tanh' }] },
      { 'generator[1]': { type: 'tanh' } },
    ],
    ['a shorter list', { ...from, generator: [{ type: 'relu' }] }, { generator: [{ type: 'relu' }] }],
  ])('%s', (_, to, expected) => {
    const found = differences(from, to);
    expect(found).toEqual(expected);
    const back = Object.entries(found).reduce(
      (c, [path, value]) => withValue(c, path, value),
      from as object,
    );
    expect(back).toEqual(to);
  });
});
