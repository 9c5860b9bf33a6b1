// tanh: the hyperbolic tangent.

import * as kernels from '../../shaders/tanh.wgsl';
import { defineActivation } from './activation';

export default defineActivation({
  type: 'tanh',
  summary: 'Squeezes numbers between −1 and 1, as pixels are: the usual last layer of a G for images.',
  formula: '(eˣ − e⁻ˣ)/(eˣ + e⁻ˣ)',
  kernels,
  f: Math.tanh,
});
