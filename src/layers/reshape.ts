// reshape: the same numbers, in PyTorch's order, seen with another shape.

import * as v from 'valibot';
import { UserError } from '../math/errors';
import { defineLayer, sizeOf } from './layer';
import { reordering } from './reorder';

export default defineLayer({
  type: 'reshape',
  summary: 'Sees the same numbers with another shape: a row as an image.',
  formula: '[n] → shape,  n the product of the shape',
  schema: v.strictObject({
    type: v.literal('reshape'),
    shape: v.pipe(
      v.array(v.pipe(v.number(), v.integer(), v.minValue(1))),
      v.minLength(1),
      v.description('The shape of a sample; of an image, channels, height and width.'),
      v.examples([[64, 7, 7]]),
    ),
  }),
  create: ({ shape }, input) => {
    if (sizeOf(shape) !== sizeOf(input)) {
      throw new UserError(
        `reshape to [${shape.join(', ')}] needs ${sizeOf(shape)} numbers, but its input [${input.join(', ')}] has ${sizeOf(input)}.`,
      );
    }
    return reordering(input, shape);
  },
  reference: (_, input) => input,
  specimens: [
    { config: { type: 'reshape', shape: [3, 5] }, input: [15], batch: 3 },
    { config: { type: 'reshape', shape: [5, 3, 7] }, input: [105], batch: 7 },
    { config: { type: 'reshape', shape: [3, 2, 5] }, input: [5, 3, 2], batch: 3 },
    { config: { type: 'reshape', shape: [5, 2, 3] }, input: [5, 3, 2], batch: 2 },
  ],
});
