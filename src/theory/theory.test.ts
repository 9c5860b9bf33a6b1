// The experiments themselves: their judgement on numbers made up, and shortened forms of them on the GPU.

import { describe, expect, test } from 'vitest';
import { useDevice } from '../gpu/test-device';
import { gameValue, jensenShannon, optimalDiscriminator, optimalValue } from '../math/divergence';
import { affineImage } from '../math/gaussian';
import { normalCdf } from '../math/normal';
import { sigmoid } from '../math/smooth';
import { penalizedCritic } from '../math/transport';
import { DAMPED_SETTINGS, DIRAC_SETTINGS, judgeDamped, judgeDirac, runDamped, runDirac } from './dirac';
import { type DiracPoint, exactStep } from './dirac-theory';
import { DISTANCE_SETTINGS, judgeCritic, trainCritic } from './distance';
import { runTheory } from './index';
import { judgeObjective, OBJECTIVE_PAIRS, OBJECTIVES, type Objective, trainObjective } from './objectives';
import {
  equilibriumChecks,
  judge,
  type Measured,
  TOLERANCES,
  trainDiscriminator,
} from './optimal-discriminator';
import { EQUAL_PAIRS, PAIRS, pairDensities, realGaussian } from './pairs';
import { aloneConfig, UPDATES_PER_ITERATION } from './train-alone';

const device = useDevice();
const failed = ({ checks }: { checks: readonly { what: string; pass: boolean }[] }) =>
  checks.filter(({ pass }) => !pass).map(({ what }) => what);

describe('judging D', () => {
  const pair = PAIRS.find(({ name }) => name === 'narrower and beside')!;
  const densities = pairDensities(pair);
  const best = optimalDiscriminator(densities.data, densities.generated);
  const optimum = optimalValue(jensenShannon(densities.rule, densities.data, densities.generated));
  const perfect: Measured = {
    scores: best,
    batchValues: [optimum - 0.001, optimum + 0.001],
    sampleDeviation: { real: 1, generated: 1 },
  };

  test('D* itself agrees in everything', () => {
    const result = judge(pair, densities, perfect);
    expect(failed(result)).toEqual([]);
    expect(result.weightedError).toBe(0);
    expect(Math.abs(result.value - optimalValue(result.js))).toBeLessThan(1e-6);
  });

  test.each([
    ['the wrong way round', (d: number) => 1 - d],
    ['a little too sure', (d: number) => d ** 1.3 / (d ** 1.3 + (1 - d) ** 1.3)],
    ['NaN', () => Number.NaN],
  ])('a D that is %s does not', (_, change) => {
    const result = judge(pair, densities, { ...perfect, scores: best.map(change) });
    expect(failed(result)).toContain('density-weighted |D − D*|');
  });

  test('a trainer whose V is of the wrong sign or scale does not', () => {
    for (const factor of [-1, 0.5]) {
      const batchValues = perfect.batchValues.map((value) => factor * value);
      expect(failed(judge(pair, densities, { ...perfect, batchValues }))).toEqual(['V by batches']);
    }
  });

  test('samples that are not from p_G do not', () => {
    const sampleDeviation = { real: 1, generated: 5.5 };
    expect(failed(judge(pair, densities, { ...perfect, sampleDeviation }))).toHaveLength(1);
  });

  test('at the goal, V 0.011 off −log 4 does not', () => {
    const equal = EQUAL_PAIRS[0]!;
    const at = pairDensities(equal);
    const half = new Float64Array(at.data.length).fill(0.5);
    const value = -Math.log(4) + 0.011;
    const result = judge(equal, at, { ...perfect, scores: half, batchValues: [value, value] });
    expect(failed({ checks: equilibriumChecks(result) })).toEqual(['V by batches']);
  });
});

