// reshape: the same numbers seen with another shape; no work at all.

import * as v from 'valibot';
import { UserError } from '../math/errors';
import { defineLayer, sizeOf } from './layer';

export default defineLayer({
  type: 'reshape',
  schema: v.strictObject({
    type: v.literal('reshape'),
    shape: v.pipe(v.array(v.pipe(v.number(), v.integer(), v.minValue(1))), v.minLength(1)),
  }),
  create: ({ shape }, input) => {
    if (sizeOf(shape) !== sizeOf(input)) {
      throw new UserError(
        `reshape to [${shape.join(', ')}] needs ${sizeOf(shape)} numbers, but its input [${input.join(', ')}] has ${sizeOf(input)}.`,
      );
    }
    return {
      outputShape: () => shape,
      parameters: () => [],
      isView: true,
      forward: () => [],
      backward: () => [],
      tangent: () => [],
    };
  },
  reference: (_, input) => input,
  specimens: [{ config: { type: 'reshape', shape: [3, 5] }, input: [15], batch: 3 }],
});
