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
  summary: 'Normal numbers drawn again where they are large: fewer oddities, less variety.',
  formula: 'z ~ N(0, I) given |zᵢ| ≤ bound',
  schema: v.strictObject({
    type: v.literal('truncatedNormal'),
    size: sizeSchema,
    bound: v.optional(v.pipe(bound, v.description('The largest magnitude.')), 2),
  }),
  create: ({ size, bound }) => elementwiseNoise(specialize(drawNoise, { BOUND: bound }), size),
});
