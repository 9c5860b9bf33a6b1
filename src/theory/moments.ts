// Whether samples have the mean and the covariance that a density says.

import { integrate, type QuadratureRule } from '../math/quadrature';

/**
 * How far the worst mean or covariance of `samples`, [n, dimensions], lies from the density's, in standard errors
 * of a normal distribution with these moments.
 * @param density At the rule's points.
 */
export function momentDeviation(
  samples: ArrayLike<number>,
  rule: QuadratureRule,
  density: ArrayLike<number>,
): number {
  const { dimensions, points } = rule;
  const count = samples.length / dimensions;
  const axes = Array.from({ length: dimensions }, (_, axis) => axis);
  const expectation = (f: (i: number) => number) =>
    integrate(
      rule,
      rule.weights.map((_, i) => density[i]! * f(i)),
    );
  const average = (f: (i: number) => number) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += f(i);
    return sum / count;
  };
  const mean = axes.map((axis) => expectation((i) => points[i * dimensions + axis]!));
  // About the true mean on both sides: the samples' own would only add an error of second order.
  const product = (values: ArrayLike<number>, a: number, b: number) => (i: number) =>
    (values[i * dimensions + a]! - mean[a]!) * (values[i * dimensions + b]! - mean[b]!);
  const covariance = axes.map((a) => axes.map((b) => expectation(product(points, a, b))));

  const means = axes.map((axis) => {
    const difference = average((i) => samples[i * dimensions + axis]!) - mean[axis]!;
    return Math.abs(difference) / Math.sqrt(covariance[axis]![axis]! / count);
  });
  const covariances = axes.flatMap((a) =>
    axes.map((b) => {
      const difference = average(product(samples, a, b)) - covariance[a]![b]!;
      const variance = covariance[a]![a]! * covariance[b]![b]! + covariance[a]![b]! ** 2;
      return Math.abs(difference) / Math.sqrt(variance / count);
    }),
  );
  return Math.max(...means, ...covariances);
}
