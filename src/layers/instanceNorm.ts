// instanceNorm (Ulyanov et al. 2016): every channel of every image brought to mean 0 and variance 1 over its pixels.
// PyTorch's InstanceNorm2d, without running statistics.

import * as v from 'valibot';
import { UserError } from '../math/errors';
import { columnSums } from './columnSums';
import { imageShape } from './image';
import { defineLayer, type ForwardSlots, type ParameterSpec } from './layer';
import {
  findGradSums,
  findStatistics,
  type Normalization,
  normalized,
  normalizedBack,
  normalizedCurvature,
  normalizedTangent,
  statisticsLength,
} from './normalization';
import { normalizeInFloat64, positiveEpsilon } from './normalizationReference';

const schema = v.strictObject({
  type: v.literal('instanceNorm'),
  epsilon: positiveEpsilon,
  affine: v.optional(
    v.pipe(v.boolean(), v.description('Whether channels have a weight γ and a bias β behind it.')),
    false,
  ),
});

export default defineLayer({
  type: 'instanceNorm',
  summary:
    'Brings every channel of every image to mean 0 and variance 1 over its pixels (Ulyanov et al. 2016).',
  formula: '(x − μ)/√(σ² + ε),  μ and σ² over a channel’s pixels',
  schema,
  create: ({ epsilon, affine }, shape) => {
    const [channels, height, width] = imageShape('instanceNorm', shape);
    const pixels = height * width;
    if (pixels === 1) {
      throw new UserError(
        'instanceNorm: its input has a single pixel a channel, whose variance is 0; larger images would do.',
      );
    }
    const of = (batch: number): Normalization => ({
      groups: batch,
      rows: pixels,
      columns: channels,
      affine: affine ? 'columns' : undefined,
      epsilon,
    });
    const constant = (value: number) => ({ type: 'constant', value }) as const;
    const parameters: ParameterSpec[] = affine
      ? [
          { name: 'weight', shape: [channels], initializer: constant(1) },
          { name: 'bias', shape: [channels], initializer: constant(0) },
        ]
      : [];
    const sums = (batch: number, name: string) => ({
      name: `instanceNorm ${name}`,
      length: batch * channels,
    });
    const statisticsOf = ({ batch, saved }: ForwardSlots) =>
      saved.statistics ?? { name: 'instance statistics', length: statisticsLength(of(batch)) };
    return {
      outputShape: () => shape,
      parameters: () => parameters,
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
        const gradients = {
          input,
          statistics: saved.statistics!,
          weight: parameters.weight,
          outputGrad,
          gradSum: sums(batch, 'Σ g'),
          productSum: sums(batch, 'Σ g·x̂'),
          weightFirst: true,
        };
        const { gradSum, productSum } = gradients;
        return [
          ...findGradSums(of(batch), gradients),
          ...(parameterGrads?.weight
            ? [
                ...columnSums(productSum, batch, channels, parameterGrads.weight),
                ...columnSums(gradSum, batch, channels, parameterGrads.bias!),
              ]
            : []),
          ...(inputGrad ? [normalizedBack(of(batch), { ...gradients, inputGrad, through })] : []),
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
        normalizedCurvature(of(slots.batch), slots, { weightRows: slots.batch * pixels, weights: channels }),
    };
  },
  reference: ({ epsilon }, input, { weight, bias }, { shape }) => {
    const channels = shape[0]!;
    const channelOf = (i: number) => Math.floor((i * channels) / input.length);
    return normalizeInFloat64(input, {
      groups: channels,
      groupOf: channelOf,
      epsilon,
      weight: (i) => weight?.[channelOf(i)] ?? 1,
      bias: (i) => bias?.[channelOf(i)] ?? 0,
    }).output;
  },
  specimens: [
    { config: { type: 'instanceNorm' }, input: [3, 5, 7], batch: 3 },
    { config: { type: 'instanceNorm', affine: true }, input: [12, 9, 11], batch: 5 },
    { config: { type: 'instanceNorm', affine: true, epsilon: 0.1 }, input: [1, 3, 3], batch: 2 },
  ],
});
