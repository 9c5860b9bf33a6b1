// batchNorm (Ioffe & Szegedy 2015): every feature, or every channel of an image, brought to mean 0 and variance 1 over the
// batch. PyTorch's BatchNorm1d and BatchNorm2d. In mode `evaluate` the statistics are running ones and the layer is linear.

import * as v from 'valibot';
import { UserError } from '../math/errors';
import { defineLayer, type ForwardSlots, type Shape, sizeOf } from './layer';
import {
  findGradSums,
  findStatistics,
  type Normalization,
  normalized,
  normalizedBack,
  normalizedTangent,
  statisticsLength,
  takeStatistics,
} from './normalization';
import { normalizeInFloat64, positiveEpsilon } from './normalizationReference';

const schema = v.strictObject({
  type: v.literal('batchNorm'),
  epsilon: positiveEpsilon,
  momentum: v.optional(
    v.pipe(
      v.number(),
      v.minValue(0),
      v.maxValue(1),
      v.description('Share of a batch’s statistics in the running ones, which samples are drawn with.'),
    ),
    0.1,
  ),
});

/** An image's numbers are normalised by channel, a row's each by itself. */
const featuresOf = (shape: Shape): number => (shape.length === 3 ? shape[0]! : sizeOf(shape));

export default defineLayer({
  type: 'batchNorm',
  summary:
    'Brings every feature to mean 0 and variance 1 over the batch; not for a D under penalties (Ioffe & Szegedy 2015).',
  formula: 'γ · (x − μ)/√(σ² + ε) + β,  μ and σ² over the batch',
  schema,
  create: ({ epsilon, momentum }, shape) => {
    const features = featuresOf(shape);
    const of = (batch: number): Normalization => {
      const rows = (batch * sizeOf(shape)) / features;
      return { groups: 1, rows, columns: features, affine: 'columns', epsilon };
    };
    const constant = (value: number) => ({ type: 'constant', value }) as const;
    const running = ({ buffers }: ForwardSlots) => ({
      mean: buffers.running_mean!,
      variance: buffers.running_var!,
    });
    /** Where the statistics lie that the pass normalises with, and, on the way back, the work that puts them there. */
    const statisticsOf = (slots: ForwardSlots) => {
      if (slots.mode === 'train') return { statistics: slots.saved.statistics!, list: [] };
      const statistics = { name: 'running statistics', length: 2 * features };
      return { statistics, list: [takeStatistics(of(slots.batch), running(slots), statistics)] };
    };
    const sum = (name: string) => ({ name: `batchNorm ${name}`, length: features });
    return {
      outputShape: () => shape,
      parameters: () => [
        { name: 'weight', shape: [features], initializer: constant(1) },
        { name: 'bias', shape: [features], initializer: constant(0) },
      ],
      buffers: () => [
        { name: 'running_mean', shape: [features], initializer: constant(0) },
        { name: 'running_var', shape: [features], initializer: constant(1) },
      ],
      saved: (_, batch) => ({ statistics: statisticsLength(of(batch)) }),
      mixesBatch: true,
      takesEndings: true,
      forward: (slots) => {
        const { batch, input, output, parameters, mode, into } = slots;
        const { weight, bias } = parameters;
        const { statistics, list } = statisticsOf(slots);
        if (mode === 'train' && of(batch).rows < 2) {
          throw new UserError(
            `batchNorm: one sample of shape [${shape.join(', ')}] has no variance; a batchSize of 2 or more would do.`,
          );
        }
        return [
          ...(mode === 'train'
            ? findStatistics(of(batch), input, statistics, { ...running(slots), momentum })
            : list),
          normalized(of(batch), { input, statistics, weight, bias, output, into }),
        ];
      },
      backward: (slots) => {
        const { batch, input, parameters, outputGrad, inputGrad, parameterGrads, mode, through } = slots;
        const { statistics, list } = statisticsOf(slots);
        const gradients = {
          input,
          statistics,
          weight: parameters.weight,
          outputGrad,
          // With one group, the sums over the rows are the gradients of bias and weight.
          gradSum: parameterGrads?.bias ?? sum('Σ g'),
          productSum: parameterGrads?.weight ?? sum('Σ g·x̂'),
          weightFirst: true,
        };
        const constant = mode === 'evaluate';
        return [
          ...list,
          ...findGradSums(of(batch), gradients),
          ...(inputGrad ? [normalizedBack(of(batch), { ...gradients, inputGrad, constant, through })] : []),
        ];
      },
      tangent: (slots) => {
        const { batch, input, parameters, inputTangent, outputTangent, mode, through } = slots;
        const { statistics, list } = statisticsOf(slots);
        const { weight } = parameters;
        const constant = mode === 'evaluate';
        const tangents = { input, statistics, weight, inputTangent, outputTangent, constant, through };
        return [...list, ...normalizedTangent(of(batch), tangents)];
      },
    };
  },
  batchReference: ({ epsilon, momentum }, input, { weight, bias }, { shape, mode, buffers, batch }) => {
    const features = featuresOf(shape);
    const pixels = sizeOf(shape) / features;
    const featureOf = (i: number) => Math.floor(i / pixels) % features;
    const { output, means, variances } = normalizeInFloat64(input, {
      groups: features,
      groupOf: featureOf,
      epsilon,
      ...(mode === 'evaluate' && { means: buffers.running_mean!, variances: buffers.running_var! }),
      weight: (i) => weight![featureOf(i)]!,
      bias: (i) => bias![featureOf(i)]!,
    });
    if (mode === 'evaluate') return { output };
    const rows = batch * pixels;
    const next = (old: Float64Array, now: Float64Array, factor: number) =>
      old.map((x, c) => (1 - momentum) * x + momentum * factor * now[c]!);
    return {
      output,
      buffers: {
        running_mean: next(buffers.running_mean!, means, 1),
        running_var: next(buffers.running_var!, variances, rows / (rows - 1)),
      },
    };
  },
  specimens: [
    { config: { type: 'batchNorm' }, input: [5], batch: 7 },
    { config: { type: 'batchNorm', epsilon: 0.1, momentum: 0.3 }, input: [12], batch: 131 },
    { config: { type: 'batchNorm' }, input: [3, 5, 7], batch: 3 },
    { config: { type: 'batchNorm' }, input: [8, 7, 3], batch: 13 },
    { config: { type: 'batchNorm' }, input: [1, 3, 3], batch: 2 },
  ],
});
