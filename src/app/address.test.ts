// The page's address: what is read is what was written, and the default experiment has none.

import { describe, expect, test } from 'vitest';
import { configOf, readAddress, writeAddress } from './address';

describe('address', () => {
  test('is empty for the default experiment', () => {
    expect(writeAddress({ preset: 'ring', overrides: {} }, 'ring')).toBe('');
    expect(readAddress('', 'ring')).toEqual({ preset: 'ring', overrides: {} });
  });

  test('reads what it wrote', () => {
    const experiment = {
      preset: 'grid',
      overrides: {
        seed: 7,
        'optimizer.generator.learningRate': 1e-4,
        loss: 'minimax',
        'generator[0].units': 16,
      },
    };
    const hash = writeAddress(experiment, 'ring');
    expect(readAddress(hash, 'ring')).toEqual(experiment);
    expect(hash).toContain('preset=grid&seed=7');
  });

  test('puts the overrides into the configuration', () => {
    const config = configOf({ seed: 1, data: { source: 'ring' } }, { seed: 2, 'data.modes': 5 });
    expect(config).toEqual({ seed: 2, data: { source: 'ring', modes: 5 } });
  });
});
