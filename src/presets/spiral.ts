// spiral: a thin curve that winds outwards.

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
  name: 'spiral',
  description: 'One long thin curve: the generator has to roll its noise up.',
  config: {
    data: { source: 'spiral' },
    noise: { type: 'normal', size: 2 },
    generator: generator([64, 64], 2),
    discriminator: discriminator([64, 64]),
    loss: 'nonSaturating',
    optimizer: { generator: adam, discriminator: adam },
    batchSize: 128,
    steps: 10_000,
  },
} satisfies Preset as Preset;
