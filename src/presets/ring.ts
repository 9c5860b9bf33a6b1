// ring: 8 Gaussians on a circle, the usual first test of a GAN.

import { discriminator, generator } from './networks';
import type { Preset } from './preset';

const adam = { type: 'adam', learningRate: 2e-3, beta1: 0.5, beta2: 0.99 };

// G's decay lets the samples settle in their modes instead of circling them; D keeps its pace and so stays ahead of G, near
// the D* that V is about. docs/presets.md tells what else was tried.
const settling = { ...adam, schedule: { type: 'cosine', end: 0.02 } };

export default {
  name: 'ring',
  description:
    '8 Gaussians on a circle: the usual first test, all of its modes found in under a minute and a half.',
  config: {
    data: { source: 'ring' },
    noise: { type: 'normal', size: 2 },
    generator: generator([32, 32], 2),
    discriminator: discriminator([32, 32]),
    loss: 'nonSaturating',
    optimizer: { generator: settling, discriminator: adam },
    batchSize: 128,
    steps: 12_000,
  },
} satisfies Preset as Preset;
