// avgPool2d: means over windows of an image. PyTorch's AvgPool2d, whose padding counts as zeros in the mean.

import * as v from 'valibot';
import * as narrow from '../../shaders/avgPool.wgsl';
import * as wide from '../../shaders/avgPool4.wgsl';
import { linearGrid, type Slot, type Work, work } from '../gpu/work';
import { UserError } from '../math/errors';
import { imageShape } from './image';
import { defineLayer, type Shape } from './layer';

const whole = (least: number) => v.pipe(v.number(), v.integer(), v.minValue(least));

const schema = v.strictObject({
  type: v.literal('avgPool2d'),
  kernel: v.pipe(whole(1), v.description('Pixels along each side of the window.'), v.examples([2])),
  stride: v.optional(
    v.pipe(
      whole(1),
      v.description('Pixels from one window to the next; where it is not given, they lie side by side.'),
    ),
  ),
  padding: v.optional(v.pipe(whole(0), v.description('Zeros around the image, in pixels.')), 0),
});

/** The window, and how many of them fit. */
function windowsOf(config: v.InferOutput<typeof schema>, input: Shape) {
  const [channels, height, width] = imageShape('avgPool2d', input);
  const { kernel, padding, stride = kernel } = config;
  const along = (length: number) => Math.floor((length + 2 * padding - kernel) / stride) + 1;
  return {
    channels,
    height,
    width,
    outputHeight: along(height),
    outputWidth: along(width),
    kernel,
    stride,
    padding,
  };
}

export default defineLayer({
  type: 'avgPool2d',
  summary: 'Shrinks images by means over windows; PyTorch’s AvgPool2d.',
  formula: 'y = 1/kernel² · Σ x over each window of kernel × kernel',
  schema,
  create: (config, input) => {
    const { channels, ...rest } = windowsOf(config, input);
    const { height, width, outputHeight, outputWidth, kernel, padding } = rest;
    if (2 * padding > kernel) {
      throw new UserError(
        `avgPool2d: padding ${padding} is more than half of kernel ${kernel}; at most ${Math.floor(kernel / 2)} would do.`,
      );
    }
    if (outputHeight < 1 || outputWidth < 1) {
      throw new UserError(
        `avgPool2d: kernel ${kernel} is larger than its input [${input.join(', ')}]; at most ${Math.min(height, width) + 2 * padding} would do.`,
      );
    }
    const [kernels, lanes] = channels % 4 === 0 ? [wide, channels / 4] : [narrow, channels];
    const { avgPool, avgPoolBack } = kernels;
    const pool = (batch: number, input: Slot, output: Slot): Work[] => {
      const count = batch * outputHeight * outputWidth * lanes;
      const shape = { count, channels: lanes, ...rest };
      const grid = linearGrid(count, avgPool);
      return [work(avgPool, { input, output, shape }, grid, output.length * kernel ** 2)];
    };
    return {
      outputShape: () => [channels, outputHeight, outputWidth],
      parameters: () => [],
      forward: ({ batch, input, output }) => pool(batch, input, output),
      backward: ({ batch, outputGrad, inputGrad }) => {
        if (!inputGrad) return [];
        const count = batch * height * width * lanes;
        const shape = { count, channels: lanes, ...rest };
        const grid = linearGrid(count, avgPoolBack);
        return [work(avgPoolBack, { outputGrad, inputGrad, shape }, grid, outputGrad.length * kernel ** 2)];
      },
      tangent: ({ batch, inputTangent, outputTangent }) => pool(batch, inputTangent, outputTangent),
    };
  },
  reference: (config, input, _, { shape }) => {
    const sizes = windowsOf(config, shape);
    const { channels, height, width, outputHeight, outputWidth, kernel, stride, padding } = sizes;
    const output = new Float64Array(channels * outputHeight * outputWidth);
    const isInside = (y: number, x: number) => y >= 0 && y < height && x >= 0 && x < width;
    output.forEach((_, at) => {
      const channel = Math.floor(at / (outputHeight * outputWidth));
      const top = (Math.floor(at / outputWidth) % outputHeight) * stride - padding;
      const left = (at % outputWidth) * stride - padding;
      for (let y = top; y < top + kernel; y++) {
        for (let x = left; x < left + kernel; x++) {
          if (isInside(y, x)) output[at]! += input[(channel * height + y) * width + x]! / kernel ** 2;
        }
      }
    });
    return output;
  },
  specimens: [
    { config: { type: 'avgPool2d', kernel: 2 }, input: [3, 5, 7], batch: 3 },
    { config: { type: 'avgPool2d', kernel: 3, stride: 2, padding: 1 }, input: [8, 7, 6], batch: 5 },
    { config: { type: 'avgPool2d', kernel: 2, stride: 3 }, input: [1, 7, 8], batch: 2 },
    { config: { type: 'avgPool2d', kernel: 4, stride: 1 }, input: [4, 4, 5], batch: 2 },
  ],
});
