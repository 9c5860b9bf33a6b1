// upsample: images enlarged by a whole factor, every pixel repeated. PyTorch's Upsample(scale_factor) in mode `nearest`.

import * as v from 'valibot';
import * as narrow from '../../shaders/upsample.wgsl';
import * as wide from '../../shaders/upsample4.wgsl';
import { linearGrid, type Slot, type Work, work } from '../gpu/work';
import { imageShape } from './image';
import { defineLayer } from './layer';

export default defineLayer({
  type: 'upsample',
  summary: 'Enlarges images by repeating pixels.',
  formula: 'y[c, i, j] = x[c, ⌊i/scale⌋, ⌊j/scale⌋]',
  schema: v.strictObject({
    type: v.literal('upsample'),
    scale: v.optional(
      v.pipe(v.number(), v.integer(), v.minValue(1), v.description('How many times larger each side gets.')),
      2,
    ),
  }),
  create: ({ scale }, input) => {
    const [channels, height, width] = imageShape('upsample', input);
    const [kernels, lanes] = channels % 4 === 0 ? [wide, channels / 4] : [narrow, channels];
    const { upsample, upsampleBack } = kernels;
    const shapeOf = (batch: number) => ({
      count: batch * height * width * lanes,
      channels: lanes,
      width,
      scale,
    });
    const enlarge = (batch: number, input: Slot, output: Slot): Work[] => {
      const shape = shapeOf(batch);
      return [work(upsample, { input, output, shape }, linearGrid(shape.count, upsample))];
    };
    return {
      outputShape: () => [channels, height * scale, width * scale],
      parameters: () => [],
      forward: ({ batch, input, output }) => enlarge(batch, input, output),
      backward: ({ batch, outputGrad, inputGrad }) => {
        if (!inputGrad) return [];
        const shape = shapeOf(batch);
        const grid = linearGrid(shape.count, upsampleBack);
        return [work(upsampleBack, { outputGrad, inputGrad, shape }, grid, outputGrad.length)];
      },
      tangent: ({ batch, inputTangent, outputTangent }) => enlarge(batch, inputTangent, outputTangent),
    };
  },
  reference: ({ scale }, input, _, { shape }) => {
    const [channels, height, width] = shape as readonly [number, number, number];
    const output = new Float64Array(channels * height * width * scale ** 2);
    output.forEach((_, i) => {
      const row = Math.floor(i / (width * scale));
      const x = Math.floor((i % (width * scale)) / scale);
      output[i] = input[Math.floor(row / scale) * width + x]!;
    });
    return output;
  },
  specimens: [
    { config: { type: 'upsample' }, input: [3, 5, 7], batch: 3 },
    { config: { type: 'upsample', scale: 3 }, input: [8, 3, 2], batch: 5 },
    { config: { type: 'upsample', scale: 1 }, input: [1, 4, 3], batch: 2 },
  ],
});
