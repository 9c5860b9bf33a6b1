// truncatedNormal: standard normal numbers, drawn again where they are beyond ±bound.

import * as v from 'valibot';
import { drawNoise } from '../../shaders/truncatedNormalNoise.wgsl';
import { specialize } from '../wgsl/specialize';
import { defineNoise, elementwiseNoise, sizeSchema } from './noise';

const bound = v.pipe(
  v.number('a number from 0.5 to 6 would do'),
  v.minValue(0.5, 'a number from 0.5 to 6 would do'),
  v.maxValue(6, 'a number from 0.5 to 6 would do'),
);

export default defineNoise({
  type: 'truncatedNormal',
  schema: v.strictObject({
    type: v.literal('truncatedNormal'),
    size: sizeSchema,
    /** The largest magnitude. */
    bound: v.optional(bound, 2),
  }),
  create: ({ size, bound }) => elementwiseNoise(specialize(drawNoise, { BOUND: bound }), size),
});
