// wgan-gp: the Wasserstein GAN with a gradient penalty (Gulrajani et al. 2017, https://arxiv.org/abs/1704.00028), on a Swiss roll.

import { discriminator, generator } from './networks';
import type { Preset } from './preset';

// The paper's betas; its rate, 1e-4, is for networks of 512 units. A critic that G outruns points nowhere, so G is the slower one.
const adam = { type: 'adam', beta1: 0, beta2: 0.9 };

export default {
  name: 'wgan-gp',
  description:
    'The Wasserstein GAN whose critic is held to slope 1, on a Swiss roll: five updates of the critic for one of G.',
  config: {
    data: { source: 'swissRoll' },
    noise: { type: 'normal', size: 2 },
    generator: generator([64, 64, 64], 2),
    discriminator: discriminator([64, 64, 64]),
    loss: 'wasserstein',
    regularizers: [{ type: 'gradientPenalty', lambda: 10 }],
    optimizer: {
      generator: { ...adam, learningRate: 2e-4 },
      discriminator: { ...adam, learningRate: 1e-3 },
    },
    discriminatorSteps: 5,
    batchSize: 128,
    steps: 10_000,
  },
} satisfies Preset as Preset;
