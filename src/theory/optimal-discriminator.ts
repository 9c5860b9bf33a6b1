// Experiment: G is held, so p_G is a known normal; D trained alone must become D*(x) = p_data(x) / (p_data(x) + p_G(x)),
// and V(D, G) must reach −2 log 2 + 2 JS(p_data ‖ p_G). At p_G = p_data that is D = ½ and V = −log 4.

import type { Device } from '../gpu/device';
import { gameValue, jensenShannon, mixtureOf, optimalDiscriminator, optimalValue } from '../math/divergence';
import { type Box, integrate } from '../math/quadrature';
import type { Trainer } from '../training/trainer';
import { type Check, closeTo, type Estimate, inside, meanOf } from './check';
import { densitiesAt, dimensionsOf, type Pair, type PairDensities, pairBox } from './pairs';
import { type DiscriminatorSettings, type SampleDeviation, trainAlone } from './train-alone';

export interface DiscriminatorResult {
  readonly pair: Pair;
  readonly dimensions: number;
  /** JS(p_data ‖ p_G) in nats and −2 log 2 + 2 JS, by quadrature of the known densities. */
  readonly js: number;
  readonly optimalValue: number;
  /** V of the trained D, by quadrature over the known densities. */
  readonly value: number;
  /** V as the trainer itself estimates it from its batches: the mean over the last quarter of the run. */
  readonly batchValue: Estimate;
  readonly sampleDeviation: SampleDeviation;
  /** ∫ |D − D*| (p_data + p_G)/2 dx. */
  readonly weightedError: number;
  /** max |D − D*| where `LARGEST_ERROR_MASS` of both distributions together lies. */
  readonly largestError: number;
  readonly checks: readonly Check[];
}

/** For pictures: a grid around both distributions, row by row from the lowest y up. */
export interface Profile {
  readonly box: Box;
  readonly columns: number;
  /** [n, dimensions] */
  readonly points: Float64Array;
  readonly discriminator: Float32Array;
  readonly optimum: Float64Array;
  readonly data: Float64Array;
  readonly generated: Float64Array;
}

/** Cells of a profile along each axis. */
const PROFILE_COLUMNS = { 1: 240, 2: 64 } as const;
/** Outside it D is hardly ever asked, and says what it likes. */
export const LARGEST_ERROR_MASS = 0.99;

export const TOLERANCES = {
  weightedError: 0.02,
  /** V of the trained D may lie this far below the formula, and above it only by what quadrature leaves over. */
  value: 0.01,
  quadrature: 1e-5,
  /** Of samples' moments, in standard errors: that p_data and p_G are what they are taken for. */
  sampleDeviation: 5,
  /** Of V by batches: this, and four standard errors. */
  batchValue: 0.01,
  /** At p_G = p_data, both estimates of V against −log 4. */
  equilibrium: 0.01,
} as const;

/**
 * Trains D alone against the pair's G and measures it.
 * @param pace Called after every submit with the share of the updates done.
 */
export const trainDiscriminator = (
  device: Device,
  pair: Pair,
  settings: DiscriminatorSettings,
  pace: (share: number) => void = () => {},
  startingLogit?: number,
): Promise<{ result: DiscriminatorResult; profile: Profile }> =>
  trainAlone(
    device,
    pair,
    settings,
    { loss: 'minimax', ...(startingLogit !== undefined && { startingLogit }) },
    pace,
    async (trainer, { densities, lastRows, sampleDeviation }) => {
      const scores = await trainer.score(Float32Array.from(densities.rule.points));
      const batchValues = lastRows.map(({ value }) => value);
      return {
        result: judge(pair, densities, { scores, batchValues, sampleDeviation }),
        profile: await profileOf(trainer, pair),
      };
    },
  );

