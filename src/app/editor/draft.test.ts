// An experiment while it is edited, without a page: edits, mistakes at their places, and what differs from the preset.

import { signal } from '@preact/signals-core';
import { expect, test } from 'vitest';
import { presets } from '../../presets';
import { parseConfig, runFields } from '../../training/config';
import { parsePath } from '../../training/fields';
import { configOf, type Experiment } from '../address';
import { Draft } from './draft';

const drafted = (experiment: Experiment) => {
  const source = signal(experiment);
  return { source, draft: new Draft({ experiment: source, complete: (config) => config }) };
};
const set = (draft: Draft, path: string, value: unknown) => draft.set(parsePath(path), value);

test.each(presets.names)('%s as it is has no mistakes and no changes', (preset) => {
  const { draft } = drafted({ preset, overrides: {} });
  expect(draft.mistakes.value).toEqual([]);
  expect(draft.isEdited.value).toBe(false);
  expect(draft.experiment.value).toEqual({ preset, overrides: {} });
  expect(draft.config.value).toEqual(parseConfig(presets.get(preset).config));
});

test('an edit is told by what it changes, and is gone when it is taken back', () => {
  const { draft } = drafted({ preset: 'ring', overrides: {} });
  set(draft, 'optimizer.generator.learningRate', 0.5);
  set(draft, 'regularizers', [{ type: 'r1' }]);
  const { overrides } = draft.experiment.value!;
  expect(overrides).toEqual({ regularizers: [{ type: 'r1' }], 'optimizer.generator.learningRate': 0.5 });
  expect(parseConfig(configOf(presets.get('ring').config, overrides))).toEqual(draft.config.value);
  const optimizer = runFields.find(({ key }) => key === 'optimizer')!;
  expect(draft.isChanged(optimizer, ['optimizer'])).toBe(true);
  draft.reset(['optimizer']);
  expect(draft.isChanged(optimizer, ['optimizer'])).toBe(false);
  draft.revert();
  expect([draft.isEdited.value, draft.experiment.value]).toEqual([false, { preset: 'ring', overrides: {} }]);
});

test('mistakes are at the fields that their sentences name, and there is no experiment then', () => {
  const { draft } = drafted({ preset: 'ring', overrides: {} });
  set(draft, 'generator[0].units', 'many');
  set(draft, 'batchSize', undefined);
  set(draft, 'steps', 0);
  expect(draft.mistakes.value.map(({ path }) => path)).toEqual(['generator[0].units', 'steps']);
  expect(draft.mistakes.value[0]!.sentence).toBe('generator[0].units: "many" given; a number would do.');
  expect([draft.experiment.value, draft.isEdited.value]).toEqual([undefined, true]);
  // What was left empty has its default again.
  expect(draft.config.value).toMatchObject({
    batchSize: 128,
    generator: [{ units: 'many' }, {}, {}, {}, {}],
  });
  set(draft, 'steps', 10);
  set(draft, 'generator[0].units', 32);
  set(draft, 'generator[4].units', 3);
  expect(draft.mistakes.value).toMatchObject([
    { path: 'generator', sentence: expect.stringContaining('[3]') },
  ]);
});

test('what differs inside of something of another kind cannot be reset by itself', () => {
  const { draft } = drafted({ preset: 'ring', overrides: {} });
  set(draft, 'regularizers', [{ type: 'r1', gamma: 9 }]);
  const regularizers = runFields.find(({ key }) => key === 'regularizers')!;
  const item = (regularizers.kind as { item: (typeof runFields)[0] }).item;
  const gamma = (item.kind as { get(name: string): { fields: typeof runFields } }).get('r1').fields[0]!;
  expect(draft.canReset(gamma, parsePath('regularizers[0].gamma'))).toBe(false);
  expect(draft.canReset(item, parsePath('regularizers[0]'))).toBe(false);
  expect(draft.canReset(regularizers, ['regularizers'])).toBe(true);
});

test('another experiment replaces the edits; an address that means nothing is a mistake', () => {
  const { source, draft } = drafted({ preset: 'ring', overrides: {} });
  set(draft, 'steps', 5);
  source.value = { preset: 'moons', overrides: { seed: 7 } };
  expect(draft.config.value).toMatchObject({ data: { source: 'moons' }, seed: 7 });
  expect(draft.isEdited.value).toBe(false);
  source.value = { preset: 'ring', overrides: { 'steps.x': 1 } };
  expect(draft.mistakes.value).toMatchObject([{ path: '', sentence: expect.stringContaining('steps.x') }]);
});