describe('judging the Dirac-GAN', () => {
  const setting = DIRAC_SETTINGS[0]!;
  const follow = (start: DiracPoint, step: (point: DiracPoint) => DiracPoint) => {
    const points = [start];
    while (points.length < 60) points.push(step(points.at(-1)!));
    return points;
  };
  const wide = follow([0, 1], (point) => exactStep(setting, point));

  test('exact steps agree', () => {
    expect(
      failed(
        judgeDirac(
          setting,
          follow([0, 1e-5], (point) => exactStep(setting, point)),
          wide,
        ),
      ),
    ).toEqual([]);
  });

  test('steps that alternate, turn the other way or are too long do not', () => {
    const alternating = { ...setting, steps: 'alternating' } as const;
    const longer = { ...setting, generatorRate: 0.201 };
    for (const step of [
      (point: DiracPoint) => exactStep(alternating, point),
      (point: DiracPoint) => exactStep(longer, point),
      ([psi, theta]: DiracPoint): DiracPoint => {
        const [nextPsi, nextTheta] = exactStep(setting, [psi, -theta]);
        return [nextPsi, -nextTheta];
      },
    ]) {
      expect(failed(judgeDirac(setting, follow([0, 1e-5], step), wide)).length).toBeGreaterThan(0);
    }
  });
});

test('a damped Dirac-GAN with another γ does not agree', () => {
  const setting = DAMPED_SETTINGS[0]!;
  const along = (gamma: number, start: DiracPoint) => {
    const points = [start];
    while (points.length < 60) points.push(exactStep({ ...setting, gamma }, points.at(-1)!));
    return points;
  };
  const judged = (gamma: number) => judgeDamped(setting, along(gamma, [0, 1e-5]), along(gamma, [0, 1]));
  expect(failed(judged(setting.gamma!))).toEqual([]);
  expect(failed(judged(1.01 * setting.gamma!))).toContain('real part of eigenvalue 1');
});

describe('judging D of each loss', () => {
  const pair = OBJECTIVE_PAIRS[1]!;
  const densities = pairDensities(pair);
  const { data: p, generated: q } = densities;
  const share = optimalDiscriminator(p, q);
  const logitOf = (d: number) => Math.log(d / (1 - d));
  /** What the theory says of each loss's best logits. */
  const best: Record<string, (i: number) => number> = {
    nonSaturating: (i) => Math.log(p[i]! / q[i]!),
    'nonSaturating 0.1': (i) => logitOf(0.9 * share[i]!),
    leastSquares: (i) => share[i]!,
    hinge: (i) => Math.sign(p[i]! - q[i]!),
    relativistic: (i) => Math.log(p[i]! / q[i]!) + 3,
  };
  const nameOf = ({ aim }: Objective) =>
    aim.labelSmoothing ? `${aim.loss} ${aim.labelSmoothing}` : aim.loss;
  const judged = (objective: Objective, change: (logit: number) => number) => {
    const logits = p.map((_, i) => change(best[nameOf(objective)]!(i)));
    const lowest = objective.lowestLoss(densities);
    const value = gameValue(densities.rule, logits.map(sigmoid), p, q);
    return judgeObjective(objective, pair, densities, {
      logits,
      batchLosses: [lowest - 0.001, lowest + 0.001],
      batchValues: [value - 0.001, value + 0.001],
      sampleDeviation: { real: 1, generated: 1 },
    });
  };

  test.each(OBJECTIVES)(
    '$aim.loss, $aim.labelSmoothing: the best D has the lowest loss, and another does not',
    (objective) => {
      const result = judged(objective, (logit) => logit);
      expect(failed(result)).toEqual([]);
      expect(result.distance).toBeLessThan(1e-9);
      // Quadrature of a step is not as exact as of the smooth ones.
      expect(Math.abs(result.loss - result.lowestLoss)).toBeLessThan(1e-5);
      expect(failed(judged(objective, (logit) => 0.6 * logit - 0.2)).length).toBeGreaterThan(0);
    },
  );

  test('hinge’s lowest loss is 2(1 − TV), of two normals apart by Φ', () => {
    const hinge = OBJECTIVES.find(({ aim }) => aim.loss === 'hinge')!;
    // N(0, 1) and N(3, 1): TV = 2Φ(3/2) − 1 = 0.866386.
    const lowest = hinge.lowestLoss(pairDensities(OBJECTIVE_PAIRS[2]!));
    expect(lowest).toBeCloseTo(2 * (1 - (2 * normalCdf(1.5) - 1)), 4);
  });
});

