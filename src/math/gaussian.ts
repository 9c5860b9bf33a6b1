// Normal distributions in one and two dimensions: densities, and what affine maps make of them.

import type { Box } from './quadrature';

/** N(mean, covariance); the covariance is n × n, row by row, n being 1 or 2. */
export interface Gaussian {
  readonly mean: readonly number[];
  readonly covariance: readonly number[];
}

/** x ↦ weight·x + bias, `weight` being outputs × inputs, row by row: a dense layer in PyTorch's layout. */
export interface AffineMap {
  readonly weight: readonly number[];
  readonly bias: readonly number[];
}

/** The distribution of weight·z + bias for standard normal z: N(bias, weight·weightᵀ). */
export function affineImage({ weight, bias }: AffineMap): Gaussian {
  const outputs = bias.length;
  const inputs = weight.length / outputs;
  const covariance = Array.from({ length: outputs * outputs }, (_, k) => {
    const row = Math.floor(k / outputs);
    const column = k % outputs;
    let sum = 0;
    for (let i = 0; i < inputs; i++) sum += weight[row * inputs + i]! * weight[column * inputs + i]!;
    return sum;
  });
  return { mean: bias, covariance };
}

/** The determinant and the inverse of a 1 × 1 or 2 × 2 matrix. */
export function invert(matrix: readonly number[]): { determinant: number; inverse: readonly number[] } {
  if (matrix.length === 1) return { determinant: matrix[0]!, inverse: [1 / matrix[0]!] };
  const [a, b, c, d] = matrix as readonly [number, number, number, number];
  const determinant = a * d - b * c;
  return { determinant, inverse: [d / determinant, -b / determinant, -c / determinant, a / determinant] };
}

/** The density of a normal distribution as a function of the point, per unit length or area. */
export function gaussianDensity(gaussian: Gaussian): (x: ArrayLike<number>) => number {
  const { mean } = gaussian;
  const n = mean.length;
  const { determinant, inverse } = invert(gaussian.covariance);
  const peak = 1 / Math.sqrt((2 * Math.PI) ** n * determinant);
  return (x) => {
    let distance = 0;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) distance += (x[i]! - mean[i]!) * inverse[i * n + j]! * (x[j]! - mean[j]!);
    }
    return peak * Math.exp(-distance / 2);
  };
}

/** The box that reaches `deviations` standard deviations from the mean along each axis. */
export function gaussianBox({ mean, covariance }: Gaussian, deviations: number): Box {
  const reach = mean.map((_, axis) => deviations * Math.sqrt(covariance[axis * (mean.length + 1)]!));
  return {
    low: mean.map((center, axis) => center - reach[axis]!),
    high: mean.map((center, axis) => center + reach[axis]!),
  };
}
