// leastSquares: squared distances of logits from 1 and 0.

import * as kernels from '../../shaders/leastSquares.wgsl';
import { defineLoss } from './loss';

export default defineLoss({
  type: 'leastSquares',
  kernels,
  reference: {
    discriminator: (real, fake) => ((real - 1) ** 2 + fake ** 2) / 2,
    generator: (fake) => (fake - 1) ** 2 / 2,
  },
});
