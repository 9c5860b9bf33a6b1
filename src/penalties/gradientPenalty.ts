// gradientPenalty: D's gradient between real and generated samples is held near length 1.

import * as kernels from '../../shaders/gradientPenalty.wgsl';
import { definePenalty } from './penalty';

export default definePenalty({
  type: 'gradientPenalty',
  summary:
    'Holds D’s slope near 1 between real and generated samples, so that a Wasserstein critic stays Lipschitz (Gulrajani et al. 2017).',
  formula: 'λ · E[(‖∇D(x̂)‖ − 1)²],  x̂ = ε·x + (1 − ε)·G(z)',
  theory:
    'The D that measures W₁ has slope 1 almost everywhere between pairs that the best transport joins; near the goal it need not settle.',
  weight: { name: 'lambda', default: 10 },
  points: 'between',
  kernels,
  reference: (squaredNorm, lambda) => lambda * (Math.sqrt(squaredNorm) - 1) ** 2,
});
