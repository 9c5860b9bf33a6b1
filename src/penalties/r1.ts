// r1: D's gradient at real samples is held near 0.

import * as kernels from '../../shaders/zeroCenteredPenalty.wgsl';
import { definePenalty } from './penalty';

export default definePenalty({
  type: 'r1',
  summary:
    'Keeps D flat around real samples, which makes training converge where it would circle (Mescheder et al. 2018).',
  formula: 'γ/2 · E[‖∇D(x)‖²]',
  weight: { name: 'gamma', default: 1 },
  points: 'real',
  kernels,
  reference: (squaredNorm, gamma) => (gamma / 2) * squaredNorm,
});
