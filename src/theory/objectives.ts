// Experiment: D trained alone on each loss must come to what is best for that loss, and its loss to the least there is.

import type { Device } from '../gpu/device';
import { losses } from '../losses';
import { gameValue, optimalDiscriminator, totalVariation } from '../math/divergence';
import { integrate } from '../math/quadrature';
import { sigmoid } from '../math/smooth';
import { type Check, closeTo, type Estimate, inside, meanOf } from './check';
import { sampleChecks } from './optimal-discriminator';
import { PAIRS, type Pair, type PairDensities } from './pairs';
import { type Aim, type DiscriminatorSettings, type SampleDeviation, trainAlone } from './train-alone';

/** A loss in closed form. Logits are D's at the points of the densities' rule, which is of one dimension. */
export interface Objective {
  readonly aim: Aim;
  /** What D should come to, and the least that its loss can be; m is (p + q)/2, p being p_data and q p_G. */
  readonly best: string;
  readonly lowest: string;
  lowestLoss(densities: PairDensities): number;
  /** How far D is from the best, as a mean. */
  distance(densities: PairDensities, logits: ArrayLike<number>): number;
}

/** ∫∫ p(x) q(y) f(x's place, y's place). */
function overPairs({ rule, data, generated }: PairDensities, f: (i: number, j: number) => number): number {
  let sum = 0;
  for (let i = 0; i < data.length; i++) {
    let inner = 0;
    for (let j = 0; j < data.length; j++) inner += rule.weights[j]! * generated[j]! * f(i, j);
    sum += rule.weights[i]! * data[i]! * inner;
  }
  return sum;
}

const along = ({ rule }: PairDensities, f: (i: number) => number): number =>
  integrate(
    rule,
    rule.weights.map((_, i) => f(i)),
  );

/** ∫ |D − target · p/(p + q)| m, of what D makes of a logit. */
const fromShare =
  (read: (logit: number) => number, target = 1): Objective['distance'] =>
  (densities, logits) => {
    const { data, generated } = densities;
    const share = optimalDiscriminator(data, generated);
    return along(
      densities,
      (i) => (Math.abs(read(logits[i]!) - target * share[i]!) * (data[i]! + generated[i]!)) / 2,
    );
  };

/** Cross entropy with a target of 1 − s for real samples. */
function crossEntropy(loss: string, labelSmoothing: number): Objective {
  const target = 1 - labelSmoothing;
  const part = (mass: number, of: number) => (mass === 0 ? 0 : -mass * Math.log(mass / of));
  return {
    aim: { loss, labelSmoothing },
    best: labelSmoothing === 0 ? 'σ(r) = p/(p + q)' : `σ(r) = ${target} p/(p + q)`,
    lowest: labelSmoothing === 0 ? '2 log 2 − 2 JS' : '2 E_m[H(σ(r))]',
    lowestLoss: (densities) =>
      along(densities, (i) => {
        const [p, q] = [densities.data[i]!, densities.generated[i]!];
        return part(target * p, p + q) + part(labelSmoothing * p + q, p + q);
      }),
    distance: fromShare(sigmoid, target),
  };
}

const leastSquares: Objective = {
  aim: { loss: 'leastSquares' },
  best: 'r = (1·p + 0·q)/(p + q)',
  lowest: '½ ∫ pq/(p + q)',
  lowestLoss: (densities) =>
    along(densities, (i) => {
      const [p, q] = [densities.data[i]!, densities.generated[i]!];
      return p + q === 0 ? 0 : (p * q) / (p + q) / 2;
    }),
  distance: fromShare((logit) => logit),
};

const hinge: Objective = {
  // A step is no smooth function: D's kinks are what it is made of.
  aim: { loss: 'hinge', activation: 'leakyRelu' },
  best: 'r = sign(p − q)',
  lowest: '2 (1 − TV)',
  lowestLoss: ({ rule, data, generated }) => 2 * (1 - totalVariation(rule, data, generated)),
  // By |p − q|/2, for where both are alike everything between −1 and 1 is as good.
  distance: (densities, logits) =>
    along(densities, (i) => {
      const gap = densities.data[i]! - densities.generated[i]!;
      const clipped = Math.max(-1, Math.min(1, logits[i]!));
      return (Math.abs(clipped - Math.sign(gap)) * Math.abs(gap)) / 2;
    }),
};

