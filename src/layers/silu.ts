// silu: x·σ(x).

import * as kernels from '../../shaders/silu.wgsl';
import { sigmoid } from '../math/smooth';
import { defineActivation } from './activation';

export default defineActivation({ type: 'silu', kernels, f: (x) => x * sigmoid(x) });
