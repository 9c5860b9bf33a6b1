// leakyRelu: x where it is positive, slope · x elsewhere.

import * as kernels from '../../shaders/leakyRelu.wgsl';
import { defineActivation } from './activation';

export default defineActivation({
  type: 'leakyRelu',
  summary:
    'Passes what is positive and a little of the rest, so that no unit goes silent; the usual choice in D (Maas et al. 2013).',
  formula: 'x where x > 0, slope · x elsewhere',
  kernels,
  piecewiseLinear: true,
  // A negative slope turns the sign.
  fromOutput: (slope) => slope >= 0,
  parameter: { name: 'slope', default: 0.01, description: 'What is left of negative numbers.' },
  f: (x, slope) => (x > 0 ? x : slope * x),
});
