// adamw: Loshchilov & Hutter 2019, as PyTorch's AdamW: Adam whose weight decay does not go through its averages.

import * as v from 'valibot';
import { adamEntries, adamOptimizer } from './adamSteps';
import { commonEntries, defineOptimizer } from './optimizer';

export default defineOptimizer({
  type: 'adamw',
  summary:
    'Adam with weights that shrink by a share in each step, whatever their gradients (Loshchilov & Hutter 2019).',
  formula: 'θ ← (1 − η · weightDecay) · θ − η · m̂/(√v̂ + ε)',
  schema: v.strictObject({
    type: v.literal('adamw'),
    ...commonEntries,
    ...adamEntries,
    weightDecay: v.optional(
      v.pipe(
        v.number(),
        v.finite(),
        v.minValue(0),
        v.description('The share of a weight, times η, that it loses in each step.'),
      ),
      0.01,
    ),
  }),
  create: ({ weightDecay, ...config }, context) =>
    adamOptimizer({ ...config, weightDecay: 0 }, context, weightDecay),
});
