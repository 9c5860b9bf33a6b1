// The command: what it refuses, what it prints, and what it writes.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { optimalDiscriminator } from '../math/divergence';
import { UserError } from '../math/errors';
import { DAMPED_SETTINGS, DIRAC_SETTINGS, judgeDamped, judgeDirac } from '../theory/dirac';
import { type DiracPoint, type DiracSetting, exactStep } from '../theory/dirac-theory';
import { DISTANCE_SETTINGS, judgeCritic } from '../theory/distance';
import type { TheoryResults } from '../theory/index';
import { judgeObjective, OBJECTIVE_PAIRS, OBJECTIVES } from '../theory/objectives';
import { judge, type Profile } from '../theory/optimal-discriminator';
import { densitiesAt, PAIRS, pairBox, pairDensities } from '../theory/pairs';
import type { Console } from './console';
import { chosenExperiments, theory } from './theory';
import { theoryFigures } from './theory-figures';
import { theoryText } from './theory-text';

const folder = mkdtempSync(join(tmpdir(), 'webgan-theory-'));
afterAll(() => rmSync(folder, { recursive: true }));

function silentConsole(): Console & { readonly lines: string[] } {
  const lines: string[] = [];
  return {
    lines,
    out: (line) => lines.push(line),
    err: () => {},
    status: undefined,
    onInterrupt: () => () => {},
  };
}

describe('chosenExperiments', () => {
  test('takes letters and names, each once, in their own order', () => {
    expect(chosenExperiments(['c', 'Dirac', 'A'])).toEqual(['optimum', 'dirac']);
    expect(chosenExperiments([])).toEqual([
      'optimum',
      'equilibrium',
      'dirac',
      'damping',
      'objectives',
      'distance',
    ]);
  });

  test('refuses others with the names there are', () => {
    expect(() => chosenExperiments(['g'])).toThrow(UserError);
    expect(() => chosenExperiments(['g'])).toThrow(
      'a (optimum), b (equilibrium), c (dirac), d (damping), e (objectives), f (distance) would do',
    );
  });
});

test('a folder that cannot be written is refused before anything is computed', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const options = { experiments: [], out: join(file, 'below'), json: false, quick: true, seed: 1 };
  const start = performance.now();
  await expect(theory(options, silentConsole())).rejects.toThrow(
    /^--out .*file\/below: cannot be written \(ENOTDIR\)/,
  );
  expect(performance.now() - start).toBeLessThan(10_000);
});

test('--json prints one object and writes it, with the figures of what was run', async () => {
  const out = join(folder, 'new', 'folder');
  const console = silentConsole();
  const options = { experiments: ['c'], out, json: true, quick: true, seed: 1 };
  expect(await theory(options, console)).toBe(true);
  expect(console.lines).toHaveLength(1);
  const report = JSON.parse(console.lines[0]!);
  expect(report).toMatchObject({ pass: true, seed: 1, quick: true, optimum: [], equilibrium: [] });
  expect(report.dirac).toHaveLength(DIRAC_SETTINGS.length);
  expect(report.dirac[0]).toMatchObject({
    setting: { steps: 'simultaneous' },
    expected: { growth: Math.sqrt(1.01) },
  });
  expect(JSON.parse(readFileSync(join(out, 'theory.json'), 'utf8'))).toEqual(report);
  expect(readdirSync(out).sort()).toEqual(['dirac.svg', 'theory.json']);
});

