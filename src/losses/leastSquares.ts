// leastSquares: squared distances of logits from 1 and 0.

import * as kernels from '../../shaders/leastSquares.wgsl';
import { defineLoss } from './loss';

export default defineLoss({
  type: 'leastSquares',
  summary:
    'Squared distances from 1 for real and 0 for generated samples: gradients that grow with the mistake (Mao et al. 2017).',
  formula: 'D: ½(r − 1)² + ½f²      G: ½(f − 1)²',
  theory:
    'With G held, the best D is p/(p + q), in general (b · p + a · q)/(p + q) for the targets b of real and a of generated samples; ½ at the goal.',
  indifferent: 0.25,
  kernels,
  reference: {
    discriminator: (real, fake) => ((real - 1) ** 2 + fake ** 2) / 2,
    generator: (fake) => (fake - 1) ** 2 / 2,
  },
});
