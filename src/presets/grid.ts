// grid: 25 Gaussians on a square grid, more modes than a small generator finds easily.

import { discriminator, generator } from './networks';
import type { Preset } from './preset';

// Half as fast leaves about a third of the modes out.
const adam = {
  type: 'adam',
  learningRate: 2e-3,
  beta1: 0.5,
  beta2: 0.99,
  schedule: { type: 'cosine', end: 0.05 },
};

export default {
  name: 'grid',
  description:
    '25 Gaussians on a square grid: many modes to find; watch how the generator spreads over them.',
  config: {
    data: { source: 'grid' },
    noise: { type: 'normal', size: 2 },
    generator: generator([64, 64], 2),
    discriminator: discriminator([64, 64]),
    loss: 'nonSaturating',
    optimizer: { generator: adam, discriminator: adam },
    batchSize: 256,
    steps: 12_000,
  },
} satisfies Preset as Preset;
