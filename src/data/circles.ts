// circles: two circles around the origin with as many points each, as scikit-learn's make_circles.

import * as v from 'valibot';
import { numberFrom } from '../math/ranges';
import { curveSource, type Point } from './curve';
import { deviation, length } from './options';
import { defineData } from './source';

export default defineData({
  source: 'circles',
  summary: 'Two circles around the origin with as many points each, as scikit-learn’s make_circles.',
  formula: 'x = r · (cos 2πt, sin 2πt) + N(0, σ²I),  r = radius or factor · radius',
  schema: v.strictObject({
    source: v.literal('circles'),
    radius: v.optional(v.pipe(length, v.description('Of the outer circle.')), 1),
    factor: v.optional(
      v.pipe(numberFrom(0.05, 0.99), v.description('The inner radius over the outer one.')),
      0.5,
    ),
    standardDeviation: v.optional(deviation, 0.05),
  }),
  create: ({ radius, factor, standardDeviation }) => {
    const circle =
      (r: number) =>
      (t: number): Point => [r * Math.cos(2 * Math.PI * t), r * Math.sin(2 * Math.PI * t)];
    return curveSource([circle(radius), circle(radius * factor)], standardDeviation);
  },
});
