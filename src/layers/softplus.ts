// softplus: log(1 + exp(x)).

import * as kernels from '../../shaders/softplus.wgsl';
import { softplus } from '../math/smooth';
import { defineActivation } from './activation';

export default defineActivation({ type: 'softplus', kernels, f: softplus });
