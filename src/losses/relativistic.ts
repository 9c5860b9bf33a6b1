// relativistic: which of a pair is the real one.

import * as kernels from '../../shaders/relativistic.wgsl';
import { softplus } from '../math/smooth';
import { defineLoss } from './loss';

export default defineLoss({
  type: 'relativistic',
  summary:
    'D says which of a real and a generated sample is real; has no bad local minima, and converges with r1 and r2 (Huang et al. 2024).',
  formula: 'D: sp(f − r)      G: sp(r − f)',
  theory:
    'With G held, the best D is log(p/q) up to a constant, and its loss then log 2 − JS(p ⊗ q, q ⊗ p): log 2 at the goal.',
  paired: true,
  signTells: false,
  indifferent: Math.LN2,
  kernels,
  reference: {
    discriminator: (real, fake) => softplus(fake - real),
    generator: (fake, real) => softplus(real - fake),
  },
});
