// Pairs of a data source and an affine generator, from equal to far apart: for each of them p_data and p_G are known.

import { dataSources } from '../data';
import { type AffineMap, affineImage, type Gaussian, gaussianBox, gaussianDensity } from '../math/gaussian';
import { type Box, boxRule, type QuadratureRule } from '../math/quadrature';
import type { DataConfig } from '../training/config';

export interface Pair {
  readonly name: string;
  readonly data: DataConfig;
  /** G(z) = weight·z + bias on standard normal noise, so that p_G = N(bias, weight·weightᵀ). */
  readonly generator: AffineMap;
}

/** Both densities at the points of a quadrature rule that covers all but about 1e-6 of either. */
export interface PairDensities {
  readonly rule: QuadratureRule;
  readonly data: Float64Array;
  readonly generated: Float64Array;
}

const IDENTITY = [1, 0, 0, 1];
const line = (
  name: string,
  [mean, standardDeviation]: [number, number],
  [bias, weight]: [number, number],
): Pair => ({
  name,
  data: { source: 'gaussian', mean, standardDeviation },
  generator: { weight: [weight], bias: [bias] },
});
/** Real data in the plane: a ring of one mode is the normal N((radius, 0), σ²·I). */
const plane = (name: string, generator: AffineMap): Pair => ({
  name,
  data: { source: 'ring', modes: 1, radius: 0.5, standardDeviation: 1 },
  generator,
});

export const PAIRS: readonly Pair[] = [
  line('equal', [0, 1], [0, 1]),
  line('a little beside', [0, 1], [0.5, 1]),
  line('narrower', [0, 1], [0, 0.5]),
  line('wider and beside', [0, 1], [1, 1.5]),
  line('narrower and beside', [0, 1], [1.5, 0.6]),
  line('well apart', [0, 1], [3, 1]),
  line('far apart', [-2, 0.5], [3, 0.7]),
  plane('equal', { weight: IDENTITY, bias: [0.5, 0] }),
  plane('a little beside', { weight: IDENTITY, bias: [1.1, 0.3] }),
  plane('correlated', { weight: [1.2, 0, 0.6, 0.5], bias: [0.5, 0] }),
  plane('narrower and beside', { weight: [0.5, 0, 0, 0.5], bias: [1.3, -0.5] }),
  plane('correlated and beside', { weight: [0.8, 0.3, -0.2, 0.7], bias: [2.5, 1] }),
  plane('far apart', { weight: IDENTITY, bias: [4.5, -3] }),
];

/** Pairs at the goal of the game, p_G = p_data. */
export const EQUAL_PAIRS: readonly Pair[] = [
  line('equal, off the centre', [1, 0.7], [1, 0.7]),
  {
    name: 'equal, off the centre',
    data: { source: 'ring', modes: 1, radius: 1, standardDeviation: 0.6 },
    generator: { weight: [0.6, 0, 0, 0.6], bias: [1, 0] },
  },
];

export const dimensionsOf = (pair: Pair): number => pair.generator.bias.length;

/** p_data as the normal distribution that it is in every pair here. */
export function realGaussian({ data }: Pair): Gaussian {
  const variance = (data.standardDeviation as number) ** 2;
  return data.source === 'gaussian'
    ? { mean: [data.mean as number], covariance: [variance] }
    : { mean: [data.radius as number, 0], covariance: [variance, 0, 0, variance] };
}

/** p_data as the source itself states it. */
function dataDistribution(pair: Pair) {
  const { distribution } = dataSources.get(pair.data.source).create(pair.data);
  if (!distribution) throw new Error(`The density of "${pair.data.source}" is not known.`);
  return distribution;
}

/** A box around both distributions, five and six deviations out; `reach` 0.5 gives one of half that. */
export function pairBox(pair: Pair, reach = 1): Box {
  const { low, high } = dataDistribution(pair).bounds;
  const generated = gaussianBox(affineImage(pair.generator), 6 * reach);
  const inward = low.map((end, axis) => ((high[axis]! - end) * (1 - reach)) / 2);
  return {
    low: low.map((end, axis) => Math.min(end + inward[axis]!, generated.low[axis]!)),
    high: high.map((end, axis) => Math.max(end - inward[axis]!, generated.high[axis]!)),
  };
}

/** Panels a side and points a panel: fine enough that JS changes by less than 1e-6 when they are doubled. */
const RULES = { 1: [24, 16], 2: [10, 10] } as const;

export function pairDensities(pair: Pair, refine = 1): PairDensities {
  const [panels, order] = RULES[dimensionsOf(pair) as 1 | 2];
  const rule = boxRule(pairBox(pair), panels * refine, order);
  return { rule, ...densitiesAt(pair, rule.points) };
}

/** p_data and p_G at points [n, dimensions]. */
export function densitiesAt(
  pair: Pair,
  points: Float64Array,
): { data: Float64Array; generated: Float64Array } {
  const dimensions = dimensionsOf(pair);
  const distribution = dataDistribution(pair);
  const generated = gaussianDensity(affineImage(pair.generator));
  const at = (density: (x: ArrayLike<number>) => number) =>
    Float64Array.from({ length: points.length / dimensions }, (_, i) =>
      density(points.subarray(i * dimensions, (i + 1) * dimensions)),
    );
  return { data: at((x) => distribution.density(x)), generated: at(generated) };
}
