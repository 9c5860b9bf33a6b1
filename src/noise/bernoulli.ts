// bernoulli: −1 or 1, evenly.

import * as v from 'valibot';
import { drawNoise } from '../../shaders/bernoulliNoise.wgsl';
import { defineNoise, elementwiseNoise, sizeSchema } from './noise';

export default defineNoise({
  type: 'bernoulli',
  schema: v.strictObject({ type: v.literal('bernoulli'), size: sizeSchema }),
  create: ({ size }) => elementwiseNoise(drawNoise, size),
});
