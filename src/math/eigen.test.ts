// Eigenvalues against closed forms, and decompositions put together again.

import { expect, test } from 'vitest';
import { symmetricEigen } from './eigen';
import { normals } from './philox';

test('a matrix of two by two', () => {
  const { values, vectors } = symmetricEigen(Float64Array.of(2, 1, 1, 2));
  expect([...values].sort()).toEqual([expect.closeTo(1, 14), expect.closeTo(3, 14)]);
  for (const x of vectors) expect(Math.abs(x)).toBeCloseTo(Math.SQRT1_2, 14);
});

test('the chain of n masses has 2 − 2 cos(kπ/(n + 1))', () => {
  const n = 20;
  const chain = Float64Array.from({ length: n * n }, (_, i) => {
    const distance = Math.abs(Math.floor(i / n) - (i % n));
    return distance === 0 ? 2 : distance === 1 ? -1 : 0;
  });
  const found = symmetricEigen(chain).values.sort();
  found.forEach((value, k) => {
    expect(value).toBeCloseTo(2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)), 12);
  });
});

test('V diag(values) Vᵀ is the matrix, and V is orthonormal; also where values repeat or are 0', () => {
  const n = 24;
  // Of rank 10.
  const factors = normals(10 * n, { seed: [4, 0], stream: 0, draw: 0 });
  const matrix = Float64Array.from({ length: n * n }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < 10; k++) sum += factors[k * n + Math.floor(i / n)]! * factors[k * n + (i % n)]!;
    return sum;
  });
  const { values, vectors } = symmetricEigen(matrix);
  expect(values.filter((x) => Math.abs(x) < 1e-11)).toHaveLength(14);
  const product = (weights: ArrayLike<number>, a: number, b: number) => {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += weights[k]! * vectors[a * n + k]! * vectors[b * n + k]!;
    return sum;
  };
  for (let i = 0; i < n * n; i++) {
    const [a, b] = [Math.floor(i / n), i % n];
    expect(product(values, a, b)).toBeCloseTo(matrix[i]!, 10);
    expect(product(new Array(n).fill(1), a, b)).toBeCloseTo(a === b ? 1 : 0, 12);
  }
});
