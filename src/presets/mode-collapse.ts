// mode-collapse: the ring, set up so that the generator gives up on most of it.

import { discriminator, generator } from './networks';
import type { Preset } from './preset';

export default {
  name: 'mode-collapse',
  description:
    'Fails on purpose: G learns far faster than D, so it runs to whichever mode D likes best at the moment and drops the others.',
  config: {
    data: { source: 'ring' },
    noise: { type: 'normal', size: 2 },
    generator: generator([32, 32], 2),
    discriminator: discriminator([32, 32]),
    loss: 'nonSaturating',
    optimizer: {
      generator: { type: 'adam', learningRate: 5e-3, beta1: 0.9 },
      discriminator: { type: 'adam', learningRate: 5e-4, beta1: 0.9 },
    },
    batchSize: 128,
    steps: 5_000,
  },
} satisfies Preset as Preset;
