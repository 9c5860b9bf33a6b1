// r3gan-small: the relativistic GAN with both gradient penalties and nothing else (Huang et al. 2024, https://arxiv.org/abs/2501.05441).

import type { Preset } from './preset';
import { r3ganDiscriminator, r3ganGenerator } from './residual-networks';

const adam = {
  type: 'adam',
  learningRate: 1e-3,
  beta1: 0,
  beta2: 0.99,
  schedule: { type: 'cosine', end: 0.1 },
};
const stages = { side: 7, widths: [32, 16, 8], channels: 1 } as const;

export default {
  name: 'r3gan-small',
  description:
    'Digits drawn by the GPU, with R3GAN’s loss of pairs, R1 and R2: residual blocks and no normalisation at all.',
  config: {
    data: { source: 'glyphs' },
    noise: { type: 'normal', size: 10 },
    generator: r3ganGenerator(stages),
    discriminator: r3ganDiscriminator(stages),
    loss: 'relativistic',
    regularizers: [
      { type: 'r1', gamma: 1 },
      { type: 'r2', gamma: 1 },
    ],
    optimizer: { generator: adam, discriminator: adam },
    average: { halfLife: 10_000, ramp: 0.05 },
    batchSize: 32,
    steps: 3_000,
    reportEvery: 50,
    evaluateEvery: 500,
  },
} satisfies Preset as Preset;
