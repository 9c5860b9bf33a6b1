// What a watch sees in made-up histories: each thing begins where it should, does not chatter, and ends.

import { describe, expect, test } from 'vitest';
import { parseConfig, type RunConfig } from './config';
import { Watch, type WatchedEvaluation, type WatchedRow } from './watch';

const adam = { type: 'adam', learningRate: 1e-3 };
const GAME = {
  data: { source: 'ring', modes: 8 },
  noise: { type: 'normal', size: 2 },
  generator: [{ type: 'dense', units: 2 }],
  discriminator: [{ type: 'dense', units: 8 }, { type: 'leakyRelu' }, { type: 'dense', units: 1 }],
  optimizer: { generator: adam, discriminator: adam },
};
const configOf = (changes: object = {}): RunConfig => parseConfig({ ...GAME, steps: 10_000, ...changes });
const LOG_2 = Math.LN2;

/** A row of a game in balance. */
const row = (line: number, changes: Partial<WatchedRow> = {}): WatchedRow => ({
  step: 100 * line,
  discriminatorLoss: 2 * LOG_2 - 0.1,
  generatorLoss: 0.8,
  fakeScore: 0.45,
  realSign: 0.3,
  discriminatorGradientNorm: 0.5,
  generatorGradientNorm: 0.2,
  ...changes,
});

/** Codes after each line, `from` the first line on that `changes` are made to. */
function follow(
  watch: Watch,
  lines: readonly [from: number, to: number],
  changes: (line: number) => Partial<WatchedRow> = () => ({}),
): string[][] {
  const seen: string[][] = [];
  for (let line = lines[0]; line <= lines[1]; line++) {
    watch.take(row(line, changes(line)));
    seen.push(watch.observations.map(({ code }) => code));
  }
  return seen;
}
const judged = (watch: Watch, evaluation: WatchedEvaluation) => {
  watch.judge(evaluation);
  return watch.observations.map(({ code }) => code);
};

test('nothing is seen of a game in balance, noisy as it may be', () => {
  const watch = new Watch(configOf());
  const seen = follow(watch, [1, 200], (line) => ({
    discriminatorLoss: 1.3 + 0.1 * Math.sin(line),
    generatorLoss: 0.9 + 0.3 * Math.cos(3 * line),
    generatorGradientNorm: 0.2 * Math.exp(Math.sin(7 * line)),
    realSign: 0.5 + 0.3 * Math.sin(2 * line),
  }));
  expect(seen.flat()).toEqual([]);
  expect(judged(watch, { js: 0.02, jsFloor: 0.004, modes: 8, modesTotal: 8, highQuality: 0.9 })).toEqual([]);
  expect(watch.episodes).toEqual([]);
});

