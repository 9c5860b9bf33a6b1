// gaussian: one normal on the line.

import * as v from 'valibot';
import { mixtureSource } from './mixture';
import { coordinate, deviation } from './options';
import { defineData } from './source';

export default defineData({
  source: 'gaussian',
  summary: 'One normal on the line.',
  formula: 'x ~ N(mean, σ²)',
  schema: v.strictObject({
    source: v.literal('gaussian'),
    mean: v.optional(v.pipe(coordinate, v.description('Where it lies.')), 0),
    standardDeviation: v.optional(deviation, 1),
  }),
  create: ({ mean, standardDeviation }) => mixtureSource([{ center: [mean], standardDeviation, weight: 1 }]),
});
