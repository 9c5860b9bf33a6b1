// line: evenly spread along a straight line in the plane.

import * as v from 'valibot';
import { curveSource } from './curve';
import { coordinate, deviation } from './options';
import { defineData } from './source';

const place = v.tuple([coordinate, coordinate], 'a pair of numbers [x, y] would do');

export default defineData({
  source: 'line',
  summary: 'Evenly spread along a straight line in the plane.',
  formula: 'x = (1 − t) · from + t · to + N(0, σ²I)',
  schema: v.pipe(
    v.strictObject({
      source: v.literal('line'),
      from: v.optional(v.pipe(place, v.description('Where the line begins.')), [-1, -1]),
      to: v.optional(v.pipe(place, v.description('Where the line ends.')), [1, 1]),
      standardDeviation: v.optional(deviation, 0.05),
    }),
    v.forward(
      v.check(
        ({ from, to }) => Math.hypot(to[0] - from[0], to[1] - from[1]) >= 0.001,
        'a point away from the other end would do',
      ),
      ['to'],
    ),
  ),
  create: ({ from, to, standardDeviation }) =>
    curveSource(
      [(t) => [from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1])]],
      standardDeviation,
    ),
});
