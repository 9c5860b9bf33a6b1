// r1: D's gradient at real samples is held near 0.

import * as kernels from '../../shaders/zeroCenteredPenalty.wgsl';
import { definePenalty } from './penalty';

export default definePenalty({
  type: 'r1',
  summary:
    'Keeps D flat around real samples, which makes training converge where it would circle (Mescheder et al. 2018).',
  formula: 'γ/2 · E[‖∇D(x)‖²]',
  theory:
    'In the Dirac-GAN it turns the eigenvalues ±i · f′(0) of the game into −γ/2 ± √(γ²/4 − f′(0)²): the circle around the goal becomes a way into it.',
  weight: { name: 'gamma', default: 1 },
  points: 'real',
  kernels,
  reference: (squaredNorm, gamma) => (gamma / 2) * squaredNorm,
});
