// nonSaturating: G ascends log D(G(z)) instead.

import * as kernels from '../../shaders/nonSaturating.wgsl';
import { softplus } from '../math/smooth';
import { defineLoss } from './loss';

export default defineLoss({
  type: 'nonSaturating',
  summary:
    'The original game with a G that ascends log D(G(z)), whose gradient stays while D wins (Goodfellow et al. 2014).',
  formula: 'D: sp(−r) + sp(f) = −V      G: sp(−f)',
  theory:
    'With G held, the best D is p/(p + q), and V then −2 log 2 + 2 JS(p, q): −log 4 at the goal, around which G and D circle unless a penalty damps them.',
  hasLabels: true,
  indifferent: Math.log(4),
  kernels,
  reference: {
    discriminator: (real, fake) => softplus(-real) + softplus(fake),
    generator: (fake) => softplus(-fake),
  },
});
