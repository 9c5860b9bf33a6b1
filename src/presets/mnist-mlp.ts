// mnist-mlp: handwritten digits by dense layers alone, as in the first paper on GANs.

import type { Preset } from './preset';

const adam = { type: 'adam', learningRate: 2e-4, beta1: 0.5 };
const leakyRelu = { type: 'leakyRelu', slope: 0.2 };

export default {
  name: 'mnist-mlp',
  description: '28 × 28 grey images such as MNIST’s digits, by dense layers alone. Wants images of yours.',
  config: {
    data: { source: 'images', channels: 1, height: 28, width: 28 },
    noise: { type: 'normal', size: 100 },
    generator: [
      { type: 'dense', units: 256 },
      leakyRelu,
      { type: 'dense', units: 512 },
      leakyRelu,
      { type: 'dense', units: 784 },
      { type: 'tanh' },
      { type: 'reshape', shape: [1, 28, 28] },
    ],
    discriminator: [
      { type: 'flatten' },
      { type: 'dense', units: 512 },
      leakyRelu,
      { type: 'dense', units: 256 },
      leakyRelu,
      { type: 'dense', units: 1 },
    ],
    loss: 'nonSaturating',
    optimizer: { generator: adam, discriminator: adam },
    batchSize: 64,
    steps: 20_000,
    reportEvery: 200,
    evaluateEvery: 2_000,
  },
} satisfies Preset as Preset;
