// batchNorm (Ioffe & Szegedy 2015): every feature, or every channel of an image, brought to mean 0 and variance 1 over the
// batch. PyTorch's BatchNorm1d and BatchNorm2d. In mode `evaluate` the statistics are running ones and the layer is linear.

import * as v from 'valibot';
import { batchNormalization, batchNormEntries, batchNormInFloat64 } from './batchNormalization';
import { defineLayer } from './layer';

export default defineLayer({
  type: 'batchNorm',
  summary:
    'Brings every feature to mean 0 and variance 1 over the batch; not for a D under penalties (Ioffe & Szegedy 2015).',
  formula: 'γ · (x − μ)/√(σ² + ε) + β,  μ and σ² over the batch',
  schema: v.strictObject({ type: v.literal('batchNorm'), ...batchNormEntries }),
  create: (config, shape) => {
    const { layer, features } = batchNormalization(config, shape, 'columns');
    return {
      ...layer,
      takesEndings: true,
      parameters: () => [
        { name: 'weight', shape: [features], initializer: { type: 'constant', value: 1 } },
        { name: 'bias', shape: [features], initializer: { type: 'constant', value: 0 } },
      ],
    };
  },
  batchReference: batchNormInFloat64,
  specimens: [
    { config: { type: 'batchNorm' }, input: [5], batch: 7 },
    { config: { type: 'batchNorm', epsilon: 0.1, momentum: 0.3 }, input: [12], batch: 131 },
    { config: { type: 'batchNorm' }, input: [3, 5, 7], batch: 3 },
    { config: { type: 'batchNorm' }, input: [8, 7, 3], batch: 13 },
    { config: { type: 'batchNorm' }, input: [1, 3, 3], batch: 2 },
    { config: { type: 'batchNorm' }, input: [8, 5, 3], batch: 14, groups: 2 },
    { config: { type: 'batchNorm', momentum: 0.3 }, input: [5], batch: 21, groups: 3 },
  ],
});
