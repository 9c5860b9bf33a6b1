// Penalties through whole discriminators: their gradients by D's parameters against finite differences, in float64, of
// their own values, whose ∂D/∂x are finite differences too. At odd shapes, through layers that bend and layers that don't.

import { describe, expect, test } from 'vitest';
import { useDevice } from '../gpu/test-device';
import { runWork } from '../gpu/testing';
import type { Slot } from '../gpu/work';
import { layers } from '../layers';
import { type Shape, sizeOf } from '../layers/layer';
import { fromKernels, toKernels } from '../layers/parameter';
import { referenceOf } from '../layers/reference';
import { specimenNumbers } from '../layers/specimen';
import { toChannelsLast } from '../math/axes';
import { penalties } from '../penalties';
import { parseReplayConfig } from './config';
import type { Game } from './game';
import { addPenalties, penaltiesOf } from './penalize';
import { buildTrainedNetwork } from './trained-network';

const device = useDevice();

/** Differences of float64 differences, against float32 sums. */
const TOLERANCE = 2e-4;
const BATCH = 3;

const DISCRIMINATORS: Record<string, { input: Shape; layers: Record<string, unknown>[] }> = {
  'smooth, of points': {
    input: [5],
    layers: [
      { type: 'dense', units: 7 },
      { type: 'tanh' },
      { type: 'dense', units: 6, bias: false },
      { type: 'softplus' },
      { type: 'dense', units: 1 },
    ],
  },
  'piecewise linear, of images': {
    input: [2, 5, 4],
    layers: [
      { type: 'conv2d', channels: 3, kernel: 3, stride: 2, padding: 1 },
      { type: 'leakyRelu', slope: 0.2 },
      { type: 'upsample' },
      { type: 'conv2d', channels: 4, kernel: 2 },
      { type: 'relu' },
      { type: 'flatten' },
      { type: 'dense', units: 1 },
    ],
  },
  'smooth, of images': {
    input: [1, 5, 3],
    layers: [
      { type: 'convTranspose2d', channels: 4, kernel: 3, stride: 2 },
      { type: 'silu' },
      { type: 'avgPool2d', kernel: 3, stride: 2 },
      { type: 'conv2d', channels: 2, kernel: 3, padding: 1 },
      { type: 'elu' },
      { type: 'flatten' },
      { type: 'sigmoid' },
      { type: 'dense', units: 1 },
    ],
  },
  'of residual layers': {
    input: [2, 4, 3],
    layers: [
      {
        type: 'residual',
        layers: [
          { type: 'conv2d', channels: 3, kernel: 3, padding: 1 },
          { type: 'leakyRelu', slope: 0.2 },
          { type: 'conv2d', channels: 2, kernel: 3, padding: 1 },
        ],
      },
      { type: 'flatten' },
      {
        type: 'residual',
        layers: [{ type: 'silu' }, { type: 'dense', units: 5 }, { type: 'layerNorm', epsilon: 0.1 }],
        shortcut: [{ type: 'dense', units: 5, bias: false }],
      },
      { type: 'dense', units: 1 },
    ],
  },
  normalised: {
    input: [2, 4, 3],
    layers: [
      { type: 'conv2d', channels: 3, kernel: 3, padding: 1 },
      { type: 'instanceNorm', affine: true, epsilon: 0.1 },
      { type: 'leakyRelu', slope: 0.2 },
      { type: 'conv2d', channels: 4, kernel: 2 },
      { type: 'layerNorm', epsilon: 0.1 },
      { type: 'softplus' },
      { type: 'flatten' },
      { type: 'dense', units: 1 },
    ],
  },
};

const PENALTIES: Record<string, Record<string, unknown>[]> = {
  r1: [{ type: 'r1', gamma: 0.7 }],
  r2: [{ type: 'r2', gamma: 1.3 }],
  gradientPenalty: [{ type: 'gradientPenalty', lambda: 2 }],
  'r1 and r2': [
    { type: 'r2', gamma: 1.3 },
    { type: 'r1', gamma: 0.7 },
  ],
};

const cases = Object.keys(DISCRIMINATORS).flatMap((name) =>
  Object.keys(PENALTIES).map((penalty) => ({ name, penalty })),
);

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, x, i) => sum + x * b[i]!, 0);

