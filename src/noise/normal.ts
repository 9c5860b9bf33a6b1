// normal: standard normal numbers, the usual z of a GAN.

import * as v from 'valibot';
import { drawNoise } from '../../shaders/normalNoise.wgsl';
import { defineNoise, elementwiseNoise, sizeSchema } from './noise';

export default defineNoise({
  type: 'normal',
  summary: 'Standard normal numbers: the usual z of a GAN.',
  formula: 'z ~ N(0, I)',
  schema: v.strictObject({ type: v.literal('normal'), size: sizeSchema }),
  create: ({ size }) => elementwiseNoise(drawNoise, size),
});
