// mnist-dcgan: handwritten digits by a small DCGAN, on a machine without a GPU in twenty minutes.

import { dcganDiscriminator, dcganGenerator } from './dcgan';
import type { Preset } from './preset';

const adam = {
  type: 'adam',
  learningRate: 2e-3,
  beta1: 0.5,
  beta2: 0.99,
  schedule: { type: 'linear', end: 0.05 },
};

export default {
  name: 'mnist-dcgan',
  description:
    '28 × 28 grey images such as MNIST’s digits, by a small DCGAN: twenty minutes without a GPU. Wants images of yours.',
  config: {
    data: { source: 'images', channels: 1, height: 28, width: 28 },
    noise: { type: 'normal', size: 10 },
    generator: dcganGenerator({ from: [7, 7], widths: [64, 32], channels: 1 }),
    discriminator: dcganDiscriminator({ widths: [32, 64], hidden: 256 }),
    loss: 'nonSaturating',
    optimizer: { generator: adam, discriminator: adam },
    average: { halfLife: 10_000, ramp: 0.05 },
    batchSize: 32,
    steps: 1_600,
    reportEvery: 50,
    evaluateEvery: 500,
  },
} satisfies Preset as Preset;
