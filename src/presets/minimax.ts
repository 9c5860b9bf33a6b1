// minimax: the game as first written down, https://arxiv.org/abs/1406.2661, Algorithm 1.

import { discriminator, generator } from './networks';
import type { Preset } from './preset';

export default {
  name: 'minimax',
  description:
    'The original game: G descends log(1 − D(G(z))) itself, D moves three times as often, plain gradient steps.',
  config: {
    data: { source: 'gaussian' },
    noise: { type: 'normal', size: 1 },
    generator: generator([16, 16], 1),
    discriminator: discriminator([16, 16]),
    loss: 'minimax',
    optimizer: {
      generator: { type: 'sgd', learningRate: 0.05 },
      discriminator: { type: 'sgd', learningRate: 0.05 },
    },
    batchSize: 128,
    discriminatorSteps: 3,
    steps: 6_000,
  },
} satisfies Preset as Preset;
