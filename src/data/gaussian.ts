// gaussian: one normal on the line.

import * as v from 'valibot';
import { mixtureSource } from './mixture';
import { coordinate, deviation } from './options';
import { defineData } from './source';

export default defineData({
  source: 'gaussian',
  schema: v.strictObject({
    source: v.literal('gaussian'),
    mean: v.optional(coordinate, 0),
    standardDeviation: v.optional(deviation, 1),
  }),
  create: ({ mean, standardDeviation }) => mixtureSource([{ center: [mean], standardDeviation, weight: 1 }]),
});
