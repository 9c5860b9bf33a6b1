// Gauss–Legendre rules against integrals known in closed form.

import { describe, expect, test } from 'vitest';
import { boxRule, compositeRule, gaussLegendre, integrate, valuesAt } from './quadrature';

describe('gaussLegendre', () => {
  test('has the known nodes and weights of three points', () => {
    const { nodes, weights } = gaussLegendre(3);
    for (const [i, node] of [-Math.sqrt(3 / 5), 0, Math.sqrt(3 / 5)].entries()) {
      expect(nodes[i]).toBeCloseTo(node, 15);
    }
    for (const [i, weight] of [5 / 9, 8 / 9, 5 / 9].entries()) expect(weights[i]).toBeCloseTo(weight, 14);
  });

  test.each([1, 2, 5, 16, 33])('order %i is exact up to degree 2·order − 1 and no further', (order) => {
    const { nodes, weights } = gaussLegendre(order);
    const monomial = (degree: number) => nodes.reduce((sum, x, i) => sum + weights[i]! * x ** degree, 0);
    for (let degree = 0; degree < 2 * order; degree++) {
      expect(Math.abs(monomial(degree) - (degree % 2 ? 0 : 2 / (degree + 1)))).toBeLessThan(1e-14);
    }
    // The error of degree 2·order falls as 4⁻²ᵒʳᵈᵉʳ: only the small orders show it above rounding.
    if (order <= 5) expect(Math.abs(monomial(2 * order) - 2 / (2 * order + 1))).toBeGreaterThan(1e-5);
  });
});

test('a composite rule integrates exp(−x²) over the line to √π', () => {
  const rule = compositeRule(-8, 8, 8, 12);
  expect(
    integrate(
      rule,
      valuesAt(rule, ([x]) => Math.exp(-x! * x!)),
    ),
  ).toBeCloseTo(Math.sqrt(Math.PI), 10);
});

test('a box rule keeps its axes apart: ∫₀¹∫₀² x y² dy dx = 4/3', () => {
  const rule = boxRule({ low: [0, 0], high: [1, 2] }, 3, 4);
  expect(rule.weights.length).toBe(144);
  expect(
    integrate(
      rule,
      valuesAt(rule, ([x, y]) => x! * y! * y!),
    ),
  ).toBeCloseTo(4 / 3, 13);
});

test('a box of three dimensions is refused', () => {
  expect(() => boxRule({ low: [0, 0, 0], high: [1, 1, 1] }, 1, 2)).toThrow('only 1 and 2');
});
