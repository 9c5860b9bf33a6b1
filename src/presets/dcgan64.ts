// dcgan64: the networks and settings of the DCGAN paper, https://arxiv.org/abs/1511.06434, for 64 × 64 colour images.

import { dcganDiscriminator, dcganGenerator } from './dcgan';
import type { Preset } from './preset';

const adam = { type: 'adam', learningRate: 2e-4, beta1: 0.5 };

export default {
  name: 'dcgan64',
  description:
    'The DCGAN paper’s networks for 64 × 64 colour images, such as faces: wants a GPU. Wants images of yours.',
  config: {
    data: { source: 'images', channels: 3, height: 64, width: 64 },
    noise: { type: 'uniform', size: 100 },
    generator: dcganGenerator({ from: [4, 4], widths: [1024, 512, 256, 128], channels: 3 }),
    discriminator: dcganDiscriminator({ widths: [128, 256, 512, 1024] }),
    loss: 'nonSaturating',
    optimizer: { generator: adam, discriminator: adam },
    batchSize: 128,
    steps: 50_000,
    reportEvery: 100,
    evaluateEvery: 2_000,
  },
} satisfies Preset as Preset;
