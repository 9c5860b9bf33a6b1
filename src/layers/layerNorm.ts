// layerNorm (Ba, Kiros & Hinton 2016): all numbers of a sample brought to mean 0 and variance 1, then a weight and a bias of
// each. PyTorch's LayerNorm with the sample's shape as its normalized_shape.

import * as v from 'valibot';
import { UserError } from '../math/errors';
import { columnSums } from './columnSums';
import { defineLayer, type ForwardSlots, sizeOf } from './layer';
import {
  findGradSums,
  findStatistics,
  type Normalization,
  normalized,
  normalizedBack,
  normalizedCurvature,
  normalizedTangent,
  statisticsLength,
  weightGradWork,
} from './normalization';
import { normalizeInFloat64, positiveEpsilon } from './normalizationReference';

const schema = v.strictObject({ type: v.literal('layerNorm'), epsilon: positiveEpsilon });

export default defineLayer({
  type: 'layerNorm',
  summary: 'Brings all numbers of a sample together to mean 0 and variance 1 (Ba et al. 2016).',
  formula: 'γ · (x − μ)/√(σ² + ε) + β,  μ and σ² over the sample',
  schema,
  create: ({ epsilon }, shape) => {
    const size = sizeOf(shape);
    if (size === 1) {
      throw new UserError(
        'layerNorm: its input has one number a sample, whose variance is 0; a wider layer would do.',
      );
    }
    const of = (batch: number): Normalization => ({
      groups: batch,
      rows: size,
      columns: 1,
      affine: 'rows',
      epsilon,
    });
    const axes = shape.length === 3 ? { axes: [1, 2, 0] } : {};
    const sums = (batch: number, name: string) => ({ name: `layerNorm ${name}`, length: batch });
    const statisticsOf = ({ batch, saved }: ForwardSlots) =>
      saved.statistics ?? { name: 'layer statistics', length: statisticsLength(of(batch)) };
    return {
      outputShape: () => shape,
      parameters: () => [
        { name: 'weight', shape, initializer: { type: 'constant', value: 1 }, ...axes },
        { name: 'bias', shape, initializer: { type: 'constant', value: 0 }, ...axes },
      ],
      saved: (_, batch) => ({ statistics: statisticsLength(of(batch)) }),
      takesEndings: true,
      forward: (slots) => {
        const { batch, input, output, parameters, into } = slots;
        const { weight, bias } = parameters;
        const statistics = statisticsOf(slots);
        return [
          ...findStatistics(of(batch), input, statistics),
          normalized(of(batch), { input, statistics, weight, bias, output, into }),
        ];
      },
      backward: ({ batch, input, parameters, saved, outputGrad, inputGrad, parameterGrads, through }) => {
        const statistics = saved.statistics!;
        const gradients = {
          input,
          statistics,
          weight: parameters.weight,
          outputGrad,
          gradSum: sums(batch, 'Σ g'),
          productSum: sums(batch, 'Σ g·x̂'),
          weightFirst: true,
        };
        const terms = { name: 'layerNorm weight gradient terms', length: input.length };
        return [
          ...(parameterGrads
            ? [
                weightGradWork(of(batch), { input, statistics, outputGrad, output: terms }),
                ...columnSums(terms, batch, size, parameterGrads.weight!),
                ...columnSums(outputGrad, batch, size, parameterGrads.bias!),
              ]
            : []),
          ...(inputGrad
            ? [
                ...findGradSums(of(batch), gradients),
                normalizedBack(of(batch), { ...gradients, inputGrad, through }),
              ]
            : []),
        ];
      },
      tangent: ({ batch, input, parameters, saved, inputTangent, outputTangent, through }) => {
        const { weight } = parameters;
        const tangents = {
          input,
          statistics: saved.statistics!,
          weight,
          inputTangent,
          outputTangent,
          through,
        };
        return normalizedTangent(of(batch), tangents);
      },
      curvature: (slots) =>
        normalizedCurvature(of(slots.batch), slots, { weightRows: slots.batch, weights: size }),
    };
  },
  reference: ({ epsilon }, input, { weight, bias }) =>
    normalizeInFloat64(input, {
      groups: 1,
      groupOf: () => 0,
      epsilon,
      weight: (i) => weight![i]!,
      bias: (i) => bias![i]!,
    }).output,
  specimens: [
    { config: { type: 'layerNorm' }, input: [5], batch: 7 },
    { config: { type: 'layerNorm' }, input: [37], batch: 131 },
    { config: { type: 'layerNorm', epsilon: 0.1 }, input: [3, 5, 7], batch: 3 },
  ],
});
