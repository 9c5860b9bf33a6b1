// uniform: numbers evenly spread over (−1, 1).

import * as v from 'valibot';
import { drawNoise } from '../../shaders/uniformNoise.wgsl';
import { defineNoise, elementwiseNoise, sizeSchema } from './noise';

export default defineNoise({
  type: 'uniform',
  summary: 'Numbers evenly spread between −1 and 1.',
  formula: 'z ~ U(−1, 1)ⁿ',
  schema: v.strictObject({ type: v.literal('uniform'), size: sizeSchema }),
  create: ({ size }) => elementwiseNoise(drawNoise, size),
});
