// The penalised critic against what it must be: best of all critics for its objective, and W₁ in the limit.

import { expect, test } from 'vitest';
import { type Gaussian, gaussianDensity } from './gaussian';
import { compositeRule, integrate } from './quadrature';
import { mixedDensity, penalizedCritic } from './transport';

const normal = (mean: number, deviation: number): Gaussian => ({
  mean: [mean],
  covariance: [deviation ** 2],
});
const rule = compositeRule(-8, 8, 60, 10);
const [p, q] = [normal(1, 0.8), normal(-0.5, 1.2)];

test('points between have the means’ mean, and a density', () => {
  const m = Float64Array.from(rule.points, mixedDensity(p, q));
  expect(integrate(rule, m)).toBeCloseTo(1, 8);
  expect(
    integrate(
      rule,
      m.map((density, i) => density * rule.points[i]!),
    ),
  ).toBeCloseTo(0.25, 8);
});

test('equal shapes are as far apart as their means, whatever λ; the critic overshoots as 1/λ', () => {
  const over = [1, 10, 100].map((lambda) => {
    const { distance, difference } = penalizedCritic(rule, normal(2, 0.7), normal(-0.5, 0.7), lambda);
    expect(distance).toBeCloseTo(2.5, 8);
    return difference - distance;
  });
  expect(over[0]! / over[1]!).toBeCloseTo(10, 8);
  expect(over[1]! / over[2]!).toBeCloseTo(10, 8);
});

test('no other critic is better under the penalty, and its means differ as the closed form says', () => {
  const lambda = 2;
  const { critic, difference } = penalizedCritic(rule, p, q, lambda);
  const gaps = Float64Array.from(rule.points, (x) => gaussianDensity(p)([x]) - gaussianDensity(q)([x]));
  const between = Float64Array.from(rule.points, mixedDensity(p, q));
  const means = (f: ArrayLike<number>) =>
    integrate(
      rule,
      gaps.map((gap, i) => gap * f[i]!),
    );
  expect(means(critic)).toBeCloseTo(difference, 3);

  /** E_p f − E_q f − λ E(|f′| − 1)², with f′ by differences of f. */
  const objective = (f: ArrayLike<number>) => {
    const slope = (i: number) => {
      const [a, b] = [Math.max(0, i - 1), Math.min(f.length - 1, i + 1)];
      return (f[b]! - f[a]!) / (rule.points[b]! - rule.points[a]!);
    };
    const penalty = integrate(
      rule,
      between.map((m, i) => m * (Math.abs(slope(i)) - 1) ** 2),
    );
    return means(f) - lambda * penalty;
  };
  const best = objective(critic);
  for (const bump of [(x: number) => Math.sin(x), (x: number) => x, (x: number) => Math.exp(-x * x)])
    for (const size of [-0.1, 0.1])
      expect(objective(critic.map((f, i) => f + size * bump(rule.points[i]!)))).toBeLessThan(best);
});
