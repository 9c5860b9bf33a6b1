// The pairs: their densities are densities, they span equal to far apart, and the quadrature is fine enough.

import { describe, expect, test } from 'vitest';
import { jensenShannon } from '../math/divergence';
import { integrate } from '../math/quadrature';
import { dimensionsOf, EQUAL_PAIRS, PAIRS, pairDensities } from './pairs';

const jsOf = ({ rule, data, generated }: ReturnType<typeof pairDensities>) =>
  jensenShannon(rule, data, generated);

describe.each(
  [...PAIRS, ...EQUAL_PAIRS].map((pair) => ({ title: `${dimensionsOf(pair)}-D ${pair.name}`, pair })),
)('$title', ({ pair }) => {
  const densities = pairDensities(pair);

  test('all but 2e-6 of both masses lies under the rule', () => {
    expect(Math.abs(integrate(densities.rule, densities.data) - 1)).toBeLessThan(2e-6);
    expect(Math.abs(integrate(densities.rule, densities.generated) - 1)).toBeLessThan(2e-6);
  });

  test('a finer rule changes JS by less than 1e-6', () => {
    expect(Math.abs(jsOf(pairDensities(pair, 2)) - jsOf(densities))).toBeLessThan(1e-6);
  });
});

test.each([1, 2])('in %i-D there are at least five pairs, from JS 0 to nearly log 2', (dimensions) => {
  const js = PAIRS.filter((pair) => dimensionsOf(pair) === dimensions).map((pair) =>
    jsOf(pairDensities(pair)),
  );
  expect(js.length).toBeGreaterThanOrEqual(5);
  expect(Math.min(...js)).toBeLessThan(1e-9);
  expect(Math.max(...js)).toBeGreaterThan(0.95 * Math.LN2);
});

test('the equal pairs are equal', () => {
  for (const pair of EQUAL_PAIRS) {
    const { data, generated } = pairDensities(pair);
    data.forEach((density, i) => {
      expect(generated[i]).toBeCloseTo(density, 12);
    });
  }
});
