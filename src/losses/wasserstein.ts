// wasserstein: a difference of means.

import * as kernels from '../../shaders/wasserstein.wgsl';
import { defineLoss } from './loss';

export default defineLoss({
  type: 'wasserstein',
  summary:
    'D estimates how far the two distributions are apart, if weightClip or gradientPenalty holds its slope (Arjovsky et al. 2017).',
  formula: 'D: f − r      G: −f',
  theory: 'The largest E[D(x)] − E[D(G(z))] over all D of slope 1 at most is the distance W₁(p, q).',
  signTells: false,
  kernels,
  reference: {
    discriminator: (real, fake) => fake - real,
    generator: (fake) => -fake,
  },
});
