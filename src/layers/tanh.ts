// tanh: the hyperbolic tangent.

import * as kernels from '../../shaders/tanh.wgsl';
import { defineActivation } from './activation';

export default defineActivation({
  type: 'tanh',
  kernels,
  f: Math.tanh,
});
