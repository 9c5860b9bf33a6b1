// minimax: the original game; G descends log(1 − D(G(z))).

import * as kernels from '../../shaders/minimax.wgsl';
import { softplus } from '../math/smooth';
import { defineLoss } from './loss';

export default defineLoss({
  type: 'minimax',
  summary: 'The original game, in which G’s gradient fades while D wins (Goodfellow et al. 2014).',
  formula: 'D: sp(−r) + sp(f) = −V      G: −sp(f)',
  theory:
    'With G held, the best D is p/(p + q), and V then −2 log 2 + 2 JS(p, q): −log 4 at the goal, where D = ½.',
  hasLabels: true,
  indifferent: Math.log(4),
  kernels,
  reference: {
    discriminator: (real, fake) => softplus(-real) + softplus(fake),
    generator: (fake) => -softplus(fake),
  },
});
