// The Fréchet distance of two sets of features, each taken for a normal distribution (Dowson and Landau 1982; what Heusel et
// al. 2017 compute in Inception's features and call FID):
//
//   |μ₁ − μ₂|² + tr(C₁ + C₂ − 2 (C₁^½ C₂ C₁^½)^½)

import { symmetricEigen } from '../math/eigen';
import { type Rows, rowCount } from './neighbours';

/** At least two rows in each. 0 for the same set; more for two samples of one distribution, the fewer they are. */
export function frechetDistance(a: Rows, b: Rows): number {
  const n = a.width;
  const [first, second] = [momentsOf(a), momentsOf(b)];
  let means = 0;
  for (let i = 0; i < n; i++) means += (first.mean[i]! - second.mean[i]!) ** 2;
  const root = squareRoot(first.covariance, n);
  const inner = multiply(multiply(root, second.covariance, n), root, n);
  // Rounding leaves the product a little unsymmetric and its zeros a little negative.
  const symmetric = inner.map((x, i) => (x + inner[(i % n) * n + Math.floor(i / n)]!) / 2);
  const crossed = symmetricEigen(symmetric).values.reduce((sum, x) => sum + Math.sqrt(Math.max(0, x)), 0);
  return means + trace(first.covariance, n) + trace(second.covariance, n) - 2 * crossed;
}

/** The unbiased covariance, as NumPy's `cov`. */
function momentsOf(rows: Rows): { mean: Float64Array; covariance: Float64Array } {
  const { width: n, numbers } = rows;
  const count = rowCount(rows);
  const mean = new Float64Array(n);
  numbers.forEach((x, i) => {
    mean[i % n]! += x / count;
  });
  const covariance = new Float64Array(n * n);
  const centered = new Float64Array(n);
  for (let row = 0; row < count; row++) {
    for (let i = 0; i < n; i++) centered[i] = numbers[row * n + i]! - mean[i]!;
    for (let i = 0; i < n; i++)
      for (let j = 0; j <= i; j++) covariance[i * n + j]! += (centered[i]! * centered[j]!) / (count - 1);
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) covariance[j * n + i] = covariance[i * n + j]!;
  return { mean, covariance };
}

/** Of a symmetric matrix without negative eigenvalues. */
function squareRoot(matrix: Float64Array, n: number): Float64Array {
  const { values, vectors } = symmetricEigen(matrix);
  const scaled = vectors.map((x, i) => x * Math.sqrt(Math.max(0, values[i % n]!)));
  const transposed = vectors.map((_, i) => vectors[(i % n) * n + Math.floor(i / n)]!);
  return multiply(scaled, transposed, n);
}

function multiply(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const product = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let k = 0; k < n; k++)
      for (let j = 0; j < n; j++) product[i * n + j]! += a[i * n + k]! * b[k * n + j]!;
  return product;
}

const trace = (matrix: Float64Array, n: number): number =>
  matrix.reduce((sum, x, i) => (i % (n + 1) === 0 ? sum + x : sum), 0);
