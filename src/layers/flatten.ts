// flatten: a sample's numbers, in PyTorch's order, seen as one row.

import * as v from 'valibot';
import { defineLayer, sizeOf } from './layer';
import { reordering } from './reorder';

export default defineLayer({
  type: 'flatten',
  summary: 'Sees an image as one row of numbers, which dense layers take.',
  formula: '[c, h, w] → [c · h · w]',
  schema: v.strictObject({ type: v.literal('flatten') }),
  create: (_, input) => reordering(input, [sizeOf(input)]),
  reference: (_, input) => input,
  specimens: [
    { config: { type: 'flatten' }, input: [3, 5, 7], batch: 3 },
    { config: { type: 'flatten' }, input: [1, 3, 2], batch: 3 },
  ],
});
