// bernoulli: −1 or 1, evenly.

import * as v from 'valibot';
import { drawNoise } from '../../shaders/bernoulliNoise.wgsl';
import { defineNoise, elementwiseNoise, sizeSchema } from './noise';

export default defineNoise({
  type: 'bernoulli',
  summary: 'A coin for each number: −1 or 1.',
  formula: 'zᵢ = ±1, each with probability ½',
  schema: v.strictObject({ type: v.literal('bernoulli'), size: sizeSchema }),
  create: ({ size }) => elementwiseNoise(drawNoise, size),
});
