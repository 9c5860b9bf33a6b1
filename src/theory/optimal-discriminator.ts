// Experiment: G is held, so p_G is a known normal; D trained alone must become D*(x) = p_data(x) / (p_data(x) + p_G(x)),
// and V(D, G) must reach −2 log 2 + 2 JS(p_data ‖ p_G). At p_G = p_data that is D = ½ and V = −log 4.

import type { Device } from '../gpu/device';
import { gameValue, jensenShannon, mixtureOf, optimalDiscriminator, optimalValue } from '../math/divergence';
import { type Box, integrate } from '../math/quadrature';
import { parseConfig, type RunConfig } from '../training/config';
import type { Tensor } from '../training/tensor';
import { Trainer } from '../training/trainer';
import { type Check, closeTo, inside } from './check';
import { momentDeviation } from './moments';
import { densitiesAt, dimensionsOf, type Pair, type PairDensities, pairBox, pairDensities } from './pairs';

export interface DiscriminatorSettings {
  /** Updates of D, a multiple of UPDATES_PER_ITERATION. */
  readonly updates: number;
  readonly batchSize: number;
  readonly seed: number;
  /** Where D's last bias starts, so that D begins far from what it has to become. */
  readonly startingLogit?: number;
}

export interface DiscriminatorResult {
  readonly pair: Pair;
  readonly dimensions: number;
  /** JS(p_data ‖ p_G) in nats and −2 log 2 + 2 JS, by quadrature of the known densities. */
  readonly js: number;
  readonly optimalValue: number;
  /** V of the trained D, by quadrature over the known densities. */
  readonly value: number;
  /** V as the trainer itself estimates it from its batches: the mean over the last quarter of the run. */
  readonly batchValue: { readonly mean: number; readonly standardError: number };
  /** The worst mean or covariance of real and of generated samples, in standard errors from what p_data and p_G say. */
  readonly sampleDeviation: { readonly real: number; readonly generated: number };
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

/** Updates of D in an iteration of the trainer; its one update of G moves nothing, G's learning rate being 0. */
export const UPDATES_PER_ITERATION = 4;
/** Of `discriminatorConfig`. */
const LAST_BIAS = 'discriminator.4.bias';
/** Drawn to see that p_data and p_G are what they are taken for. */
const SAMPLES = 8192;
/** Cells of a profile along each axis. */
const PROFILE_COLUMNS = { 1: 240, 2: 64 } as const;
/** Iterations a submit: well under 100 ms of GPU time on a CPU. */
const ITERATIONS_A_SUBMIT = 8;
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

export function discriminatorConfig(pair: Pair, settings: DiscriminatorSettings): RunConfig {
  const dimensions = dimensionsOf(pair);
  return parseConfig({
    data: pair.data,
    noise: { type: 'normal', size: dimensions },
    generator: [{ type: 'dense', units: dimensions }],
    // Smooth as D*'s logit is: between normals it is a quadratic.
    discriminator: [
      { type: 'dense', units: 16 },
      { type: 'silu' },
      { type: 'dense', units: 16 },
      { type: 'silu' },
      { type: 'dense', units: 1 },
    ],
    loss: 'minimax',
    optimizer: {
      generator: { type: 'sgd', learningRate: 0 },
      discriminator: { type: 'adam', learningRate: 0.02, schedule: { type: 'cosine', end: 0.02 } },
    },
    batchSize: settings.batchSize,
    discriminatorSteps: UPDATES_PER_ITERATION,
    steps: settings.updates / UPDATES_PER_ITERATION,
    seed: settings.seed,
  });
}

/**
 * Trains D alone against the pair's G and measures it.
 * @param pace Called after every submit with the share of the updates done.
 */
export async function trainDiscriminator(
  device: Device,
  pair: Pair,
  settings: DiscriminatorSettings,
  pace: (share: number) => void = () => {},
): Promise<{ result: DiscriminatorResult; profile: Profile }> {
  const config = discriminatorConfig(pair, settings);
  const trainer = await Trainer.create(device, config);
  try {
    trainer.writeTensors(generatorTensors(pair));
    if (settings.startingLogit !== undefined) {
      const bias = { shape: [1], data: Float32Array.of(settings.startingLogit) };
      trainer.writeTensors(new Map([[LAST_BIAS, bias]]));
    }
    const values: number[] = [];
    while (trainer.step < config.steps) {
      trainer.advance(Math.min(ITERATIONS_A_SUBMIT, config.steps - trainer.step));
      values.push(...(await trainer.readMetrics()).map((row) => row.value));
      pace(trainer.step / config.steps);
    }
    const densities = pairDensities(pair);
    const scores = await trainer.score(Float32Array.from(densities.rule.points));
    // After training, so that it also shows that G was held.
    const sampleDeviation = {
      real: momentDeviation(await trainer.real(SAMPLES, settings.seed), densities.rule, densities.data),
      generated: momentDeviation(
        await trainer.sample(SAMPLES, settings.seed),
        densities.rule,
        densities.generated,
      ),
    };
    const lastValues = values.slice(-Math.ceil(values.length / 4));
    const result = judge(pair, densities, { scores, batchValues: lastValues, sampleDeviation });
    return { result, profile: await profileOf(trainer, pair) };
  } finally {
    trainer.destroy();
  }
}

function generatorTensors({ generator: { weight, bias } }: Pair): Map<string, Tensor> {
  const size = bias.length;
  return new Map([
    ['generator.0.weight', { shape: [size, size], data: Float32Array.from(weight) }],
    ['generator.0.bias', { shape: [size], data: Float32Array.from(bias) }],
  ]);
}

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
  readonly sampleDeviation: DiscriminatorResult['sampleDeviation'];
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

const sampleChecks = ({ real, generated }: DiscriminatorResult['sampleDeviation']) => [
  inside("real samples' moments, in standard errors", real, 0, TOLERANCES.sampleDeviation),
  inside("generated samples' moments, in standard errors", generated, 0, TOLERANCES.sampleDeviation),
];

/** Batches are independent of each other and D moves little at the end, so their spread gives the mean's error. */
function meanOf(values: readonly number[]): { mean: number; standardError: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / (values.length * (values.length - 1))) };
}

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
