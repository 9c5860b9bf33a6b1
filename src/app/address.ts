// The experiment in the page's address: `#preset=ring&seed=3&batchSize=64`, only what differs from the default.

import { withValue } from '../presets/override';

export interface Experiment {
  readonly preset: string;
  /** Configuration fields by path, in place of the preset's: `seed`, `optimizer.generator.learningRate`. */
  readonly overrides: Readonly<Record<string, unknown>>;
}

/** Reads a location's hash; a value is JSON where it can be read as that, else text; where it is empty, the field is not there. */
export function readAddress(hash: string, defaultPreset: string): Experiment {
  const overrides: Record<string, unknown> = {};
  let preset = defaultPreset;
  for (const [key, value] of new URLSearchParams(hash.replace(/^#/, ''))) {
    if (key === 'preset') preset = value;
    else if (key !== '') overrides[key] = parseValue(value);
  }
  return { preset, overrides };
}

/** The hash for an experiment, empty for the default one. The inverse of `readAddress`. */
export function writeAddress({ preset, overrides }: Experiment, defaultPreset: string): string {
  const parts = new URLSearchParams();
  if (preset !== defaultPreset) parts.set('preset', preset);
  for (const [path, value] of Object.entries(overrides)) {
    parts.set(path, typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
  }
  const text = parts.toString();
  return text ? `#${text}` : '';
}

/** The preset's configuration with the overrides in it; not checked yet, the trainer does that. */
export function configOf(presetConfig: object, overrides: Experiment['overrides']): object {
  return Object.entries(overrides).reduce<object>(
    (config, [path, value]) => withValue(config, path, value),
    presetConfig,
  );
}

function parseValue(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
