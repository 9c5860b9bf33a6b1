// ring: normals on a circle, evenly spaced from angle 0 on.

import * as v from 'valibot';
import { wholeFrom } from '../math/ranges';
import { mixtureSource } from './mixture';
import { deviation, length } from './options';
import { defineData } from './source';

export default defineData({
  source: 'ring',
  summary: 'Normals on a circle, evenly spaced: the usual first test of a GAN.',
  formula: 'x ~ 1/n · Σₖ N(radius · (cos 2πk/n, sin 2πk/n), σ²I),  n = modes',
  schema: v.strictObject({
    source: v.literal('ring'),
    modes: v.optional(v.pipe(wholeFrom(1, 1000), v.description('How many normals there are.')), 8),
    radius: v.optional(v.pipe(length, v.description('Of the circle that they lie on.')), 1),
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
