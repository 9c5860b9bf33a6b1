// Experiment: a Wasserstein critic with a gradient penalty, trained alone between two known normals, must come to the critic that is
// best under that penalty, and with a growing λ to their distance.

import type { Device } from '../gpu/device';
import { affineImage } from '../math/gaussian';
import { integrate } from '../math/quadrature';
import { penalizedCritic } from '../math/transport';
import { type Check, closeTo, type Estimate, inside, meanOf } from './check';
import { sampleChecks } from './optimal-discriminator';
import { PAIRS, type Pair, type PairDensities, realGaussian } from './pairs';
import { type DiscriminatorSettings, type SampleDeviation, trainAlone } from './train-alone';

export interface DistanceSetting {
  readonly pair: Pair;
  readonly lambda: number;
}

const setting = (name: string, lambda: number): DistanceSetting => ({
  pair: PAIRS.find((pair) => pair.name === name)!,
  lambda,
});

export const DISTANCE_SETTINGS: readonly DistanceSetting[] = [
  setting('well apart', 1),
  setting('well apart', 10),
  setting('well apart', 100),
  setting('a little beside', 10),
  setting('narrower and beside', 10),
];

export const DISTANCE_TOLERANCES = {
  /** Of the difference of means, as a share of the closed form. */
  difference: 0.03,
  /** Of f, as a share of W₁. */
  critic: 0.1,
} as const;

export interface DistanceResult extends DistanceSetting {
  /** W₁(p_data, p_G). */
  readonly distance: number;
  /** E_data f − E_G f of the best critic under the penalty, and of the trained one: by quadrature, and by the trainer's batches. */
  readonly expected: number;
  readonly difference: number;
  readonly batchDifference: Estimate;
  /** ∫ |f − f*| (p_data + p_G)/2, with f's constant such that the mean of f − f* is 0. */
  readonly criticError: number;
  readonly checks: readonly Check[];
}

export interface DistanceMeasured {
  readonly logits: ArrayLike<number>;
  readonly batchLosses: readonly number[];
  readonly sampleDeviation: SampleDeviation;
}

export const trainCritic = (
  device: Device,
  setting: DistanceSetting,
  settings: DiscriminatorSettings,
  pace: (share: number) => void = () => {},
): Promise<DistanceResult> => {
  const { pair, lambda } = setting;
  const [real, generated] = [realGaussian(pair).mean[0]!, pair.generator.bias[0]!];
  const aim = {
    loss: 'wasserstein',
    regularizers: [{ type: 'gradientPenalty', lambda }],
    // On the line the penalty has two valleys, f′ = 1 and f′ = −1, and no gradient leads from one to the other.
    startingSlope: real > generated ? 1 : -1,
  } as const;
  return trainAlone(
    device,
    pair,
    settings,
    aim,
    pace,
    async (trainer, { densities, lastRows, sampleDeviation }) =>
      judgeCritic(setting, densities, {
        logits: await trainer.logits(Float32Array.from(densities.rule.points)),
        batchLosses: lastRows.map(({ discriminatorLoss }) => discriminatorLoss),
        sampleDeviation,
      }),
  );
};

/** Holds what was measured against the mathematics. */
export function judgeCritic(
  { pair, lambda }: DistanceSetting,
  { rule, data, generated }: PairDensities,
  { logits, batchLosses, sampleDeviation }: DistanceMeasured,
): DistanceResult {
  const best = penalizedCritic(rule, realGaussian(pair), affineImage(pair.generator), lambda);
  const difference = integrate(
    rule,
    data.map((p, i) => (p - generated[i]!) * logits[i]!),
  );
  const { mean, standardError } = meanOf(batchLosses.map((loss) => -loss));
  const mixture = data.map((p, i) => (p + generated[i]!) / 2);
  const offset = integrate(
    rule,
    mixture.map((m, i) => m * (logits[i]! - best.critic[i]!)),
  );
  const criticError = integrate(
    rule,
    mixture.map((m, i) => m * Math.abs(logits[i]! - best.critic[i]! - offset)),
  );
  const { difference: share, critic } = DISTANCE_TOLERANCES;
  const off = share * best.difference;
  return {
    pair,
    lambda,
    distance: best.distance,
    expected: best.difference,
    difference,
    batchDifference: { mean, standardError },
    criticError,
    checks: [
      closeTo('difference of means by quadrature', difference, best.difference, off),
      closeTo('difference of means by batches', mean, best.difference, off + 4 * standardError),
      inside('distance from the best critic', criticError, 0, critic * best.distance),
      ...sampleChecks(sampleDeviation),
    ],
  };
}
