// cifar-dcgan: small colour photographs, 32 × 32.

import { dcganDiscriminator, dcganGenerator } from './dcgan';
import type { Preset } from './preset';

const adam = { type: 'adam', learningRate: 2e-4, beta1: 0.5 };

export default {
  name: 'cifar-dcgan',
  description: 'A DCGAN for 32 × 32 colour images such as CIFAR-10: wants a GPU. Wants images of yours.',
  config: {
    data: { source: 'images', channels: 3, height: 32, width: 32, flip: true },
    noise: { type: 'normal', size: 100 },
    generator: dcganGenerator({ from: [4, 4], widths: [256, 128, 64], channels: 3 }),
    discriminator: dcganDiscriminator({ widths: [64, 128, 256] }),
    loss: 'nonSaturating',
    optimizer: { generator: adam, discriminator: adam },
    batchSize: 64,
    steps: 30_000,
    reportEvery: 100,
    evaluateEvery: 1_000,
  },
} satisfies Preset as Preset;
