// Which experiment a checkpoint's configuration is: the preset that it differs least from, and what differs. For the worker.

import { DEFAULT_PRESET, presets } from '../presets';
import { parseConfig, type RunConfig } from '../training/config';
import type { Experiment } from './address';

export function experimentOf(config: RunConfig): Experiment {
  let best: Experiment | undefined;
  for (const preset of [DEFAULT_PRESET, ...presets.names]) {
    const own: RunConfig = parseConfig(presets.get(preset).config);
    const overrides = Object.fromEntries(
      Object.entries(config).filter(([key, value]) => !isSame(value, own[key as keyof RunConfig])),
    );
    if (!best || Object.keys(overrides).length < Object.keys(best.overrides).length)
      best = { preset, overrides };
  }
  return best!;
}

// Both come out of the same schema, which puts the fields into one order.
const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
