// relu: max(0, x).

import * as kernels from '../../shaders/relu.wgsl';
import { defineActivation } from './activation';

export default defineActivation({
  type: 'relu',
  kernels,
  piecewiseLinear: true,
  f: (x) => Math.max(0, x),
});
