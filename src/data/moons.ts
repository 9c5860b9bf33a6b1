// moons: two half circles that reach into each other, scikit-learn's make_moons moved to the origin.

import * as v from 'valibot';
import { curveSource } from './curve';
import { deviation, length } from './options';
import { defineData } from './source';

export default defineData({
  source: 'moons',
  summary: 'Two half circles that reach into each other, as scikit-learn’s make_moons.',
  formula: 'x = c ± radius · (cos πt, sin πt) + N(0, σ²I)',
  schema: v.strictObject({
    source: v.literal('moons'),
    radius: v.optional(v.pipe(length, v.description('Of each half circle.')), 1),
    standardDeviation: v.optional(deviation, 0.05),
  }),
  create: ({ radius, standardDeviation }) =>
    curveSource(
      [
        (t) => [radius * (Math.cos(Math.PI * t) - 0.5), radius * (Math.sin(Math.PI * t) - 0.25)],
        (t) => [radius * (0.5 - Math.cos(Math.PI * t)), radius * (0.25 - Math.sin(Math.PI * t))],
      ],
      standardDeviation,
    ),
});