describe('judging a Wasserstein critic', () => {
  const setting = DISTANCE_SETTINGS[1]!;
  const densities = pairDensities(setting.pair);
  const { critic, difference } = penalizedCritic(
    densities.rule,
    realGaussian(setting.pair),
    affineImage(setting.pair.generator),
    setting.lambda,
  );
  const judged = (change: (f: number) => number) =>
    judgeCritic(setting, densities, {
      logits: critic.map(change),
      batchLosses: [-difference - 0.001, -difference + 0.001],
      sampleDeviation: { real: 1, generated: 1 },
    });

  test('the best critic agrees, one turned round or too steep does not', () => {
    expect(failed(judged((f) => f - 5))).toEqual([]);
    expect(failed(judged((f) => -f)).length).toBeGreaterThan(0);
    expect(failed(judged((f) => 1.05 * f)).length).toBeGreaterThan(0);
  });
});

describe('on the GPU', () => {
  const settings = { updates: 400, batchSize: 128, seed: 3 };

  test('D alone is what is trained: G is held, and V counts all its updates', () => {
    const config = aloneConfig(PAIRS[0]!, settings, { loss: 'minimax' });
    expect(config.optimizer.generator.learningRate).toBe(0);
    expect(config.steps * UPDATES_PER_ITERATION).toBe(400);
    expect(config.loss).toBe('minimax');
  });

  test.each([
    ['1-D', 'narrower and beside', 1],
    ['2-D', 'correlated and beside', 2],
  ])('D comes to D* between a %s normal and one that is %s', async (_, name, dimensions) => {
    const pair = PAIRS.find((pair) => pair.name === name && pair.generator.bias.length === dimensions)!;
    const { result, profile } = await trainDiscriminator(device(), pair, settings);
    expect(failed(result)).toEqual([]);
    expect(result.weightedError).toBeLessThan(TOLERANCES.weightedError);
    expect(profile.discriminator).toHaveLength(profile.optimum.length);
  });

  test('at p_G = p_data D comes to ½ from 0.88, and V to −log 4', async () => {
    const shares: number[] = [];
    const pace = (share: number) => shares.push(share);
    const { result } = await trainDiscriminator(device(), EQUAL_PAIRS[1]!, settings, pace, 2);
    expect(failed({ checks: equilibriumChecks(result) })).toEqual([]);
    expect(shares.at(-1)).toBe(1);
  });

  test.each(DIRAC_SETTINGS)(
    'the Dirac-GAN, $steps $loss, k = $discriminatorSteps, h $discriminatorRate',
    async (setting) => {
      const result = await runDirac(device(), {
        ...setting,
        iterations: Math.min(40, setting.iterations ?? 40),
      });
      expect(failed(result)).toEqual([]);
    },
  );

  test.each(DAMPED_SETTINGS)('the Dirac-GAN with R1, $loss, γ = $gamma', async (setting) => {
    const result = await runDamped(device(), { ...setting, iterations: 40 });
    expect(failed(result)).toEqual([]);
  });

  test.each(OBJECTIVES)('D of $aim.loss, $aim.labelSmoothing, comes to its best', async (objective) => {
    expect(failed(await trainObjective(device(), objective, OBJECTIVE_PAIRS[0]!, settings))).toEqual([]);
  });

  test.each(DISTANCE_SETTINGS.slice(0, 3))(
    'a Wasserstein critic comes to its best, λ = $lambda',
    async (critic) => {
      expect(failed(await trainCritic(device(), critic, settings))).toEqual([]);
    },
  );

  test('runTheory runs what it is asked for and nothing else', async () => {
    const progress: number[] = [];
    const onProgress = (_: string, share: number) => progress.push(share);
    const results = await runTheory(device(), { experiments: ['dirac'], quick: true, seed: 1, onProgress });
    expect([results.optimum.length, results.equilibrium.length, results.dirac.length]).toEqual([0, 0, 6]);
    expect(results.pass).toBe(true);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
  });
});
