// swissRoll: scikit-learn's make_swiss_roll seen from the side, t cos t and t sin t for t from 1.5π to 4.5π.

import * as v from 'valibot';
import { curveSource } from './curve';
import { deviation, length } from './options';
import { defineData } from './source';

export default defineData({
  source: 'swissRoll',
  summary: 'A rolled-up sheet seen from the side, as scikit-learn’s make_swiss_roll.',
  formula: 'x ∝ t · (cos t, sin t) + N(0, σ²I),  1.5π ≤ t ≤ 4.5π',
  schema: v.strictObject({
    source: v.literal('swissRoll'),
    radius: v.optional(v.pipe(length, v.description('Of the outer end.')), 2),
    standardDeviation: v.optional(deviation, 0.05),
  }),
  create: ({ radius, standardDeviation }) =>
    curveSource(
      [
        (t) => {
          const angle = 1.5 * Math.PI * (1 + 2 * t);
          const r = (radius * angle) / (4.5 * Math.PI);
          return [r * Math.cos(angle), r * Math.sin(angle)];
        },
      ],
      standardDeviation,
    ),
});