async function profileOf(trainer: Trainer, pair: Pair): Promise<Profile> {
  const box = pairBox(pair, 0.7);
  const columns = PROFILE_COLUMNS[dimensionsOf(pair) as 1 | 2];
  const points = cellCentres(box, columns);
  const { data, generated } = densitiesAt(pair, points);
  return {
    box,
    columns,
    points,
    discriminator: await trainer.score(Float32Array.from(points)),
    optimum: optimalDiscriminator(data, generated),
    data,
    generated,
  };
}

/** The centres of `columns` cells, or of as many rows of them, that fill a box. */
function cellCentres({ low, high }: Box, columns: number): Float64Array {
  const dimensions = low.length;
  const place = (axis: number, cell: number) =>
    low[axis]! + ((cell + 0.5) / columns) * (high[axis]! - low[axis]!);
  return Float64Array.from({ length: dimensions * columns ** dimensions }, (_, k) => {
    const cell = Math.floor(k / dimensions);
    return k % dimensions === 0 ? place(0, cell % columns) : place(1, Math.floor(cell / columns));
  });
}

/** What was measured on the trainer. */
export interface Measured {
  /** D at the quadrature's points. */
  readonly scores: ArrayLike<number>;
  /** V's estimates of the last quarter of the run. */
  readonly batchValues: readonly number[];
  readonly sampleDeviation: SampleDeviation;
}

/** Holds what was measured against the mathematics. */
export function judge(
  pair: Pair,
  { rule, data, generated }: PairDensities,
  { scores, batchValues, sampleDeviation }: Measured,
): DiscriminatorResult {
  const best = optimalDiscriminator(data, generated);
  const errors = best.map((value, i) => Math.abs(scores[i]! - value));
  const mixture = mixtureOf(data, generated);
  const js = jensenShannon(rule, data, generated);
  const optimum = optimalValue(js);
  const value = gameValue(rule, scores, data, generated);
  const batchValue = meanOf(batchValues);
  const weightedError = integrate(
    rule,
    errors.map((error, i) => error * mixture[i]!),
  );
  const inCore = coreOf(mixture, rule.weights, LARGEST_ERROR_MASS);
  return {
    pair,
    dimensions: dimensionsOf(pair),
    js,
    optimalValue: optimum,
    value,
    batchValue,
    sampleDeviation,
    weightedError,
    largestError: errors.reduce((largest, error, i) => (inCore[i] ? Math.max(largest, error) : largest), 0),
    checks: [
      inside('density-weighted |D − D*|', weightedError, 0, TOLERANCES.weightedError),
      inside('V by quadrature', value, optimum - TOLERANCES.value, optimum + TOLERANCES.quadrature),
      closeTo('V by batches', batchValue.mean, optimum, TOLERANCES.batchValue + 4 * batchValue.standardError),
      ...sampleChecks(sampleDeviation),
    ],
  };
}

/** The checks of a pair at the goal of the game, where V must be −log 4 whatever way it is measured. */
export function equilibriumChecks(result: DiscriminatorResult): readonly Check[] {
  const target = -Math.log(4);
  return [
    inside('density-weighted |D − ½|', result.weightedError, 0, TOLERANCES.weightedError),
    closeTo('V by quadrature', result.value, target, TOLERANCES.equilibrium),
    closeTo('V by batches', result.batchValue.mean, target, TOLERANCES.equilibrium),
    ...sampleChecks(result.sampleDeviation),
  ];
}

export const sampleChecks = ({ real, generated }: SampleDeviation): readonly Check[] => [
  inside("real samples' moments, in standard errors", real, 0, TOLERANCES.sampleDeviation),
  inside("generated samples' moments, in standard errors", generated, 0, TOLERANCES.sampleDeviation),
];

/** Which points belong to the densest region that holds `mass` of a density. */
function coreOf(density: Float64Array, weights: Float64Array, mass: number): Uint8Array {
  const inCore = new Uint8Array(density.length);
  const densest = Array.from(density.keys()).sort((a, b) => density[b]! - density[a]!);
  let sum = 0;
  for (const i of densest) {
    if (sum >= mass) break;
    sum += density[i]! * weights[i]!;
    inCore[i] = 1;
  }
  return inCore;
}
