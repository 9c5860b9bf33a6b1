// adam: Kingma & Ba 2015, as PyTorch's Adam.

import * as v from 'valibot';
import { adamEntries, adamOptimizer } from './adamSteps';
import { commonEntries, defineOptimizer } from './optimizer';

export default defineOptimizer({
  type: 'adam',
  summary:
    'Steps of about η in each direction, by averages of the gradient and of its square (Kingma & Ba 2015).',
  formula: 'θ ← θ − η · m̂/(√v̂ + ε),  m ← β₁m + (1 − β₁)g,  v ← β₂v + (1 − β₂)g²',
  schema: v.strictObject({ type: v.literal('adam'), ...commonEntries, ...adamEntries }),
  create: (config, context) => adamOptimizer(config, context),
});
