import { expect, test } from 'vitest';
import { UserError } from '../math/errors';
import { presets } from '../presets';
import { parseConfig } from '../training/config';
import { readCheckpoint, writeCheckpoint } from './checkpoint';
import { readSafetensors, writeSafetensors } from './safetensors';

const config = parseConfig(presets.get('ring').config);
const state = {
  tensors: new Map([
    ['generator.0.weight', { shape: [2, 1], data: Float32Array.of(1.5, -0) }],
    ['optimizer.generator.0.weight.exp_avg', { shape: [2, 1], data: Float32Array.of(1e-30, 3) }],
  ]),
  updates: { discriminator: 4_000_000_000, generator: 7 },
};

test('everything comes back, bit for bit, and the same state gives the same bytes', () => {
  const bytes = writeCheckpoint(config, state);
  expect(readCheckpoint(bytes, 'x')).toEqual({ config, state });
  expect(writeCheckpoint(config, state)).toEqual(bytes);
  expect(Object.is(readCheckpoint(bytes, 'x').state.tensors.get('generator.0.weight')!.data[1], -0)).toBe(
    true,
  );
});

test('other safetensors files are refused, naming the file', () => {
  const { metadata, tensors } = readSafetensors(writeCheckpoint(config, state), 'x');
  const refused = (change: (m: Map<string, string>, t: Map<string, never>) => void) => {
    const [m, t] = [new Map(metadata), new Map(tensors) as Map<string, never>];
    change(m, t);
    const read = () => readCheckpoint(writeSafetensors({ metadata: m, tensors: t }), 'some.safetensors');
    expect(read).toThrow(UserError);
    return expect(read);
  };
  refused((m) => m.delete('format')).toThrow(/^some\.safetensors: is no checkpoint of webgan; /);
  refused((m) => m.set('format', 'webgan checkpoint 2')).toThrow(/is no checkpoint/);
  refused((m) => m.delete('config')).toThrow(/is no checkpoint/);
  refused((_, t) => t.delete('clock')).toThrow(/is no checkpoint/);
  refused((m) => m.set('config', '{')).toThrow(/^some\.safetensors: its configuration: /);
  refused((m) => m.set('config', '{"steps":0}')).toThrow(
    /^some\.safetensors: its configuration: .*is missing/,
  );
});
