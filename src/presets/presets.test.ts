// Every preset is a whole experiment: named as its file, described in a line, and a configuration without mistakes.

import { describe, expect, test } from 'vitest';
import { parseConfig } from '../training/config';
import { DEFAULT_PRESET, presets } from './index';

const files = Object.keys(import.meta.glob('./*.ts')).map((path) => path.slice(2, -3));

test('those that are promised are there, and the default is one of them', () => {
  for (const name of ['ring', 'grid', 'spiral', 'moons', 'gaussian-1d', 'minimax', 'mode-collapse']) {
    expect(presets.names).toContain(name);
  }
  expect(presets.names).toContain(DEFAULT_PRESET);
});

describe.each(presets.names)('%s', (name) => {
  const { description, config } = presets.get(name);
  test('is named as its file and described in one line', () => {
    expect(files).toContain(name);
    expect(description).toMatch(/^[A-Z0-9][^\n]*\.$/);
    expect(description.length).toBeLessThanOrEqual(140);
  });
  test('is a configuration that leaves nothing to mend', () => {
    expect(parseConfig(config)).toMatchObject({
      data: config.data,
      batchSize: config.batchSize,
      steps: config.steps,
    });
  });
});

test('`minimax` is Algorithm 1 of the paper: the saturating loss, k > 1, plain gradient steps', () => {
  const { loss, discriminatorSteps, optimizer } = parseConfig(presets.get('minimax').config);
  expect([loss, discriminatorSteps]).toEqual(['minimax', 3]);
  expect([optimizer.generator.type, optimizer.discriminator.type]).toEqual(['sgd', 'sgd']);
});
