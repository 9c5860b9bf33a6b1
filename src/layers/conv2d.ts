// conv2d: PyTorch's Conv2d with a square kernel, output[o, y, x] = bias[o] + Σ weight[o, i, ky, kx] · input[i, y·stride − padding + ky, …].

import * as v from 'valibot';
import { UserError } from '../math/errors';
import { convolutionPasses } from './convolutionPasses';
import { imageShape, kernelEntries, slide } from './image';
import { initializerEntries, initializersOf, spectralEntries } from './initializer';
import { defineLayer } from './layer';
import type { Convolution } from './product';

const schema = v.strictObject({
  type: v.literal('conv2d'),
  channels: v.pipe(
    v.number(),
    v.integer(),
    v.minValue(1),
    v.description('Channels of the images that it makes.'),
    v.examples([32]),
  ),
  ...kernelEntries,
  bias: v.optional(
    v.pipe(v.boolean(), v.description('Whether each output has a number b added to it.')),
    true,
  ),
  ...spectralEntries,
  ...initializerEntries,
});

export default defineLayer({
  type: 'conv2d',
  summary: 'The same small window of weights slides over the whole image; PyTorch’s Conv2d.',
  formula: 'y = W ∗ x + b,  side ⌊(n + 2 · padding − kernel)/stride⌋ + 1',
  schema,
  create: ({ channels: outputs, kernel, stride, padding, ...config }, shape) => {
    const [inputs, inputHeight, inputWidth] = imageShape('conv2d', shape);
    const [height, width] = [inputHeight, inputWidth].map((length) =>
      Math.floor((length + 2 * padding - kernel) / stride + 1),
    ) as [number, number];
    if (height < 1 || width < 1) {
      throw new UserError(
        `conv2d: a kernel of ${kernel} does not fit into an image of ${inputHeight}×${inputWidth} with padding ${padding}; a smaller kernel or more padding would do.`,
      );
    }
    const convolution: Convolution = {
      inputs,
      inputHeight,
      inputWidth,
      outputs,
      height,
      width,
      kernel,
      stride,
      padding,
    };
    return {
      outputShape: () => [outputs, height, width],
      parameters: () => {
        const { weight, bias } = initializersOf(config, inputs * kernel ** 2, outputs * kernel ** 2);
        return [
          {
            name: 'weight',
            shape: [outputs, inputs, kernel, kernel],
            initializer: weight,
            axes: [2, 3, 1, 0],
          },
          ...(config.bias ? [{ name: 'bias', shape: [outputs], initializer: bias }] : []),
        ];
      },
      spectralNorm: config.spectralNorm ? ['weight'] : [],
      ...convolutionPasses(convolution),
    };
  },
  reference: ({ channels: outputs, kernel, stride, padding }, input, { weight, bias }, { shape }) => {
    const [inputs, inputHeight, inputWidth] = shape as readonly [number, number, number];
    const side = (length: number) => Math.floor((length + 2 * padding - kernel) / stride + 1);
    const [height, width] = [side(inputHeight), side(inputWidth)];
    const output = new Float64Array(outputs * height * width);
    for (let o = 0; o < outputs; o++)
      output.fill(bias?.[o] ?? 0, o * height * width, (o + 1) * height * width);
    const taps = { inputs, inputHeight, inputWidth, outputs, height, width, kernel, stride, padding };
    slide(taps, ({ i, o, at, from, place }) => {
      output[at]! += weight![(o * inputs + i) * kernel ** 2 + place]! * input[from]!;
    });
    return output;
  },
  specimens: [
    { config: { type: 'conv2d', channels: 1, kernel: 1 }, input: [1, 1, 1], batch: 1 },
    { config: { type: 'conv2d', channels: 3, kernel: 3, padding: 1 }, input: [2, 5, 4], batch: 3 },
    { config: { type: 'conv2d', channels: 8, kernel: 4, stride: 2, padding: 1 }, input: [4, 6, 7], batch: 7 },
    {
      config: { type: 'conv2d', channels: 4, kernel: 2, stride: 3, bias: false },
      input: [3, 7, 8],
      batch: 2,
    },
    {
      config: { type: 'conv2d', channels: 36, kernel: 5, stride: 3, padding: 2 },
      input: [12, 9, 6],
      batch: 2,
    },
    { config: { type: 'conv2d', channels: 5, kernel: 1 }, input: [4, 3, 2], batch: 3 },
  ],
});
