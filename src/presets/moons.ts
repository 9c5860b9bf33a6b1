// moons: two half circles that reach into each other.

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
  name: 'moons',
  description: 'Two half circles that reach into each other: two pieces with no bridge between them.',
  config: {
    data: { source: 'moons' },
    noise: { type: 'normal', size: 2 },
    generator: generator([64, 64], 2),
    discriminator: discriminator([64, 64]),
    loss: 'nonSaturating',
    optimizer: { generator: adam, discriminator: adam },
    batchSize: 128,
    steps: 10_000,
  },
} satisfies Preset as Preset;
