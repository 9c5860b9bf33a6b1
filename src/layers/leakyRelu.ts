// leakyRelu: x where it is positive, slope · x elsewhere.

import * as kernels from '../../shaders/leakyRelu.wgsl';
import { defineActivation } from './activation';

export default defineActivation({
  type: 'leakyRelu',
  kernels,
  piecewiseLinear: true,
  parameter: { name: 'slope', default: 0.01 },
  f: (x, slope) => (x > 0 ? x : slope * x),
});
