// silu: x·σ(x).

import * as kernels from '../../shaders/silu.wgsl';
import { sigmoid } from '../math/smooth';
import { defineActivation } from './activation';

export default defineActivation({
  type: 'silu',
  summary:
    'A smooth relu, which dips a little below 0; a smooth D has a smooth gradient (Elfwing et al. 2018).',
  formula: 'x/(1 + e⁻ˣ)',
  kernels,
  f: (x) => x * sigmoid(x),
});
