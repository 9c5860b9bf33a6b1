// dense: output = input · weightᵀ + bias, PyTorch's Linear.

import * as v from 'valibot';
import { movesChannels } from '../math/axes';
import { UserError } from '../math/errors';
import { convolutionPasses } from './convolutionPasses';
import { initializerEntries, initializersOf, spectralEntries } from './initializer';
import { defineLayer, type Layer, type Layout, type RowOrder, sizeOf } from './layer';
import { denseConvolution } from './product';

const schema = v.strictObject({
  type: v.literal('dense'),
  units: v.pipe(
    v.number(),
    v.integer(),
    v.minValue(1),
    v.description('How many numbers it gives.'),
    v.examples([32]),
  ),
  bias: v.optional(
    v.pipe(v.boolean(), v.description('Whether each output has a number b added to it.')),
    true,
  ),
  ...spectralEntries,
  ...initializerEntries,
});

export default defineLayer({
  type: 'dense',
  summary: 'Every output is a weighted sum of all inputs; PyTorch’s Linear.',
  formula: 'y = W x + b',
  schema,
  create: (config, input) => {
    if (movesChannels(input)) {
      throw new UserError(
        `dense: its input is an image of shape [${input.join(', ')}], but it takes a row of numbers; a flatten before it would do.`,
      );
    }
    return denseLayer(config, sizeOf(input));
  },
  reference: (config, input, { weight, bias }) =>
    Float64Array.from({ length: config.units }, (_, o) =>
      input.reduce((sum, x, i) => sum + x * weight![o * input.length + i]!, bias?.[o] ?? 0),
    ),
  specimens: [
    { config: { type: 'dense', units: 1 }, input: [1], batch: 1 },
    { config: { type: 'dense', units: 5 }, input: [3], batch: 7 },
    { config: { type: 'dense', units: 33, bias: false }, input: [1, 6, 3], batch: 13 },
    { config: { type: 'dense', units: 37 }, input: [41], batch: 131 },
  ],
});

/** Its inputs and outputs lie as an image's numbers do, where it is told of one. */
function denseLayer(config: v.InferOutput<typeof schema>, inputs: number, order: RowOrder = {}): Layer {
  const outputs = config.units;
  const row = (length: number): Layout => ({ channels: length, pixels: 1 });
  const { input: from = row(inputs), output: to = row(outputs) } = order;
  return {
    outputShape: () => [outputs],
    parameters: () => {
      const { weight, bias } = initializersOf(config, inputs, outputs);
      return [
        {
          name: 'weight',
          shape: [outputs, inputs],
          initializer: weight,
          view: [to.channels, to.pixels, from.channels, from.pixels],
          axes: [3, 2, 1, 0],
        },
        ...(config.bias
          ? [
              {
                name: 'bias',
                shape: [outputs],
                initializer: bias,
                view: [to.channels, to.pixels],
                axes: [1, 0],
              },
            ]
          : []),
      ];
    },
    spectralNorm: config.spectralNorm ? ['weight'] : [],
    lying: (asked) => denseLayer(config, inputs, { ...order, ...asked }),
    ...convolutionPasses(denseConvolution(inputs, outputs)),
  };
}
