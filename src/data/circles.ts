// circles: two circles around the origin with as many points each, as scikit-learn's make_circles.

import * as v from 'valibot';
import { numberFrom } from '../math/ranges';
import { curveSource, type Point } from './curve';
import { deviation, length } from './options';
import { defineData } from './source';

export default defineData({
  source: 'circles',
  schema: v.strictObject({
    source: v.literal('circles'),
    radius: v.optional(length, 1),
    /** The inner radius over the outer one. */
    factor: v.optional(numberFrom(0.05, 0.99), 0.5),
    standardDeviation: v.optional(deviation, 0.05),
  }),
  create: ({ radius, factor, standardDeviation }) => {
    const circle =
      (r: number) =>
      (t: number): Point => [r * Math.cos(2 * Math.PI * t), r * Math.sin(2 * Math.PI * t)];
    return curveSource([circle(radius), circle(radius * factor)], standardDeviation);
  },
});
