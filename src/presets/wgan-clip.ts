// wgan-clip: the first Wasserstein GAN (Arjovsky et al. 2017, https://arxiv.org/abs/1701.07875, Algorithm 1), on two moons.

import { discriminator, generator } from './networks';
import type { Preset } from './preset';

const rmsprop = { type: 'rmsprop', learningRate: 5e-5 };

export default {
  name: 'wgan-clip',
  description:
    'The first Wasserstein GAN, with the paper’s settings: weights held within ±0.01 keep the critic Lipschitz, and slow.',
  config: {
    data: { source: 'moons' },
    noise: { type: 'normal', size: 2 },
    generator: generator([64, 64], 2),
    discriminator: discriminator([64, 64]),
    loss: 'wasserstein',
    optimizer: { generator: rmsprop, discriminator: rmsprop },
    weightClip: 0.01,
    discriminatorSteps: 5,
    batchSize: 64,
    steps: 20_000,
  },
} satisfies Preset as Preset;
