// What batch norms share: statistics of the batch or running ones, the passes, and the same in float64. A layer adds to it
// whose weight and bias there are.

import * as v from 'valibot';
import { UserError } from '../math/errors';
import { columnSums } from './columnSums';
import {
  type BackwardSlots,
  type ForwardSlots,
  type Layer,
  type ReferencePass,
  type Shape,
  sizeOf,
  type TangentSlots,
} from './layer';
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

/** Schema entries. */
export const batchNormEntries = {
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
};

/** What of a pass's slots decides over which numbers means are taken. */
type Batches = Pick<ForwardSlots, 'batch' | 'groups' | 'mode'>;

interface BatchNormConfig {
  readonly type: string;
  readonly epsilon: number;
  readonly momentum: number;
}

/** An image's numbers are normalised by channel, a row's each by itself. */
export const featuresOf = (shape: Shape): number => (shape.length === 3 ? shape[0]! : sizeOf(shape));

/**
 * A layer but for its parameters, and what it is made of. With `affine` columns the passes expect `weight` and `bias`, [features],
 * without it none.
 */
export function batchNormalization(
  { type, epsilon, momentum }: BatchNormConfig,
  shape: Shape,
  affine: Normalization['affine'],
) {
  const features = featuresOf(shape);
  const of = ({ batch, groups = 1, mode }: Batches): Normalization => {
    const rows = (batch * sizeOf(shape)) / features;
    // Running statistics are the same for all.
    const own = mode === 'train' ? groups : 1;
    return { groups: own, rows: rows / own, columns: features, affine, epsilon };
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
    return { statistics, list: [takeStatistics(of(slots), running(slots), statistics)] };
  };
  const sum = (name: string, slots: Batches) => ({
    name: `batchNorm ${name}`,
    length: of(slots).groups * features,
  });
  const layer = {
    outputShape: () => shape,
    buffers: () => [
      { name: 'running_mean', shape: [features], initializer: constant(0) },
      { name: 'running_var', shape: [features], initializer: constant(1) },
    ],
    saved: (_: Shape, batch: number, groups: number) => ({
      statistics: statisticsLength(of({ batch, groups, mode: 'train' })),
    }),
    mixesBatch: true,
    forward: (slots: ForwardSlots) => {
      const { input, output, parameters, mode, into } = slots;
      const { weight, bias } = parameters;
      const { statistics, list } = statisticsOf(slots);
      if (mode === 'train' && of(slots).rows < 2) {
        throw new UserError(
          `${type}: one sample of shape [${shape.join(', ')}] has no variance; a batchSize of 2 or more would do.`,
        );
      }
      return [
        ...(mode === 'train'
          ? findStatistics(of(slots), input, statistics, { ...running(slots), momentum })
          : list),
        normalized(of(slots), { input, statistics, weight, bias, output, into }),
      ];
    },
    backward: (slots: BackwardSlots) => {
      const { input, parameters, outputGrad, inputGrad, parameterGrads, mode, through } = slots;
      const { statistics, list } = statisticsOf(slots);
      const { groups } = of(slots);
      // The sums over the rows of all groups are the gradients of bias and weight; with one group, no more has to be added up.
      const found = groups === 1 ? parameterGrads : undefined;
      const gradients = {
        input,
        statistics,
        weight: parameters.weight,
        outputGrad,
        gradSum: found?.bias ?? sum('Σ g', slots),
        productSum: found?.weight ?? sum('Σ g·x̂', slots),
        weightFirst: true,
      };
      const constant = mode === 'evaluate';
      return [
        ...list,
        ...findGradSums(of(slots), gradients),
        ...(groups > 1 && parameterGrads?.weight
          ? [
              ...columnSums(gradients.gradSum, groups, features, parameterGrads.bias!),
              ...columnSums(gradients.productSum, groups, features, parameterGrads.weight),
            ]
          : []),
        ...(inputGrad ? [normalizedBack(of(slots), { ...gradients, inputGrad, constant, through })] : []),
      ];
    },
    tangent: (slots: TangentSlots) => {
      const { input, parameters, inputTangent, outputTangent, mode, through } = slots;
      const { statistics, list } = statisticsOf(slots);
      const { weight } = parameters;
      const constant = mode === 'evaluate';
      const tangents = { input, statistics, weight, inputTangent, outputTangent, constant, through };
      return [...list, ...normalizedTangent(of(slots), tangents)];
    },
  } satisfies Omit<Layer, 'parameters'>;
  return { layer, features, of, statisticsOf };
}

/**
 * A whole batch in float64, and the running statistics afterwards. `affineOf` says where the weight and the bias of a sample
 * and feature stand.
 */
export function batchNormInFloat64(
  { epsilon, momentum }: Omit<BatchNormConfig, 'type'>,
  input: Float64Array,
  { weight, bias }: Readonly<Record<string, Float64Array>>,
  { shape, mode, buffers, batch }: ReferencePass,
  affineOf: (row: number, feature: number) => number = (_, feature) => feature,
): { readonly output: Float64Array; readonly buffers?: Readonly<Record<string, Float64Array>> } {
  const features = featuresOf(shape);
  const pixels = sizeOf(shape) / features;
  const featureOf = (i: number) => Math.floor(i / pixels) % features;
  const placeOf = (i: number) => affineOf(Math.floor(i / (pixels * features)), featureOf(i));
  const { output, means, variances } = normalizeInFloat64(input, {
    groups: features,
    groupOf: featureOf,
    epsilon,
    ...(mode === 'evaluate' && { means: buffers.running_mean!, variances: buffers.running_var! }),
    weight: (i) => weight![placeOf(i)]!,
    bias: (i) => bias![placeOf(i)]!,
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
}
