// ring: normals on a circle, evenly spaced from angle 0 on.

import * as v from 'valibot';
import { wholeFrom } from '../math/ranges';
import { mixtureSource } from './mixture';
import { deviation, length } from './options';
import { defineData } from './source';

export default defineData({
  source: 'ring',
  schema: v.strictObject({
    source: v.literal('ring'),
    modes: v.optional(wholeFrom(1, 1000), 8),
    radius: v.optional(length, 1),
    standardDeviation: v.optional(deviation, 0.02),
  }),
  create: ({ modes, radius, standardDeviation }) =>
    mixtureSource(
      Array.from({ length: modes }, (_, i) => {
        const angle = (2 * Math.PI * i) / modes;
        const center = [radius * Math.cos(angle), radius * Math.sin(angle)];
        return { center, standardDeviation, weight: 1 / modes };
      }),
    ),
});
