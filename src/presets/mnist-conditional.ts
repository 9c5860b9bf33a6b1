// mnist-conditional: handwritten digits of a class asked for, by a small DCGAN whose D also classifies (ACGAN, Odena et al. 2017).

import { dcganDiscriminator, dcganGenerator } from './dcgan';
import type { Preset } from './preset';

const classes = 10;
const adam = {
  type: 'adam',
  learningRate: 2e-3,
  beta1: 0.5,
  beta2: 0.99,
  schedule: { type: 'linear', end: 0.05 },
};

export default {
  name: 'mnist-conditional',
  description:
    '28 × 28 grey images of a class asked for, such as MNIST’s digits: ten minutes without a GPU. Wants labelled images of yours.',
  config: {
    data: { source: 'images', channels: 1, height: 28, width: 28 },
    noise: { type: 'normal', size: 10 },
    generator: dcganGenerator({ from: [7, 7], widths: [64, 32], channels: 1, classes }),
    discriminator: dcganDiscriminator({ widths: [32, 64], hidden: 256, classes }),
    loss: 'nonSaturating',
    auxiliaryClassifier: {},
    optimizer: { generator: adam, discriminator: adam },
    average: { halfLife: 10_000, ramp: 0.05 },
    batchSize: 64,
    steps: 600,
    reportEvery: 50,
    evaluateEvery: 300,
  },
} satisfies Preset as Preset;
