// spiral: arms that wind out from the origin, r ∝ angle, nearly evenly filled along their length.

import * as v from 'valibot';
import { numberFrom, wholeFrom } from '../math/ranges';
import { type Curve, curveSource } from './curve';
import { deviation, length } from './options';
import { defineData } from './source';

export default defineData({
  source: 'spiral',
  schema: v.strictObject({
    source: v.literal('spiral'),
    arms: v.optional(wholeFrom(1, 16), 2),
    turns: v.optional(numberFrom(0.1, 5), 1),
    radius: v.optional(length, 2),
    standardDeviation: v.optional(deviation, 0.05),
  }),
  create: ({ arms, turns, radius, standardDeviation }) => {
    const arm =
      (start: number): Curve =>
      (t) => {
        // The length up to an angle grows nearly as its square: the root spreads the points evenly.
        const part = Math.sqrt(t);
        const angle = start + 2 * Math.PI * turns * part;
        return [radius * part * Math.cos(angle), radius * part * Math.sin(angle)];
      };
    const curves = Array.from({ length: arms }, (_, i) => arm((2 * Math.PI * i) / arms));
    return curveSource(curves, standardDeviation);
  },
});
