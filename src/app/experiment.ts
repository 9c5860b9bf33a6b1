// Which experiment a configuration is: the preset that it is told by in the fewest words, and what differs.

import { DEFAULT_PRESET, presets } from '../presets';
import { differences } from '../presets/override';
import { runKind } from '../training/config';
import { brief, filled, kindAt, parsePath } from '../training/fields';
import { type Experiment, writeAddress } from './address';

/** @param config one that `parseConfig` finds nothing wrong with */
export function experimentOf(config: object): Experiment {
  const [first, ...others] = [DEFAULT_PRESET, ...presets.names].map((preset) => differing(preset, config));
  const length = (experiment: Experiment) => writeAddress({ ...experiment, preset: '' }, '').length;
  return others.reduce((best, other) => (length(other) < length(best) ? other : best), first!);
}

/** A configuration as what differs from a preset, without what defaults fill in. */
export function differing(preset: string, config: object): Experiment {
  const changes = differences(originalOf(preset), filled(runKind, config) as object);
  const overrides = Object.entries(changes).map(([path, value]) => [
    path,
    brief(kindAt(runKind, config, parsePath(path)), value),
  ]);
  return { preset, overrides: Object.fromEntries(overrides) };
}

/** A preset's configuration with all defaults. */
export const originalOf = (preset: string): object => filled(runKind, presets.get(preset).config) as object;
