// relu: max(0, x).

import * as kernels from '../../shaders/relu.wgsl';
import { defineActivation } from './activation';

export default defineActivation({
  type: 'relu',
  summary: 'Passes what is positive and drops the rest.',
  formula: 'max(0, x)',
  kernels,
  piecewiseLinear: true,
  fromOutput: () => true,
  f: (x) => Math.max(0, x),
});
