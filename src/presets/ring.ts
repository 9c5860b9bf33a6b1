// ring: 8 Gaussians on a circle, the usual first test of a GAN.

import { discriminator, generator } from './networks';
import type { Preset } from './preset';

// No momentum: with D at its full rate to the end, momentum keeps the two circling each other.
const adam = { type: 'adam', beta1: 0, beta2: 0.99 };

// G slows down, so that its samples settle; D does not, and so stays near the D* that V is about. docs/presets.md tells
// what else was tried.
const optimizer = {
  generator: { ...adam, learningRate: 1e-3, schedule: { type: 'cosine', end: 0.01 } },
  discriminator: { ...adam, learningRate: 3e-3 },
};

export default {
  name: 'ring',
  description:
    '8 Gaussians on a circle: the usual first test, all of its modes found in under a minute and a half.',
  config: {
    data: { source: 'ring' },
    noise: { type: 'normal', size: 2 },
    generator: generator([32, 32], 2, { type: 'tanh' }),
    discriminator: discriminator([32, 32]),
    loss: 'nonSaturating',
    optimizer,
    batchSize: 128,
    steps: 12_000,
  },
} satisfies Preset as Preset;
