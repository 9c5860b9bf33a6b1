// The normal distribution's cumulative function against tabulated values and a quadrature of its density.

import { expect, test } from 'vitest';
import { erfc, normalCdf, normalInterval } from './normal';
import { compositeRule, integrate, valuesAt } from './quadrature';

// From the C library's erfc.
test.each([
  [0, 1],
  [0.5, 0.4795001221869535],
  [1, 0.15729920705028513],
  [1.999, 0.004698443348629488],
  [2, 0.004677734981047266],
  [3, 2.209049699858544e-5],
  [6, 2.151973671249891e-17],
])('erfc(%d)', (x, value) => {
  expect(Math.abs(erfc(x) / value - 1)).toBeLessThan(1e-12);
  expect(Math.abs(erfc(-x) - (2 - value))).toBeLessThan(1e-15);
});

test('an interval is the integral of the density', () => {
  const density = ([x]: Float64Array) => Math.exp((-x! * x!) / 2) / Math.sqrt(2 * Math.PI);
  for (const [low, high] of [
    [-1, 2],
    [-3, -2.5],
    [4, 4.25],
    [7, 8],
  ] as const) {
    const rule = compositeRule(low, high, 4, 16);
    const expected = integrate(rule, valuesAt(rule, density));
    expect(Math.abs(normalInterval(low, high) / expected - 1)).toBeLessThan(1e-11);
  }
  expect(normalCdf(0)).toBe(0.5);
  expect(normalInterval(-50, 50)).toBe(1);
});
