// mode-collapse: the ring, set up so that the generator gives up on most of it.

import { discriminator, generator } from './networks';
import type { Preset } from './preset';

export default {
  name: 'mode-collapse',
  description:
    'Fails on purpose: G learns ten times as fast as D, so all of it runs to the one point that D likes best, and on when D has noticed.',
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
