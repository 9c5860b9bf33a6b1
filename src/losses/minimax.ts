// minimax: the original game; G descends log(1 − D(G(z))).

import * as kernels from '../../shaders/minimax.wgsl';
import { softplus } from '../math/smooth';
import { defineLoss } from './loss';

export default defineLoss({
  type: 'minimax',
  kernels,
  reference: {
    discriminator: (real, fake) => softplus(-real) + softplus(fake),
    generator: (fake) => -softplus(fake),
  },
});
