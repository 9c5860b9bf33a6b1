// flatten: a sample's numbers seen as one row; no work at all.

import * as v from 'valibot';
import { defineLayer, sizeOf } from './layer';

export default defineLayer({
  type: 'flatten',
  schema: v.strictObject({ type: v.literal('flatten') }),
  create: (_, input) => ({
    outputShape: () => [sizeOf(input)],
    parameters: () => [],
    isView: true,
    forward: () => [],
    backward: () => [],
    tangent: () => [],
  }),
  reference: (_, input) => input,
  specimens: [{ config: { type: 'flatten' }, input: [3, 2, 2], batch: 3 }],
});
