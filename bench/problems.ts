// The problems of the bench: the small pair of the first presets, the MNIST-sized pair, and the DCGAN of 28×28.

import type { LayerSpec, Problem } from './problem';

const LEAKY: LayerSpec = { type: 'leakyRelu', slope: 0.2 };
const RELU: LayerSpec = { type: 'relu' };

/** Dense layers of the given widths with an activation between two. */
const dense = (widths: readonly number[], activation: LayerSpec): readonly LayerSpec[] =>
  widths.flatMap((units, layer): LayerSpec[] =>
    layer === 0 ? [{ type: 'dense', units }] : [activation, { type: 'dense', units }],
  );

const HALVING = { kernel: 4, stride: 2, padding: 1 } as const;
/** Where a batch norm follows, a bias would be subtracted again. */
const NO_BIAS = { bias: false } as const;

const PICTURES = { kind: 'pictures', count: 2048, side: 28 } as const;
/** As the DCGAN paper has it. */
const ADAM = { learningRate: 2e-4, beta1: 0.5, beta2: 0.999, epsilon: 1e-8 } as const;

export const PROBLEMS: readonly Problem[] = [
  {
    key: 'ring-mlp',
    description:
      'a GAN of 2-32-32-2 (ReLU) and 2-32-32-1 (leaky ReLU) on points of a ring of eight Gaussians, batch 128',
    batchSize: 128,
    noiseSize: 2,
    generator: dense([32, 32, 2], RELU),
    discriminator: dense([32, 32, 1], LEAKY),
    data: { kind: 'ring', modes: 8, radius: 1, standardDeviation: 0.02 },
    ...ADAM,
    learningRate: 1e-3,
    comparedIterations: 8,
    rounds: 9,
  },
  {
    key: 'mnist-mlp',
    description:
      'a GAN of 100-256-512-784 (ReLU, tanh) and 784-512-256-1 (leaky ReLU) on pictures of 28×28, batch 64',
    batchSize: 64,
    noiseSize: 100,
    generator: [...dense([256, 512, 784], RELU), { type: 'tanh' }, { type: 'reshape', shape: [1, 28, 28] }],
    discriminator: [{ type: 'flatten' }, ...dense([512, 256, 1], LEAKY)],
    data: PICTURES,
    ...ADAM,
    comparedIterations: 4,
    rounds: 7,
  },
  {
    key: 'dcgan28',
    description:
      'a DCGAN on pictures of 28×28, batch 64: dense 100 → 64×7×7, transposed convolutions 4×4 of stride 2 to 32 and 1 ' +
      'channels, batch norm and ReLU before each, tanh; convolutions 4×4 of stride 2 to 32 and 64 channels, batch norm ' +
      'behind the second, leaky ReLU, dense',
    batchSize: 64,
    noiseSize: 100,
    generator: [
      { type: 'dense', units: 7 * 7 * 64, ...NO_BIAS },
      { type: 'reshape', shape: [64, 7, 7] },
      { type: 'batchNorm' },
      RELU,
      { type: 'convTranspose2d', channels: 32, ...HALVING, ...NO_BIAS },
      { type: 'batchNorm' },
      RELU,
      { type: 'convTranspose2d', channels: 1, ...HALVING },
      { type: 'tanh' },
    ],
    discriminator: [
      { type: 'conv2d', channels: 32, ...HALVING },
      LEAKY,
      { type: 'conv2d', channels: 64, ...HALVING, ...NO_BIAS },
      { type: 'batchNorm' },
      LEAKY,
      { type: 'flatten' },
      { type: 'dense', units: 1 },
    ],
    data: PICTURES,
    ...ADAM,
    comparedIterations: 2,
    rounds: 3,
  },
];
