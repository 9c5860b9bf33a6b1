// The experiments themselves: their judgement on numbers made up, and shortened forms of them on the GPU.

import { describe, expect, test } from 'vitest';
import { useDevice } from '../gpu/test-device';
import { jensenShannon, optimalDiscriminator, optimalValue } from '../math/divergence';
import { DIRAC_SETTINGS, judgeDirac, runDirac } from './dirac';
import { type DiracPoint, exactStep } from './dirac-theory';
import { runTheory } from './index';
import {
  discriminatorConfig,
  equilibriumChecks,
  judge,
  type Measured,
  TOLERANCES,
  trainDiscriminator,
  UPDATES_PER_ITERATION,
} from './optimal-discriminator';
import { EQUAL_PAIRS, PAIRS, pairDensities } from './pairs';

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

describe('on the GPU', () => {
  const settings = { updates: 400, batchSize: 128, seed: 3 };

  test('D alone is what is trained: G is held, and V counts all its updates', () => {
    const config = discriminatorConfig(PAIRS[0]!, settings);
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
    const start = { ...settings, startingLogit: 2 };
    const { result } = await trainDiscriminator(device(), EQUAL_PAIRS[1]!, start, (share) =>
      shares.push(share),
    );
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

  test('runTheory runs what it is asked for and nothing else', async () => {
    const progress: number[] = [];
    const onProgress = (_: string, share: number) => progress.push(share);
    const results = await runTheory(device(), { experiments: ['dirac'], quick: true, seed: 1, onProgress });
    expect([results.optimum.length, results.equilibrium.length, results.dirac.length]).toEqual([0, 0, 6]);
    expect(results.pass).toBe(true);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
  });
});
