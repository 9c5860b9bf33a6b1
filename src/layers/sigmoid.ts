// sigmoid: 1/(1 + exp(−x)).

import * as kernels from '../../shaders/sigmoid.wgsl';
import { sigmoid } from '../math/smooth';
import { defineActivation } from './activation';

export default defineActivation({
  type: 'sigmoid',
  summary: 'Squeezes numbers between 0 and 1.',
  formula: '1/(1 + e⁻ˣ)',
  kernels,
  f: sigmoid,
});
