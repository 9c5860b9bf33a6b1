// gaussian-1d: one number from a normal distribution, the smallest game there is.

import { discriminator, generator } from './networks';
import type { Preset } from './preset';

const adam = {
  type: 'adam',
  learningRate: 1e-3,
  beta1: 0.5,
  beta2: 0.99,
  schedule: { type: 'cosine', end: 0.05 },
};

export default {
  name: 'gaussian-1d',
  description:
    'One number from a normal distribution: small enough to see the whole of D as a curve, and it flatten to ½.',
  config: {
    data: { source: 'gaussian' },
    noise: { type: 'uniform', size: 2 },
    generator: generator([32, 32], 1),
    discriminator: discriminator([32, 32]),
    loss: 'nonSaturating',
    optimizer: { generator: adam, discriminator: adam },
    batchSize: 128,
    steps: 6_000,
  },
} satisfies Preset as Preset;
