// elu: x where it is positive, α·(exp(x) − 1) elsewhere.

import * as kernels from '../../shaders/elu.wgsl';
import { defineActivation } from './activation';

export default defineActivation({
  type: 'elu',
  kernels,
  parameter: { name: 'alpha', default: 1 },
  f: (x, alpha) => (x > 0 ? x : alpha * Math.expm1(x)),
});