describe.each(cases)('$penalty through a discriminator $name', ({ name, penalty }) => {
  test('has the gradients of its value', async () => {
    const { input, layers: list } = DISCRIMINATORS[name]!;
    const size = sizeOf(input);
    const sgd = { type: 'sgd', learningRate: 0.1 };
    const config = parseReplayConfig({
      noise: { type: 'normal', size },
      generator: [{ type: 'reshape', shape: input }],
      discriminator: list,
      regularizers: PENALTIES[penalty],
      optimizer: { generator: sgd, discriminator: sgd },
      batchSize: BATCH,
    });
    const discriminator = buildTrainedNetwork('discriminator', config, input);
    const slot = (label: string, length: number): Slot => ({ name: label, length });
    const game = {
      config,
      discriminator,
      sampleSize: size,
      real: slot('samples', 2 * BATCH * size),
      epsilon: slot('epsilon', BATCH),
      stream: () => ({ seed: [1, 2], stream: 3, stride: 1, offset: 0 }),
    } as unknown as Game;
    const samples = specimenNumbers(2 * BATCH * size, 70);
    const epsilon = Float32Array.of(0.25, 0.5, 0.875);
    const parameters = discriminator.tensors.map(({ shape }, i) =>
      specimenNumbers(sizeOf(shape), 71 + i).map((x) => x / 2),
    );
    const bytes = await runWork(
      device(),
      addPenalties(game, penaltiesOf(game).always, { samples: game.real }),
      new Map<Slot, Float32Array>([
        [game.real, toChannelsLast(samples, input)],
        [game.epsilon, epsilon],
        ...discriminator.tensors.map((spec, i) => [spec.parameter, toKernels(parameters[i]!, spec)] as const),
      ]),
      discriminator.tensors.map(({ gradient }) => gradient),
    );

    /** D's logit of one sample. */
    const judge = (sample: Float64Array, values: readonly Float64Array[]): number => {
      let [x, shape] = [sample, input];
      list.forEach((_, position) => {
        const layerConfig = config.discriminator[position]!;
        const plugin = layers.get(layerConfig.type);
        const own = Object.fromEntries(
          discriminator.tensors.flatMap((tensor, i) => {
            const [, at, ...label] = tensor.name.split('.');
            return Number(at) === position ? [[label.join('.'), values[i]!]] : [];
          }),
        );
        const words = () => {
          throw new Error('no layer here is random');
        };
        const pass = { shape, batch: 1, mode: 'train' as const, buffers: {}, words };
        x = referenceOf(plugin, layerConfig, x, own, pass).output;
        shape = plugin.create(layerConfig, shape).outputShape(shape);
      });
      return x[0]!;
    };
    const slopeAt = (sample: Float64Array, values: readonly Float64Array[]) =>
      sample.map((_, i) => {
        const step = 1e-5;
        const moved = (by: number) => sample.map((x, at) => (at === i ? x + by : x));
        return (judge(moved(step), values) - judge(moved(-step), values)) / (2 * step);
      });
    const sampleOf = (row: number) => Float64Array.from(samples.slice(row * size, (row + 1) * size));
    const pointOf = (points: string, row: number) => {
      const [real, fake] = [sampleOf(row), sampleOf(BATCH + row)];
      if (points === 'between') return real.map((x, i) => epsilon[row]! * x + (1 - epsilon[row]!) * fake[i]!);
      return points === 'real' ? real : fake;
    };
    const value = (values: readonly Float64Array[]) =>
      config.regularizers.reduce((sum, regularizer) => {
        const plugin = penalties.get(regularizer.type);
        const weight = Number(regularizer.gamma ?? regularizer.lambda);
        const { points } = plugin.create(regularizer);
        const terms = Array.from({ length: BATCH }, (_, row) => {
          const slope = slopeAt(pointOf(points, row), values);
          return plugin.reference(dot(slope, slope), weight);
        });
        return sum + terms.reduce((a, b) => a + b) / BATCH;
      }, 0);

    const gradients = discriminator.tensors.map((spec, i) => fromKernels(new Float32Array(bytes[i]!), spec));
    const scale = Math.max(...gradients.map((gradient) => Math.sqrt(dot(gradient, gradient))));
    expect(scale).toBeGreaterThan(1e-3);
    discriminator.tensors.forEach(({ name: tensor }, t) => {
      const direction = specimenNumbers(gradients[t]!.length, 90 + t);
      const step = 1e-4;
      const moved = (by: number) =>
        parameters.map((data, i) =>
          Float64Array.from(data, (x, at) => x + (i === t ? by * direction[at]! : 0)),
        );
      const wanted = (value(moved(step)) - value(moved(-step))) / (2 * step);
      const length = Math.sqrt(dot(direction, direction));
      const error = Math.abs(dot(gradients[t]!, direction) - wanted) / (scale * length);
      expect(error, tensor).toBeLessThan(TOLERANCE);
    });
  });
});
