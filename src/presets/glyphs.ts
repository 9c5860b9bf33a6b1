// glyphs: images that need no data, drawn by the GPU itself.

import { dcganDiscriminator, dcganGenerator } from './dcgan';
import type { Preset } from './preset';

const adam = {
  type: 'adam',
  learningRate: 1e-3,
  beta1: 0.5,
  beta2: 0.99,
  schedule: { type: 'linear', end: 0.1 },
};

export default {
  name: 'glyphs',
  description:
    'Ten digits, drawn by the GPU with strokes of many thicknesses and slants: a DCGAN without any data.',
  config: {
    data: { source: 'glyphs' },
    noise: { type: 'normal', size: 10 },
    generator: dcganGenerator({ from: [7, 7], widths: [64, 32], channels: 1 }),
    discriminator: dcganDiscriminator({ widths: [32, 64], hidden: 256 }),
    loss: 'nonSaturating',
    optimizer: { generator: adam, discriminator: adam },
    average: { halfLife: 10_000, ramp: 0.05 },
    batchSize: 64,
    steps: 1_500,
    reportEvery: 50,
    evaluateEvery: 500,
  },
} satisfies Preset as Preset;