describe('a D that has won', () => {
  const won = { discriminatorLoss: 0.02, fakeScore: 0.01, realSign: 1 };

  test('is seen once it has for long, until it clearly has no longer', () => {
    const watch = new Watch(configOf());
    expect(follow(watch, [1, 10], () => won).findIndex((codes) => codes.length > 0)).toBe(4);
    expect(watch.observations).toMatchObject([{ code: 'discriminatorWon', severity: 'warning', since: 500 }]);
    // Between the two limits it stays as it is, either way.
    const between = { discriminatorLoss: 0.1 * 2 * LOG_2 };
    expect(follow(watch, [11, 30], () => between).every((codes) => codes.length === 1)).toBe(true);
    expect(follow(watch, [31, 40]).at(-1)).toEqual([]);
    expect(follow(watch, [41, 60], () => between).flat()).toEqual([]);
    expect(watch.episodes).toMatchObject([{ code: 'discriminatorWon', since: 500, until: 3100 }]);
  });

  test('is judged by its own loss', () => {
    const code = (loss: string, discriminatorLoss: number, more = {}) => {
      const watch = new Watch(configOf({ loss, ...more }));
      return follow(watch, [1, 6], () => ({ discriminatorLoss })).at(-1);
    };
    expect(code('hinge', 0.05)).toEqual(['discriminatorWon']);
    expect(code('hinge', 0.5)).toEqual([]);
    expect(code('leastSquares', 0.01)).toEqual(['discriminatorWon']);
    expect(code('leastSquares', 0.1)).toEqual([]);
    expect(code('relativistic', 0.01)).toEqual(['discriminatorWon']);
    expect(code('wasserstein', -40)).toEqual([]);
    // Smoothed labels leave D the entropy of their own.
    const entropy = -0.1 * Math.log(0.1) - 0.9 * Math.log(0.9);
    expect(code('nonSaturating', entropy + 0.02, { labelSmoothing: 0.1 })).toEqual(['discriminatorWon']);
    expect(code('nonSaturating', entropy + 0.02)).toEqual([]);
  });

  test('is not judged by a few steps', () => {
    const watch = new Watch(configOf());
    for (let step = 1; step <= 50; step++) watch.take({ ...row(1, won), step });
    expect(watch.observations).toEqual([]);
    watch.take({ ...row(1, won), step: 51 });
    expect(watch.observations).toHaveLength(1);
  });

  test('gets advice that the run does not follow yet', () => {
    const advice = (changes: object) => {
      const watch = new Watch(configOf(changes));
      follow(watch, [1, 6], () => won);
      return watch.observations[0]!.advice;
    };
    expect(advice({ loss: 'minimax' })).toMatch(/^The loss nonSaturating, .* or .* would help\.$/);
    expect(advice({})).toContain('r1');
    expect(advice({ regularizers: [{ type: 'r1', gamma: 1 }] })).not.toContain('r1');
  });
});

describe('divergence', () => {
  test('is a loss or a norm that grows far above what it used to be', () => {
    const watch = new Watch(configOf());
    expect(follow(watch, [1, 20]).flat()).toEqual([]);
    const seen = follow(watch, [21, 40], (line) => ({ generatorGradientNorm: 0.2 * 2 ** (line - 20) }));
    expect(seen.at(-1)).toEqual(['divergence']);
    expect(watch.observations[0]!.seen).toMatch(/^The gradient of G is [\d,]+ times what it used to be/);
    expect(follow(watch, [41, 50]).at(-1)).toEqual([]);
  });

  test('of a loss without bounds is one too', () => {
    const watch = new Watch(configOf({ loss: 'wasserstein', weightClip: 0.01 }));
    follow(watch, [1, 20], () => ({ discriminatorLoss: -0.3, generatorLoss: 0.1 }));
    const seen = follow(watch, [21, 40], (line) => ({
      discriminatorLoss: -(3 ** (line - 20)),
      generatorLoss: 0.1,
    }));
    expect(seen.at(-1)).toEqual(['divergence']);
  });

  test('is not a single outlier', () => {
    const watch = new Watch(configOf());
    const seen = follow(watch, [1, 60], (line) =>
      line % 20 === 0 ? { discriminatorGradientNorm: 500, generatorLoss: 40 } : {},
    );
    expect(seen.flat()).toEqual([]);
  });
});

test('a gradient of G that has vanished is seen, and what is unusual does not become the usual', () => {
  const watch = new Watch(configOf({ loss: 'minimax' }));
  follow(watch, [1, 20]);
  const seen = follow(watch, [21, 300], () => ({ generatorGradientNorm: 1e-4 }));
  expect(seen.at(-1)).toEqual(['generatorGradientVanished']);
  expect(watch.observations[0]!.advice).toContain('nonSaturating');
  expect(watch.episodes).toHaveLength(1);
  expect(follow(watch, [301, 310]).at(-1)).toEqual([]);
});

