// ring: 8 Gaussians on a circle, the usual first test of a GAN.

import { discriminator, generator } from './networks';
import type { Preset } from './preset';

// Without the decay the samples keep circling their modes instead of settling in them.
const adam = {
  type: 'adam',
  learningRate: 1e-3,
  beta1: 0.5,
  beta2: 0.99,
  schedule: { type: 'cosine', end: 0.05 },
};

export default {
  name: 'ring',
  description:
    '8 Gaussians on a circle: the usual first test, all of its modes found in under a minute and a half.',
  config: {
    data: { source: 'ring' },
    noise: { type: 'normal', size: 2 },
    generator: generator([32, 32], 2),
    discriminator: discriminator([32, 32]),
    loss: 'nonSaturating',
    optimizer: { generator: adam, discriminator: adam },
    batchSize: 128,
    steps: 12_000,
  },
} satisfies Preset as Preset;
