// sngan32: spectral normalisation for GANs (Miyato et al. 2018, https://arxiv.org/abs/1802.05957), its networks for CIFAR-10.

import type { Preset } from './preset';
import { snganDiscriminator, snganGenerator } from './residual-networks';

const adam = { type: 'adam', learningRate: 2e-4, beta1: 0, beta2: 0.9, schedule: { type: 'linear', end: 0 } };

export default {
  name: 'sngan32',
  description:
    'SNGAN’s residual blocks for 32 × 32 colour images, a quarter as wide as the paper’s: wants a GPU. Wants images of yours.',
  config: {
    data: { source: 'images', channels: 3, height: 32, width: 32, flip: true },
    noise: { type: 'normal', size: 128 },
    // The paper's are 256 and 128 wide.
    generator: snganGenerator(64, 3),
    discriminator: snganDiscriminator(32),
    loss: 'hinge',
    optimizer: { generator: adam, discriminator: adam },
    discriminatorSteps: 5,
    batchSize: 64,
    steps: 50_000,
    reportEvery: 100,
    evaluateEvery: 1_000,
  },
} satisfies Preset as Preset;
