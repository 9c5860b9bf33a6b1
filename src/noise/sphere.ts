// sphere: evenly spread over the unit sphere, by normal numbers divided by their length.

import * as v from 'valibot';
import { drawSphere } from '../../shaders/sphereNoise.wgsl';
import { specialize } from '../wgsl/specialize';
import { defineNoise, noiseWork, sizeSchema } from './noise';

export default defineNoise({
  type: 'sphere',
  summary: 'Evenly spread over the unit sphere: only a direction is given.',
  formula: 'z = u/‖u‖,  u ~ N(0, I)',
  schema: v.strictObject({ type: v.literal('sphere'), size: sizeSchema }),
  create: ({ size }) => {
    const kernel = specialize(drawSphere, { SIZE: size });
    return { size, draw: (draw) => [noiseWork(kernel, draw, draw.batch, 1)] };
  },
});
