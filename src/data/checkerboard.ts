// checkerboard: evenly spread over every other square of a board around the origin.

import * as v from 'valibot';
import { drawBatch, evaluateDensity } from '../../shaders/checkerboard.wgsl';
import { specialize } from '../wgsl/specialize';
import { length } from './options';
import { defineData, distributionSource } from './source';

const wanted = 'an even number from 2 to 32 would do';

export default defineData({
  source: 'checkerboard',
  summary: 'Evenly spread over every other square of a board around the origin.',
  formula: 'p(x) = 2/side² on every other square, 0 elsewhere',
  schema: v.strictObject({
    source: v.literal('checkerboard'),
    squares: v.optional(
      v.pipe(
        v.number(wanted),
        v.check((n) => n % 2 === 0 && n >= 2 && n <= 32, wanted),
        v.description('Squares along each side.'),
      ),
      4,
    ),
    side: v.optional(v.pipe(length, v.description('Of the whole board.')), 4),
  }),
  create: ({ squares, side }) => {
    const half = side / 2;
    const constants = { SQUARES: squares, HALF: half };
    const place = (x: number) => Math.floor(((x + half) / side) * squares);
    const inside = (x: number) => x >= -half && x < half;
    return distributionSource({
      drawBatch: specialize(drawBatch, constants),
      evaluateDensity: specialize(evaluateDensity, constants),
      distribution: {
        dimensions: 2,
        density: (x) => {
          const filled = inside(x[0]!) && inside(x[1]!) && (place(x[0]!) + place(x[1]!)) % 2 === 0;
          return filled ? 2 / side ** 2 : 0;
        },
        bounds: { low: [-half, -half], high: [half, half] },
        // Eight cells a square: their edges fall on the squares' edges, and a blurred edge shows.
        resolution: side / squares / 8,
      },
    });
  },
});
