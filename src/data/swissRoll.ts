// swissRoll: scikit-learn's make_swiss_roll seen from the side, t cos t and t sin t for t from 1.5π to 4.5π.

import * as v from 'valibot';
import { curveSource } from './curve';
import { deviation, length } from './options';
import { defineData } from './source';

export default defineData({
  source: 'swissRoll',
  schema: v.strictObject({
    source: v.literal('swissRoll'),
    /** Of the outer end. */
    radius: v.optional(length, 2),
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
