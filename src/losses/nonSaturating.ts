// nonSaturating: G ascends log D(G(z)) instead.

import * as kernels from '../../shaders/nonSaturating.wgsl';
import { softplus } from '../math/smooth';
import { defineLoss } from './loss';

export default defineLoss({
  type: 'nonSaturating',
  kernels,
  reference: {
    discriminator: (real, fake) => softplus(-real) + softplus(fake),
    generator: (fake) => softplus(-fake),
  },
});