test('overfitting is of data that can be learnt by heart only', () => {
  const points = {
    source: 'points',
    points: Array.from({ length: 64 }, (_, i) => [Math.cos(i), Math.sin(i)]),
  };
  const sure = { realSign: 0.98, fakeScore: 0.2, discriminatorLoss: 0.5 };
  const finite = new Watch(configOf({ data: points }));
  expect(follow(finite, [1, 6], () => sure).at(-1)).toEqual(['discriminatorOverfits']);
  expect(finite.observations[0]!.severity).toBe('note');
  expect(follow(finite, [7, 20], () => ({ ...sure, realSign: 0.9 })).at(-1)).toEqual([
    'discriminatorOverfits',
  ]);
  expect(follow(finite, [21, 30], () => ({ ...sure, realSign: 0.6 })).at(-1)).toEqual([]);
  expect(follow(new Watch(configOf()), [1, 6], () => sure).at(-1)).toEqual([]);
  // A D that has won takes all real samples for real: that is one thing, not two.
  const won = new Watch(configOf({ data: points }));
  expect(follow(won, [1, 6], () => ({ ...sure, discriminatorLoss: 0.01 })).at(-1)).toEqual([
    'discriminatorWon',
  ]);
});

test('a D that says nothing stands still where G is far from the data', () => {
  const still = { discriminatorLoss: 2 * LOG_2 + 1e-4 };
  const watch = new Watch(configOf());
  expect(follow(watch, [1, 6], () => still).at(-1)).toEqual([]);
  expect(judged(watch, { js: 0.01, jsFloor: 0.004 })).toEqual([]);
  expect(judged(watch, { js: 0.6, jsFloor: 0.004 })).toEqual(['discriminatorStandsStill']);
  expect(judged(watch, { js: 0.02, jsFloor: 0.004 })).toEqual([]);
});

describe('collapse', () => {
  const modes = (found: number, highQuality = 0.2) => ({ modes: found, modesTotal: 8, highQuality });

  test('is of modes that were found and are lost', () => {
    const watch = new Watch(configOf());
    follow(watch, [1, 6]);
    expect([0, 3, 8, 7, 6].map((found) => judged(watch, modes(found)))).toEqual([[], [], [], [], []]);
    expect(judged(watch, modes(5))).toEqual(['collapse']);
    expect(watch.observations[0]).toMatchObject({ since: 600, seen: expect.stringContaining('from 8') });
    expect(judged(watch, modes(7))).toEqual(['collapse']);
    expect(judged(watch, modes(8))).toEqual([]);
  });

  test('or of few modes that are hit well', () => {
    const watch = new Watch(configOf());
    expect(judged(watch, modes(2, 0.9))).toEqual(['collapse']);
    expect(judged(watch, modes(5, 0.9))).toEqual([]);
    expect(judged(watch, modes(5, 0.1))).toEqual([]);
  });

  test('of other data is of samples that come closer to one another', () => {
    const watch = new Watch(configOf());
    const spread = (ratio: number) => judged(watch, { spread: 12 * ratio, spreadReal: 12 });
    expect([0.1, 0.5, 0.95, 0.9, 0.75].map(spread)).toEqual([[], [], [], [], []]);
    expect(spread(0.5)).toEqual(['collapse']);
    expect(spread(0.72)).toEqual(['collapse']);
    expect(spread(0.9)).toEqual([]);
  });

  test('or of samples that never were apart, behind a quarter of the run', () => {
    const watch = new Watch(configOf());
    follow(watch, [1, 24]);
    expect(judged(watch, { spread: 1, spreadReal: 12 })).toEqual([]);
    follow(watch, [25, 25]);
    expect(watch.observations.map(({ code }) => code)).toEqual(['collapse']);
  });

  test('but a G that has only just begun may still spread', () => {
    const watch = new Watch(configOf({ steps: 200 }));
    follow(watch, [1, 1]);
    expect(judged(watch, { spread: 1, spreadReal: 12 })).toEqual([]);
    follow(watch, [2, 2]);
    expect(watch.observations.map(({ code }) => code)).toEqual(['collapse']);
  });
});

test('the same lines are seen alike, as they come from a file', () => {
  const lines = Array.from({ length: 40 }, (_, i) => row(i + 1, i > 10 ? { discriminatorLoss: 0.001 } : {}));
  const [one, other] = [new Watch(configOf()), new Watch(configOf())];
  for (const line of lines) one.take(line);
  for (const line of lines) other.take(JSON.parse(JSON.stringify(line)));
  expect(other.episodes).toEqual(one.episodes);
  expect(one.episodes).toHaveLength(1);
});
