import { describe, expect, test } from 'vitest';
import { faultOfBatches, worstDisagreement } from './agreement';
import { batchDrawer, fixedBatches } from './batches';
import { type Batch, type Problem, type Tensor, uniformNumbers } from './problem';
import { PROBLEMS } from './problems';

const tensor = (...data: number[]): Tensor => ({ shape: [data.length], data: Float32Array.from(data) });

/** Enough of a problem's batches to tell anything from: many points, or few pictures. */
const countOf = ({ data }: Problem) => (data.kind === 'ring' ? 8 : 2);

test.each(PROBLEMS)('$key: its batches are what it says, with standard normal noise', (problem) => {
  const batches = fixedBatches(problem, countOf(problem));
  expect(faultOfBatches(problem, batches)).toBeUndefined();
  const bytes = ({ real, discriminatorNoise, generatorNoise }: Batch) =>
    [real, discriminatorNoise, generatorNoise].map(({ buffer }) => Buffer.from(buffer).toString('base64'));
  expect(fixedBatches(problem, countOf(problem)).map(bytes)).toEqual(batches.map(bytes));
});

describe('batches from elsewhere are told apart', () => {
  const changed = (problem: Problem, change: (batch: Batch) => Partial<Batch>) => {
    const draw = batchDrawer(problem);
    const uniform = uniformNumbers(5);
    const batches = Array.from({ length: countOf(problem) }, () => draw(uniform));
    return faultOfBatches(
      problem,
      batches.map((batch) => ({ ...batch, ...change(batch) })),
    );
  };
  const ring = PROBLEMS.find(({ data }) => data.kind === 'ring')!;
  const pictures = PROBLEMS.find(({ data }) => data.kind === 'pictures')!;

  test.each([ring, pictures])('$key, by their noise', (problem) => {
    expect(
      changed(problem, ({ discriminatorNoise }) => ({
        discriminatorNoise: discriminatorNoise.map((z) => z + 0.3),
      })),
    ).toMatch(/mean/);
    expect(
      changed(problem, ({ generatorNoise }) => ({ generatorNoise: generatorNoise.map((z) => 1.2 * z) })),
    ).toMatch(/variance/);
  });

  test('points, by their spread and their modes', () => {
    expect(changed(ring, ({ real }) => ({ real: real.map((x) => 1.05 * x) }))).toMatch(/from their modes/);
    // Mirrored into the upper half-plane: three modes are never visited.
    expect(
      changed(ring, ({ real }) => ({ real: real.map((x, i) => (i % 2 === 1 ? Math.abs(x) : x)) })),
    ).toMatch(/drawn/);
    expect(changed(ring, ({ real }) => ({ real: real.map(() => Number.NaN) }))).toBeDefined();
  });

  test('pictures, by their pixels and their places', () => {
    const given = /not the pictures/;
    expect(changed(pictures, ({ real }) => ({ real: real.map((x) => 0.5 * x) }))).toMatch(given);
    expect(changed(pictures, ({ real }) => ({ real: real.map((x) => x + 1e-3) }))).toMatch(given);
    expect(changed(pictures, ({ real }) => ({ real: real.map(() => Number.NaN) }))).toMatch(given);
    // Always the same ones, from the beginning of the set.
    const [first] = fixedBatches(pictures, 1);
    const one = first!.real.subarray(0, 784);
    expect(changed(pictures, ({ real }) => ({ real: real.map((_, i) => one[i % 784]!) }))).toMatch(
      /are drawn from around/,
    );
  });
});

test('disagreement is relative to how far a tensor moved', () => {
  const before = new Map([
    ['a', tensor(1, 1)],
    ['b', tensor(0, 0)],
  ]);
  const ours = new Map([
    ['a', tensor(1, 3)],
    ['b', tensor(0.3, 0.4)],
  ]);
  expect(worstDisagreement(before, ours, ours).error).toBe(0);
  const theirs = new Map([
    ['a', tensor(1.5, 3)],
    ['b', tensor(0.3, 0.15)],
  ]);
  // a is off by 0.5 of a change of 2, b by 0.25 of a change of 0.5.
  const worst = worstDisagreement(before, ours, theirs);
  expect(worst.tensor).toBe('b');
  expect(worst.error).toBeCloseTo(0.5, 6);
});

test('what ours has beside the weights that were started with is not compared', () => {
  const before = new Map([['a', tensor(1)]]);
  const ours = new Map([
    ['a', tensor(2)],
    ['running_mean', tensor(5)],
  ]);
  expect(worstDisagreement(before, ours, new Map([['a', tensor(2)]])).error).toBe(0);
});

test('what is missing, misshapen or not a number disagrees entirely', () => {
  const before = new Map([['a', tensor(1, 1)]]);
  const ours = new Map([['a', tensor(2, 2)]]);
  const error = (theirs: Map<string, Tensor>) => worstDisagreement(before, ours, theirs).error;
  expect(error(new Map())).toBe(Number.POSITIVE_INFINITY);
  expect(error(new Map([['a', tensor(2)]]))).toBe(Number.POSITIVE_INFINITY);
  expect(error(new Map([['a', tensor(Number.NaN, 2)]]))).toBe(Number.POSITIVE_INFINITY);
  expect(worstDisagreement(before, new Map([['a', tensor(Number.NaN, 2)]]), ours).error).toBe(
    Number.POSITIVE_INFINITY,
  );
  expect(worstDisagreement(before, new Map(), ours).error).toBe(Number.POSITIVE_INFINITY);
  // Not moving at all while ours did is off by the whole change.
  expect(error(before)).toBe(1);
});

test('ours not moving is not taken for agreement', () => {
  const before = new Map([['a', tensor(1, 1)]]);
  expect(worstDisagreement(before, before, new Map([['a', tensor(2, 1)]])).error).toBe(
    Number.POSITIVE_INFINITY,
  );
});
