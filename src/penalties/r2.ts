// r2: D's gradient at generated samples is held near 0.

import * as kernels from '../../shaders/zeroCenteredPenalty.wgsl';
import { definePenalty } from './penalty';

export default definePenalty({
  type: 'r2',
  summary:
    'Keeps D flat around generated samples; together with r1 it lets relativistic losses converge (Huang et al. 2024).',
  formula: 'γ/2 · E[‖∇D(G(z))‖²]',
  theory:
    'With r1 and the relativistic loss, training converges near the goal; alone it damps the Dirac-GAN as r1 does.',
  weight: { name: 'gamma', default: 1 },
  points: 'generated',
  kernels,
  reference: (squaredNorm, gamma) => (gamma / 2) * squaredNorm,
});
