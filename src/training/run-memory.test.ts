// Peak memory against what cannot be done without, counted from the layers alone.

import { describe, expect, test } from 'vitest';
import { Memory } from '../gpu/memory';
import { useDevice } from '../gpu/test-device';
import { layers } from '../layers';
import { sizeOf } from '../layers/layer';
import { compileRun } from './compile';
import { type LayerConfig, parseConfig, type RunConfig } from './config';
import { allocateRun, reportMemory } from './run-memory';

const device = useDevice();

const adam = { type: 'adam', learningRate: 2e-4, beta1: 0.5 };
const config = (generator: object[], discriminator: object[], rest: object = {}): RunConfig =>
  parseConfig({
    data: { source: 'glyphs' },
    noise: { type: 'normal', size: 100 },
    generator,
    discriminator,
    optimizer: { generator: adam, discriminator: adam },
    batchSize: 64,
    ...rest,
  });
const leaky = { type: 'leakyRelu', slope: 0.2 };
const dense = (units: number, bias = true) => ({ type: 'dense', units, bias });
const down = (channels: number, bias = true) => ({
  type: 'conv2d',
  channels,
  kernel: 4,
  stride: 2,
  padding: 1,
  bias,
});
const up = (channels: number, bias = true) => ({ ...down(channels, bias), type: 'convTranspose2d' });
const reshape = (...shape: number[]) => ({ type: 'reshape', shape });
const norm = { type: 'batchNorm' };
const relu = { type: 'relu' };
const tanh = { type: 'tanh' };
const same = (channels: number, spectralNorm = false) => ({
  type: 'conv2d',
  channels,
  kernel: 3,
  padding: 1,
  spectralNorm,
});
const double = { type: 'upsample' };
const halve = { type: 'avgPool2d', kernel: 2 };
const residual = (layers: object[], shortcut: object[] = []) => ({ type: 'residual', layers, shortcut });
const rising = (width: number) =>
  residual([norm, relu, double, same(width), norm, relu, same(width)], [double, same(width)]);

const runs: Record<string, RunConfig> = {
  'an MLP': config(
    [dense(256), tanh, dense(512), tanh, dense(784), tanh, reshape(1, 28, 28)],
    [{ type: 'flatten' }, dense(512), leaky, dense(256), leaky, dense(1)],
  ),
  'a DCGAN with batch norm': config(
    [dense(7 * 7 * 64, false), reshape(64, 7, 7), norm, relu, up(32, false), norm, relu, up(1), tanh],
    [down(32), leaky, down(64, false), norm, leaky, { type: 'flatten' }, dense(1)],
  ),
  'a DCGAN without batch norm, on 64×64': config(
    [dense(4 * 4 * 128), reshape(128, 4, 4), relu, up(64), relu, up(32), relu, up(16), relu, up(1), tanh],
    [down(16), leaky, down(32), leaky, down(64), leaky, down(128), leaky, { type: 'flatten' }, dense(1)],
    { data: { source: 'glyphs', size: 64 }, batchSize: 128 },
  ),
  'residual blocks with spectral norm': config(
    [
      dense(4 * 4 * 16),
      reshape(16, 4, 4),
      ...Array.from({ length: 3 }, () => rising(16)),
      norm,
      relu,
      same(1),
      tanh,
    ],
    [
      residual([same(12, true), relu, same(12, true), halve], [halve, same(12, true)]),
      residual([relu, same(12, true), relu, same(12, true)]),
      relu,
      { type: 'flatten' },
      { type: 'dense', units: 1, spectralNorm: true },
    ],
    { data: { source: 'glyphs', size: 32 }, batchSize: 16 },
  ),
  'a deep MLP on a batch of 7': config(
    [...Array.from({ length: 4 }, () => [dense(300), relu]).flat(), dense(784), reshape(1, 28, 28)],
    [{ type: 'flatten' }, ...Array.from({ length: 4 }, () => [dense(300), leaky]).flat(), dense(1)],
    { batchSize: 7 },
  ),
};

/** Layers whose gradient does not depend on their input. */
const MOVES_NUMBERS = new Set(['reshape', 'flatten', 'upsample', 'avgPool2d', 'scale']);

/** Layers without whose input the gradient of their weights can't be found. */
const WEIGHTED = new Set(['dense', 'conv2d', 'convTranspose2d']);

/**
 * Numbers that backward passes need of a network: the input of every layer that is not linear in it or has weights, and what it saves.
 * Some of these do without: at least the inputs of layers with weights to update are needed.
 */
function tapeOf(configs: readonly LayerConfig[], input: readonly number[], batch: number, groups = 1) {
  let shape = input;
  let numbers = 0;
  let least = 0;
  let parameters = 0;
  for (const config of configs) {
    const layer = layers.get(config.type).create(config, shape);
    if (config.type === 'residual') {
      const { layers: branch, shortcut } = config as unknown as Record<string, readonly LayerConfig[]>;
      for (const way of [branch!, shortcut!]) {
        const nested = tapeOf(way, shape, batch, groups);
        numbers += nested.numbers;
        least += nested.least;
      }
    } else {
      if (!MOVES_NUMBERS.has(config.type)) numbers += batch * sizeOf(shape);
      for (const length of Object.values(layer.saved?.(shape, batch, groups) ?? {})) numbers += length;
    }
    if (WEIGHTED.has(config.type)) least += batch * sizeOf(shape);
    for (const spec of layer.parameters(shape)) parameters += sizeOf(spec.shape);
    shape = layer.outputShape(shape);
  }
  return { numbers, least, parameters, output: shape };
}

describe('the peak of a run is at most parameters, gradients, moments and 1.5 times what backward needs', () => {
  test.each(Object.entries(runs))('%s', (_, config) => {
    const { batchSize, noise, generator, discriminator } = config;
    const g = tapeOf(generator, [noise.size], batchSize);
    const inDiscriminatorUpdate = tapeOf(discriminator, g.output, 2 * batchSize, 2);
    const inGeneratorUpdate = tapeOf(discriminator, g.output, batchSize);
    const parameters = g.parameters + inGeneratorUpdate.parameters;
    const activations = Math.max(inDiscriminatorUpdate.numbers, g.numbers + inGeneratorUpdate.numbers);
    // Adam keeps two moments.
    const bound = 4 * (parameters + parameters + 2 * parameters + 1.5 * activations);

    const run = compileRun(config);
    const memory = new Memory(device().gpu);
    const allocated = allocateRun(run, memory);
    // Whatever way products run.
    const report = reportMemory(run, memory, { activations: allocated, total: memory.bytes });
    expect(report.parameters).toBeGreaterThanOrEqual(4 * parameters);
    expect(report.total - report.data - report.other).toBeLessThanOrEqual(bound);
    // What must be there at once: less than that would be too good to be true.
    expect(report.activations).toBeGreaterThanOrEqual(4 * Math.max(inDiscriminatorUpdate.least, g.least));
    memory.destroy();
  });
});