describe('what is made of results', () => {
  const results = madeUp();
  const text = theoryText(results);

  test('the text has a row for each and a verdict', () => {
    expect(text.filter((line) => line.endsWith(' yes'))).toHaveLength(results.optimum.length + 4);
    expect(text.at(-1)).toBe(`All ${results.optimum.length + 4} agree with the mathematics.`);
    expect(text.join('\n')).not.toMatch(/NaN|undefined|Infinity|(?<![\d.])−0\.0+\b/);
  });

  test('a measurement that disagrees is named with what was wanted', () => {
    const [first, ...others] = results.optimum;
    const spoilt = {
      ...first!,
      checks: [{ what: 'V by quadrature', measured: 1, low: -2, high: 0, pass: false }],
    };
    const lines = theoryText({ ...results, optimum: [spoilt, ...others], pass: false });
    expect(lines).toContainEqual(
      expect.stringContaining('NO: V by quadrature is 1; from -2 to 0 was wanted.'),
    );
    expect(lines.at(-1)).toBe('The trainer does not agree with the mathematics.');
  });

  test('there is a figure for each dimension, for V and for the Dirac-GAN, all numbers finite', () => {
    const figures = theoryFigures(results);
    expect([...figures.keys()]).toEqual([
      'discriminator-1d.svg',
      'discriminator-2d.svg',
      'value.svg',
      'dirac.svg',
      'damping.svg',
    ]);
    for (const figure of figures.values()) {
      expect(figure).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
      expect(figure).not.toMatch(/NaN|undefined|Infinity/);
    }
  });

  test('experiments that were not run have neither text nor figure', () => {
    const none = { ...results, optimum: [], profiles: [] };
    expect(theoryText(none).join()).not.toContain('(a) The best');
    expect([...theoryFigures(none).keys()]).toEqual(['dirac.svg', 'damping.svg']);
  });
});

/** Results of a trainer that does everything exactly. */
function madeUp(): TheoryResults {
  const trained = PAIRS.map((pair) => {
    const densities = pairDensities(pair);
    const scores = optimalDiscriminator(densities.data, densities.generated);
    const sampleDeviation = { real: 1, generated: 1 };
    const first = judge(pair, densities, { scores, batchValues: [0, 0], sampleDeviation });
    const batchValues = [first.optimalValue - 1e-3, first.optimalValue + 1e-3];
    const box = pairBox(pair, 0.7);
    const points = Float64Array.from([...box.low, ...box.high]);
    const at = densitiesAt(pair, points);
    const optimum = optimalDiscriminator(at.data, at.generated);
    const profile: Profile = {
      box,
      columns: 2,
      points,
      optimum,
      discriminator: Float32Array.from(optimum),
      ...at,
    };
    return { result: judge(pair, densities, { scores, batchValues, sampleDeviation }), profile };
  });
  const setting = DIRAC_SETTINGS[0]!;
  const dampedSetting = DAMPED_SETTINGS[0]!;
  const following =
    (setting: DiracSetting) =>
    (start: DiracPoint): DiracPoint[] => {
      const points = [start];
      while (points.length < 30) points.push(exactStep(setting, points.at(-1)!));
      return points;
    };
  const [follow, followDamped] = [following(setting), following(dampedSetting)];
  const leastSquares = OBJECTIVES.find(({ aim }) => aim.loss === 'leastSquares')!;
  const densities = pairDensities(OBJECTIVE_PAIRS[0]!);
  const best = optimalDiscriminator(densities.data, densities.generated);
  return {
    settings: { updates: 400, batchSize: 128, seed: 1 },
    optimum: trained.map(({ result }) => result),
    profiles: trained.map(({ profile }) => profile),
    equilibrium: [],
    dirac: [judgeDirac(setting, follow([0, 1e-5]), follow([0, 1]))],
    damping: [judgeDamped(dampedSetting, followDamped([0, 1e-5]), followDamped([0, 1]))],
    objectives: [
      judgeObjective(leastSquares, OBJECTIVE_PAIRS[0]!, densities, {
        logits: best,
        batchLosses: [0.2, 0.3],
        batchValues: [-1.5, -1.4],
        sampleDeviation: { real: 1, generated: 1 },
      }),
    ],
    distance: [
      judgeCritic(DISTANCE_SETTINGS[3]!, densities, {
        logits: densities.rule.points.map((x) => -x),
        batchLosses: [-0.5, -0.52],
        sampleDeviation: { real: 1, generated: 1 },
      }),
    ],
    pass: true,
  };
}
