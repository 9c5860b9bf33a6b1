import { expect, test } from 'vitest';
import { faultOfBatches, worstDisagreement } from './agreement';
import {
  drawBatch,
  fixedBatches,
  initialWeights,
  parameterShapes,
  type Tensor,
  uniformNumbers,
} from './problem';

const shapes = [...parameterShapes('generator'), ...parameterShapes('discriminator')];

test('parameters have the names and shapes that PyTorch gives them', () => {
  expect(parameterShapes('generator').map(({ name, shape }) => `${name} ${shape.join('×')}`)).toEqual([
    'generator.0.weight 32×2',
    'generator.0.bias 32',
    'generator.2.weight 32×32',
    'generator.2.bias 32',
    'generator.4.weight 2×32',
    'generator.4.bias 2',
  ]);
  expect(parameterShapes('discriminator').at(-2)).toEqual({ name: 'discriminator.4.weight', shape: [1, 32] });
});

test('initial weights are the same every time and fill ±1/√inputs', () => {
  const weights = initialWeights();
  expect(weights).toEqual(initialWeights());
  expect([...weights.keys()]).toEqual(shapes.map(({ name }) => name));
  const wide = weights.get('generator.2.weight')!.data;
  const bound = 1 / Math.sqrt(32);
  expect(Math.max(...wide)).toBeLessThanOrEqual(bound);
  expect(Math.max(...wide)).toBeGreaterThan(0.99 * bound);
  expect(Math.min(...wide)).toBeLessThan(-0.99 * bound);
});

test('batches are the ring and standard normal noise', () => {
  expect(faultOfBatches(fixedBatches(8))).toBeUndefined();
});

test('batches from elsewhere are told apart', () => {
  const uniform = uniformNumbers(5);
  const batches = Array.from({ length: 8 }, () => drawBatch(uniform));
  const changed = (change: (batch: (typeof batches)[number]) => Partial<(typeof batches)[number]>) =>
    faultOfBatches(batches.map((batch) => ({ ...batch, ...change(batch) })));
  expect(
    changed(({ discriminatorNoise }) => ({ discriminatorNoise: discriminatorNoise.map((z) => z + 0.3) })),
  ).toMatch(/mean/);
  expect(changed(({ generatorNoise }) => ({ generatorNoise: generatorNoise.map((z) => 1.2 * z) }))).toMatch(
    /variance/,
  );
  expect(changed(({ real }) => ({ real: real.map((x) => 1.05 * x) }))).toMatch(/from their modes/);
  // Mirrored into the upper half-plane: three modes are never visited.
  expect(changed(({ real }) => ({ real: real.map((x, i) => (i % 2 === 1 ? Math.abs(x) : x)) }))).toMatch(
    /drawn/,
  );
  expect(changed(({ real }) => ({ real: real.map(() => Number.NaN) }))).toBeDefined();
});

const tensor = (...data: number[]): Tensor => ({ shape: [data.length], data: Float32Array.from(data) });

test('disagreement is relative to how far a tensor moved', () => {
  const before = new Map([
    ['a', tensor(1, 1)],
    ['b', tensor(0, 0)],
  ]);
  const ours = new Map([
    ['a', tensor(1, 3)],
    ['b', tensor(0.5, 0)],
  ]);
  expect(worstDisagreement(before, ours, ours).error).toBe(0);
  const theirs = new Map([
    ['a', tensor(1.5, 3)],
    ['b', tensor(0.5, 0.25)],
  ]);
  // a is off by 0.5 of a change of 2, b by 0.25 of a change of 0.5.
  expect(worstDisagreement(before, ours, theirs)).toEqual({ tensor: 'b', error: 0.5 });
});

test('what is missing, misshapen or not a number disagrees entirely', () => {
  const before = new Map([['a', tensor(1, 1)]]);
  const ours = new Map([['a', tensor(2, 2)]]);
  const error = (theirs: Map<string, Tensor>) => worstDisagreement(before, ours, theirs).error;
  expect(error(new Map())).toBe(Number.POSITIVE_INFINITY);
  expect(error(new Map([['a', tensor(2)]]))).toBe(Number.POSITIVE_INFINITY);
  expect(error(new Map([['a', tensor(Number.NaN, 2)]]))).toBe(Number.POSITIVE_INFINITY);
  // Not moving at all while ours did is off by the whole change.
  expect(error(before)).toBe(1);
});

test('ours not moving is not taken for agreement', () => {
  const before = new Map([['a', tensor(1, 1)]]);
  expect(worstDisagreement(before, before, new Map([['a', tensor(2, 1)]])).error).toBe(
    Number.POSITIVE_INFINITY,
  );
});
