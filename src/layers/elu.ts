// elu: x where it is positive, α·(exp(x) − 1) elsewhere.

import * as kernels from '../../shaders/elu.wgsl';
import { defineActivation } from './activation';

export default defineActivation({
  type: 'elu',
  summary: 'Passes what is positive and bends smoothly towards −α (Clevert et al. 2016).',
  formula: 'x where x > 0, α · (eˣ − 1) elsewhere',
  kernels,
  parameter: { name: 'alpha', default: 1, description: 'α: how far below 0 it goes.' },
  f: (x, alpha) => (x > 0 ? x : alpha * Math.expm1(x)),
});
