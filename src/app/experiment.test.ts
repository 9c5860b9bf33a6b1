// A checkpoint's configuration is the preset's it came from, with what differs.

import { expect, test } from 'vitest';
import { presets } from '../presets';
import { parseConfig } from '../training/config';
import { configOf } from './address';
import { experimentOf } from './experiment';

test.each(presets.names)('%s as it is', (preset) => {
  expect(experimentOf(parseConfig(presets.get(preset).config))).toEqual({ preset, overrides: {} });
});

test('what differs comes along, and gives the same configuration again', () => {
  const config = parseConfig(configOf(presets.get('moons').config, { seed: 9, batchSize: 16 }));
  const { preset, overrides } = experimentOf(config);
  expect({ preset, overrides }).toEqual({ preset: 'moons', overrides: { seed: 9, batchSize: 16 } });
  expect(parseConfig(configOf(presets.get(preset).config, overrides))).toEqual(config);
});
