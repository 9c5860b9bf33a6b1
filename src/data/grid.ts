// grid: normals on a square grid around the origin. By default the usual 25 (spacing 2, σ 0.05) at half that size, so
// that the data stay within ±2.2.

import * as v from 'valibot';
import { mixtureSource } from './mixture';
import { deviation, length } from './options';
import { defineData } from './source';

const squares = Array.from({ length: 31 }, (_, i) => (i + 1) ** 2);
const wanted = 'the square of a whole number from 1 to 31 would do: 4, 9, 16, 25, …';

export default defineData({
  source: 'grid',
  summary: 'Normals on a square grid around the origin: how many of them does G find?',
  formula: 'x ~ 1/n · Σ N(spacing · (i, j), σ²I),  n = modes',
  schema: v.strictObject({
    source: v.literal('grid'),
    modes: v.optional(
      v.pipe(
        v.number(wanted),
        v.check((n) => squares.includes(n), wanted),
        v.description('How many normals there are: a square number.'),
      ),
      25,
    ),
    spacing: v.optional(v.pipe(length, v.description('From one normal to the next.')), 1),
    standardDeviation: v.optional(deviation, 0.025),
  }),
  create: ({ modes, spacing, standardDeviation }) => {
    const side = Math.sqrt(modes);
    const at = (i: number) => spacing * (i - (side - 1) / 2);
    return mixtureSource(
      Array.from({ length: modes }, (_, i) => {
        const center = [at(i % side), at(Math.floor(i / side))];
        return { center, standardDeviation, weight: 1 / modes };
      }),
    );
  },
});
