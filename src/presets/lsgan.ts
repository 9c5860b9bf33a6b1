// lsgan: Least squares GAN (Mao et al. 2017, https://arxiv.org/abs/1611.04076), on the eight Gaussians.

import { discriminator, generator } from './networks';
import type { Preset } from './preset';

const adam = { type: 'adam', beta1: 0, beta2: 0.99 };

export default {
  name: 'lsgan',
  description:
    'Least squares instead of logarithms, on 8 Gaussians: D’s pull on a sample grows with its distance from the border.',
  config: {
    data: { source: 'ring' },
    noise: { type: 'normal', size: 2 },
    generator: generator([32, 32], 2, { type: 'tanh' }),
    discriminator: discriminator([32, 32]),
    loss: 'leastSquares',
    optimizer: {
      generator: { ...adam, learningRate: 1e-3, schedule: { type: 'cosine', end: 0.01 } },
      discriminator: { ...adam, learningRate: 3e-3 },
    },
    batchSize: 128,
    steps: 12_000,
  },
} satisfies Preset as Preset;
