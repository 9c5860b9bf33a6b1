// spiral: arms that wind out from the origin, r ∝ angle, nearly evenly filled along their length.

import * as v from 'valibot';
import { numberFrom, wholeFrom } from '../math/ranges';
import { type Curve, curveSource } from './curve';
import { deviation, length } from './options';
import { defineData } from './source';

export default defineData({
  source: 'spiral',
  summary: 'Arms that wind out from the origin.',
  formula: 'x = r(t) · (cos φ(t), sin φ(t)) + N(0, σ²I),  r ∝ φ',
  schema: v.strictObject({
    source: v.literal('spiral'),
    arms: v.optional(v.pipe(wholeFrom(1, 16), v.description('How many arms there are.')), 2),
    turns: v.optional(
      v.pipe(numberFrom(0.1, 5), v.description('How often each winds around the origin.')),
      1,
    ),
    radius: v.optional(v.pipe(length, v.description('Of the outer ends.')), 2),
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
