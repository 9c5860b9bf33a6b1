// `--set path=value`: one field of a configuration, wherever it lies.

import { UserError } from '../math/errors';
import { withValue } from '../presets/override';

/**
 * A copy of `config` with the setting `path=value` made: `generator[0].units=64`, `data.modes=6`. The value is JSON,
 * or else the text itself; where it is empty, the field is taken away. Whether such a field may be there is for the schema to say.
 * @throws UserError for a setting that is not of this form.
 */
export function applySetting(config: unknown, setting: string): unknown {
  const split = setting.indexOf('=');
  if (split < 1) {
    throw new UserError(
      `--set: ${JSON.stringify(setting)} given; a path and a value such as generator[0].units=64 would do.`,
    );
  }
  // What is no object has no fields; `parseConfig` says so.
  if (typeof config !== 'object' || config === null) return config;
  return withValue(config, setting.slice(0, split).trim(), parseValue(setting.slice(split + 1)));
}

function parseValue(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
