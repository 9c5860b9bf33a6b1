// Earth mover's distance on the line, and what a critic that is penalised for its slope makes of it.
//
// With F the cumulative functions of p and q, w = F_q − F_p and slope g = f′, partial integration gives E_p f − E_q f = ∫ w g. So
//
//   W₁(p, q) = ∫ |w| dx                                                    the largest value with |g| ≤ 1 (Villani 2003, section 2.2)
//
// and where a critic is instead penalised by λ E_x̂ (|f′(x̂)| − 1)², x̂ = ε x + (1 − ε) y with x, y independent of density m, the best is
// found point by point:
//
//   g* = sign(w) (1 + |w|/(2λm)),     E_p f* − E_q f* = W₁ + (1/2λ) ∫ w²/m dx
//
// which is above W₁ and comes to it as λ grows.

import { type Gaussian, gaussianDensity } from './gaussian';
import { normalInterval } from './normal';
import { compositeRule, integrate, type QuadratureRule } from './quadrature';

/** Of two normal distributions on the line, at the rule's points; `data` is p, `generated` q. */
export interface CriticOptimum {
  /** W₁. */
  readonly distance: number;
  /** E_p f* − E_q f*. */
  readonly difference: number;
  /** f*, but for a constant. */
  readonly critic: Float64Array;
}

export function penalizedCritic(
  rule: QuadratureRule,
  data: Gaussian,
  generated: Gaussian,
  lambda: number,
): CriticOptimum {
  const between = mixedDensity(data, generated);
  const upTo = (x: number, { mean, covariance }: Gaussian) => (x - mean[0]!) / Math.sqrt(covariance[0]!);
  const gaps = Float64Array.from(rule.points, (x) => normalInterval(upTo(x, data), upTo(x, generated)));
  const overshoot = gaps.map((w, i) => Math.abs(w) / (2 * lambda * between(rule.points[i]!)));
  const slopes = gaps.map((w, i) => Math.sign(w) * (1 + overshoot[i]!));
  const distance = integrate(rule, gaps.map(Math.abs));
  return {
    distance,
    difference: integrate(
      rule,
      gaps.map((w, i) => w * slopes[i]!),
    ),
    critic: summedUp(rule.points, slopes),
  };
}

/** The density of ε x + (1 − ε) y with ε uniform on [0, 1]: of normals, a normal for each ε. */
export function mixedDensity(data: Gaussian, generated: Gaussian): (x: number) => number {
  const { points, weights } = compositeRule(0, 1, 4, 16);
  const densities = Array.from(points, (epsilon) =>
    gaussianDensity({
      mean: [epsilon * data.mean[0]! + (1 - epsilon) * generated.mean[0]!],
      covariance: [epsilon ** 2 * data.covariance[0]! + (1 - epsilon) ** 2 * generated.covariance[0]!],
    }),
  );
  return (x) => densities.reduce((sum, density, i) => sum + weights[i]! * density([x]), 0);
}

/** The integral of a function known at points in order, from the first of them, by trapezoids. */
function summedUp(points: Float64Array, values: Float64Array): Float64Array {
  const sums = new Float64Array(points.length);
  for (let i = 1; i < points.length; i++)
    sums[i] = sums[i - 1]! + ((points[i]! - points[i - 1]!) * (values[i]! + values[i - 1]!)) / 2;
  return sums;
}
