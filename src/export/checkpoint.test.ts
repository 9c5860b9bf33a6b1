import { describe, expect, test } from 'vitest';
import { fingerprintOf } from '../data/image-set';
import { useDevice } from '../gpu/test-device';
import { UserError } from '../math/errors';
import { presets } from '../presets';
import { parseConfig } from '../training/config';
import type { Tensor } from '../training/tensor';
import { Trainer } from '../training/trainer';
import {
  describeCheckpoint,
  isOfOtherImages,
  readCheckpoint,
  restoreCheckpoint,
  writeCheckpoint,
} from './checkpoint';
import { readSafetensors, type SafeTensor, writeSafetensors } from './safetensors';

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

test('a checkpoint knows the images that it was trained on, if it was trained on images', () => {
  const images = { name: 'made', count: 2, channels: 1, height: 1, width: 2 } as const;
  const set = { ...images, pieces: [Uint8Array.of(1, 2, 3, 4)] };
  const trained = { ...state, data: fingerprintOf(set) };
  const { state: read } = readCheckpoint(writeCheckpoint(config, trained), 'x');
  expect(read).toEqual(trained);
  expect(isOfOtherImages(read, { ...set })).toBe(false);
  expect(isOfOtherImages(read, { ...images, pieces: [Uint8Array.of(1, 2), Uint8Array.of(3, 4)] })).toBe(
    false,
  );
  expect(isOfOtherImages(read, { ...images, pieces: [Uint8Array.of(1, 2, 3, 5)] })).toBe(true);
  expect(isOfOtherImages(state, set)).toBe(false);
  expect(isOfOtherImages(read, undefined)).toBe(false);
});

test('other safetensors files are refused, naming the file', () => {
  const { metadata, tensors } = readSafetensors(writeCheckpoint(config, state), 'x');
  const refused = (change: (m: Map<string, string>, t: Map<string, SafeTensor>) => void) => {
    const [m, t] = [new Map(metadata), new Map(tensors)];
    change(m, t);
    const read = () => readCheckpoint(writeSafetensors({ metadata: m, tensors: t }), 'some.safetensors');
    expect(read).toThrow(UserError);
    return expect(read);
  };
  refused((m) => m.delete('format')).toThrow(/^some\.safetensors: is no checkpoint of webgan \(/);
  refused((m) => m.set('format', 'pt')).toThrow(/is no checkpoint of webgan/);
  refused((m) => m.set('format', 'webgan checkpoint 2')).toThrow(/another version of webgan \("webgan check/);
  refused((m) => m.delete('config')).toThrow(/is no checkpoint.* has no configuration/);
  refused((m) => m.set('step', 'NaN')).toThrow(/is no checkpoint.* has no step/);
  refused((m) => m.set('step', '8')).toThrow(/is no checkpoint.* up to step 8/);
  refused((_, t) => t.delete('clock')).toThrow(/is no checkpoint.* "clock"/);
  refused((_, t) => t.set('clock', { shape: [2], data: Float32Array.of(1, 7) })).toThrow(/"clock"/);
  refused((_, t) => t.set('clock', { shape: [3], data: Uint32Array.of(1, 7, 0) })).toThrow(/"clock"/);
  refused((_, t) => t.set('more', { shape: [1], data: Uint32Array.of(1) })).toThrow(
    /"more" is not of type F32/,
  );
  refused((m) => m.set('config', '{')).toThrow(/^some\.safetensors: its configuration is not JSON\.$/);
  refused((m) => m.set('config', '{"steps":0}')).toThrow(
    /^some\.safetensors: its configuration: .*is missing/,
  );
});

test('a checkpoint is described by its header', async () => {
  const bytes = writeCheckpoint(config, state);
  expect(await describeCheckpoint(new Blob([bytes]), 'x')).toEqual({ config, step: 7 });
  await expect(describeCheckpoint(new Blob([bytes.slice(0, -1)]), 'x')).rejects.toThrow(/^x: tensor/);
});

describe('a trainer is given a state', () => {
  const device = useDevice();

  test('whole, or not at all', async () => {
    const trainer = await Trainer.create(device(), config);
    trainer.advance(3);
    const later = await trainer.readState();
    const fresh = await Trainer.create(device(), config);
    const before = await fresh.readState();
    const weight = 'generator.0.weight';
    const refused = async (change: (tensors: Map<string, Tensor>) => void) => {
      const tensors = new Map(later.tensors);
      change(tensors);
      const restored = restoreCheckpoint(fresh, { ...later, tensors }, 'some.safetensors');
      await expect(restored).rejects.toThrow(UserError);
      return expect(restored).rejects;
    };
    await (await refused((t) => t.delete(weight))).toThrow(
      /^some\.safetensors: does not fit its own configuration: there is no tensor "generator\.0\.weight"; /,
    );
    await (await refused((t) => t.set('more', { shape: [1], data: new Float32Array(1) }))).toThrow(
      /the run has no tensor "more"/,
    );
    const { data, shape } = later.tensors.get(weight)!;
    await (await refused((t) => t.set(weight, { shape: shape.toReversed(), data }))).toThrow(
      /"generator\.0\.weight" has shape \[2, 32\], not \[32, 2\]/,
    );
    expect(await fresh.readState()).toEqual(before);
    await restoreCheckpoint(fresh, later, 'some.safetensors');
    trainer.advance(2);
    fresh.advance(2);
    expect(await fresh.readState()).toEqual(await trainer.readState());
    trainer.destroy();
    fresh.destroy();
  });
});
