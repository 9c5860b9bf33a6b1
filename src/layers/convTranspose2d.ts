// convTranspose2d: PyTorch's ConvTranspose2d with a square kernel, the way back of a conv2d from its output to its input.

import * as v from 'valibot';
import { UserError } from '../math/errors';
import { columnSums } from './columnSums';
import { imageShape, kernelEntries, slide } from './image';
import { initializerEntries, initializersOf } from './initializer';
import { defineLayer } from './layer';
import { type Convolution, convolutionWeightGrad, convolve, convolveBack } from './product';

const schema = v.strictObject({
  type: v.literal('convTranspose2d'),
  channels: v.pipe(
    v.number(),
    v.integer(),
    v.minValue(1),
    v.description('Channels of the images that it makes.'),
    v.examples([32]),
  ),
  ...kernelEntries,
  outputPadding: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(0), v.description('Pixels more at the lower right edge.')),
    0,
  ),
  bias: v.optional(
    v.pipe(v.boolean(), v.description('Whether each output has a number b added to it.')),
    true,
  ),
  ...initializerEntries,
});

export default defineLayer({
  type: 'convTranspose2d',
  summary:
    'A convolution backwards: every pixel lays down a window, which makes images larger; PyTorch’s ConvTranspose2d.',
  formula: 'y = Wᵀ ∗ x + b,  side (n − 1) · stride − 2 · padding + kernel + outputPadding',
  schema,
  create: ({ channels: outputs, kernel, stride, padding, outputPadding, ...config }, shape) => {
    const [inputs, height, width] = imageShape('convTranspose2d', shape);
    if (outputPadding >= stride) {
      throw new UserError(
        `convTranspose2d: outputPadding ${outputPadding} given with stride ${stride}; a smaller one than the stride would do.`,
      );
    }
    const [outputHeight, outputWidth] = [height, width].map(
      (length) => (length - 1) * stride - 2 * padding + kernel + outputPadding,
    ) as [number, number];
    if (outputHeight < 1 || outputWidth < 1) {
      throw new UserError(
        `convTranspose2d: nothing would be left of an image of ${height}×${width} with padding ${padding}; less padding would do.`,
      );
    }
    // The convolution whose way back this is: from our output to our input.
    const convolution: Convolution = {
      inputs: outputs,
      inputHeight: outputHeight,
      inputWidth: outputWidth,
      outputs: inputs,
      height,
      width,
      kernel,
      stride,
      padding,
    };
    const pixels = outputHeight * outputWidth;
    return {
      outputShape: () => [outputs, outputHeight, outputWidth],
      parameters: () => {
        // PyTorch takes the second axis of [inputs, outputs, kernel, kernel] for the fan-in here too.
        const { weight, bias } = initializersOf(config, outputs * kernel ** 2, inputs * kernel ** 2);
        return [
          {
            name: 'weight',
            shape: [inputs, outputs, kernel, kernel],
            initializer: weight,
            axes: [2, 3, 1, 0],
          },
          ...(config.bias ? [{ name: 'bias', shape: [outputs], initializer: bias }] : []),
        ];
      },
      takesEndings: true,
      forward: ({ batch, input, output, parameters: { weight, bias }, into }) =>
        convolveBack(convolution, batch, { left: input, weight: weight!, bias, result: output, into }),
      backward: ({ batch, input, parameters, outputGrad, inputGrad, parameterGrads, through }) => [
        ...(parameterGrads
          ? [
              convolutionWeightGrad(convolution, batch, {
                input: outputGrad,
                outputGrad: input,
                weightGrad: parameterGrads.weight!,
              }),
            ]
          : []),
        ...(parameterGrads?.bias ? columnSums(outputGrad, batch * pixels, outputs, parameterGrads.bias) : []),
        ...(inputGrad
          ? [
              convolve(convolution, batch, {
                left: outputGrad,
                weight: parameters.weight!,
                result: inputGrad,
                through,
              }),
            ]
          : []),
      ],
      tangent: ({ batch, inputTangent, outputTangent, parameters: { weight }, through }) =>
        convolveBack(convolution, batch, {
          left: inputTangent,
          weight: weight!,
          result: outputTangent,
          through,
        }),
    };
  },
  reference: (
    { channels: outputs, kernel, stride, padding, outputPadding },
    input,
    { weight, bias },
    { shape },
  ) => {
    const [inputs, height, width] = shape as readonly [number, number, number];
    const side = (length: number) => (length - 1) * stride - 2 * padding + kernel + outputPadding;
    const [outputHeight, outputWidth] = [side(height), side(width)];
    const pixels = outputHeight * outputWidth;
    const output = new Float64Array(outputs * pixels);
    for (let o = 0; o < outputs; o++) output.fill(bias?.[o] ?? 0, o * pixels, (o + 1) * pixels);
    const taps = {
      inputs: outputs,
      inputHeight: outputHeight,
      inputWidth: outputWidth,
      outputs: inputs,
      height,
      width,
      kernel,
      stride,
      padding,
    };
    slide(taps, ({ i, o, at, from, place }) => {
      output[from]! += weight![(o * outputs + i) * kernel ** 2 + place]! * input[at]!;
    });
    return output;
  },
  specimens: [
    { config: { type: 'convTranspose2d', channels: 1, kernel: 1 }, input: [1, 1, 1], batch: 1 },
    { config: { type: 'convTranspose2d', channels: 3, kernel: 3, padding: 1 }, input: [2, 5, 4], batch: 3 },
    {
      config: { type: 'convTranspose2d', channels: 8, kernel: 4, stride: 2, padding: 1 },
      input: [4, 3, 4],
      batch: 7,
    },
    {
      config: { type: 'convTranspose2d', channels: 1, kernel: 4, stride: 2, padding: 1 },
      input: [8, 3, 4],
      batch: 3,
    },
    {
      config: { type: 'convTranspose2d', channels: 4, kernel: 2, stride: 3, bias: false },
      input: [3, 3, 2],
      batch: 2,
    },
    {
      config: { type: 'convTranspose2d', channels: 12, kernel: 5, stride: 3, padding: 2, outputPadding: 1 },
      input: [36, 3, 2],
      batch: 2,
    },
  ],
});
