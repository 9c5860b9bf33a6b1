// scale: every number times a constant.

import * as kernels from '../../shaders/scale.wgsl';
import { defineActivation } from './activation';

export default defineActivation({
  type: 'scale',
  summary:
    'Multiplies by a constant: weighs a residual branch, or makes sums of the means that avgPool2d gives.',
  formula: 'y = factor · x',
  kernels,
  piecewiseLinear: true,
  fromOutput: () => true,
  parameter: { name: 'factor', default: 1, description: 'What everything is multiplied by.' },
  f: (x, factor) => factor * x,
});
