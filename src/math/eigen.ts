// Eigenvalues and eigenvectors of symmetric matrices in float64, by Jacobi's rotations (1846): slow for large ones, and as
// exact as float64 allows.

export interface Eigen {
  readonly values: Float64Array;
  /** [n, n]: column i belongs to value i. Orthonormal. */
  readonly vectors: Float64Array;
}

const MOST_SWEEPS = 60;

/** @param matrix [n, n], symmetric */
export function symmetricEigen(matrix: Float64Array): Eigen {
  const n = Math.round(Math.sqrt(matrix.length));
  const a = matrix.slice();
  const vectors = Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));
  const norm = a.reduce((sum, x) => sum + x * x, 0);
  const rest = () => {
    let sum = 0;
    for (let p = 0; p < n; p++) for (let q = 0; q < p; q++) sum += 2 * a[p * n + q]! ** 2;
    return sum;
  };
  for (let sweep = 0; sweep < MOST_SWEEPS && rest() > 1e-30 * norm; sweep++) {
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, vectors, n, p, q);
  }
  return { values: Float64Array.from({ length: n }, (_, i) => a[i * n + i]!), vectors };
}

/** Turns the plane of axes p and q so that a[p, q] becomes 0. */
function rotate(a: Float64Array, vectors: Float64Array, n: number, p: number, q: number): void {
  const off = a[p * n + q]!;
  if (off === 0) return;
  const theta = (a[q * n + q]! - a[p * n + p]!) / (2 * off);
  // The smaller of the two angles: that of the tangent of at most 1.
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  const turn = (array: Float64Array, i: number, j: number) => {
    const [x, y] = [array[i]!, array[j]!];
    array[i] = c * x - s * y;
    array[j] = s * x + c * y;
  };
  for (let k = 0; k < n; k++) turn(a, k * n + p, k * n + q);
  for (let k = 0; k < n; k++) turn(a, p * n + k, q * n + k);
  for (let k = 0; k < n; k++) turn(vectors, k * n + p, k * n + q);
}
