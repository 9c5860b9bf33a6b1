// Every preset is a whole configuration.

import { expect, test } from 'vitest';
import { parseConfig } from '../training/config';
import { presets } from '.';

test('every preset parses, and what comes of it parses to itself, through JSON too', () => {
  for (const name of presets.names) {
    const config = parseConfig(presets.get(name).config);
    expect(parseConfig(config)).toEqual(config);
    expect(parseConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
  }
});