/** Of x and y, one real and one generated, x is the real one with probability p(x)q(y)/(p(x)q(y) + p(y)q(x)). */
const relativistic: Objective = {
  aim: { loss: 'relativistic' },
  best: 'r = log p/q + constant',
  lowest: 'log 2 − JS(p⊗q ‖ q⊗p)',
  lowestLoss: (densities) => {
    const { data: p, generated: q } = densities;
    return overPairs(densities, (i, j) => {
      const right = p[i]! * q[j]!;
      return right === 0 ? 0 : Math.log1p((p[j]! * q[i]!) / right);
    });
  },
  distance: (densities, logits) => {
    const { data: p, generated: q } = densities;
    return overPairs(densities, (i, j) => {
      const right = p[i]! * q[j]!;
      const best = right === 0 ? 0 : right / (right + p[j]! * q[i]!);
      return Math.abs(sigmoid(logits[i]! - logits[j]!) - best);
    });
  },
};

export const OBJECTIVES: readonly Objective[] = [
  crossEntropy('nonSaturating', 0),
  crossEntropy('nonSaturating', 0.1),
  leastSquares,
  hinge,
  relativistic,
];

/** On the line: how far apart the two are, and how much narrower one is. */
export const OBJECTIVE_PAIRS: readonly Pair[] = ['a little beside', 'narrower and beside', 'well apart'].map(
  (name) => PAIRS.find((pair) => pair.name === name)!,
);

export const OBJECTIVE_TOLERANCES = {
  distance: 0.02,
  /** D's loss may lie this far above the least there is, and below it only by what quadrature leaves over. */
  loss: 0.02,
  quadrature: 1e-5,
  /** Of D's loss, and of V, by batches: this, and four standard errors. */
  batches: 0.01,
} as const;

/** What was measured on the trainer. */
export interface ObjectiveMeasured {
  readonly logits: ArrayLike<number>;
  readonly batchLosses: readonly number[];
  readonly batchValues: readonly number[];
  readonly sampleDeviation: SampleDeviation;
}

export interface ObjectiveResult {
  readonly objective: Objective;
  readonly pair: Pair;
  /** The least that D's loss can be, and what it is, by quadrature and as the trainer says of its batches. */
  readonly lowestLoss: number;
  readonly loss: number;
  readonly batchLoss: Estimate;
  readonly distance: number;
  /** V of this D, by quadrature and by batches: V is V whatever the loss. */
  readonly value: number;
  readonly batchValue: Estimate;
  readonly checks: readonly Check[];
}

export const trainObjective = (
  device: Device,
  objective: Objective,
  pair: Pair,
  settings: DiscriminatorSettings,
  pace: (share: number) => void = () => {},
): Promise<ObjectiveResult> =>
  trainAlone(
    device,
    pair,
    settings,
    objective.aim,
    pace,
    async (trainer, { densities, lastRows, sampleDeviation }) =>
      judgeObjective(objective, pair, densities, {
        logits: await trainer.logits(Float32Array.from(densities.rule.points)),
        batchLosses: lastRows.map(({ discriminatorLoss }) => discriminatorLoss),
        batchValues: lastRows.map(({ value }) => value),
        sampleDeviation,
      }),
  );

/** Holds what was measured against the mathematics. */
export function judgeObjective(
  objective: Objective,
  pair: Pair,
  densities: PairDensities,
  { logits, batchLosses, batchValues, sampleDeviation }: ObjectiveMeasured,
): ObjectiveResult {
  const { rule, data, generated } = densities;
  const { loss: name, labelSmoothing = 0 } = objective.aim;
  const { discriminator: term } = losses.get(name).reference;
  const loss =
    overPairs(densities, (i, j) => term(logits[i]!, logits[j]!)) +
    labelSmoothing * along(densities, (i) => data[i]! * logits[i]!);
  const lowestLoss = objective.lowestLoss(densities);
  const batchLoss = meanOf(batchLosses);
  const distance = objective.distance(densities, logits);
  const value = gameValue(rule, Array.from(logits, sigmoid), data, generated);
  const batchValue = meanOf(batchValues);
  const { loss: above, quadrature, batches, distance: far } = OBJECTIVE_TOLERANCES;
  return {
    objective,
    pair,
    lowestLoss,
    loss,
    batchLoss,
    distance,
    value,
    batchValue,
    checks: [
      inside('distance from the best D', distance, 0, far),
      inside('D’s loss by quadrature', loss, lowestLoss - quadrature, lowestLoss + above),
      closeTo('D’s loss by batches', batchLoss.mean, lowestLoss, batches + 4 * batchLoss.standardError),
      closeTo('V by batches', batchValue.mean, value, batches + 4 * batchValue.standardError),
      ...sampleChecks(sampleDeviation),
    ],
  };
}
