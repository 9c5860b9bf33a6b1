// softplus: log(1 + exp(x)).

import * as kernels from '../../shaders/softplus.wgsl';
import { softplus } from '../math/smooth';
import { defineActivation } from './activation';

export default defineActivation({
  type: 'softplus',
  summary: 'A smooth relu that is always positive.',
  formula: 'log(1 + eˣ)',
  kernels,
  f: softplus,
});
