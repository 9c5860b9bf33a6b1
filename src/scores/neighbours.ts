// Distances between rows of numbers: how far the nearest, or the k-th nearest, is.

/** Rows of `width` numbers behind each other. */
export interface Rows {
  readonly width: number;
  readonly numbers: Float32Array;
}

export const rowCount = ({ width, numbers }: Rows): number => numbers.length / width;

/**
 * The squared Euclidean distance of row i of one to row j of another of the same width. Where it is more than `bound`,
 * some number that is more than it.
 */
export function squaredDistance(
  a: Rows,
  i: number,
  b: Rows,
  j: number,
  bound = Number.POSITIVE_INFINITY,
): number {
  const [x, y, width] = [a.numbers, b.numbers, a.width];
  let [p, q, sum] = [i * width, j * width, 0];
  const end = p + width;
  const wholeEnd = p + (width & ~7);
  // Two sums that do not wait for each other; most pairs are far apart, and a part of the way says so.
  while (p < wholeEnd) {
    const d0 = x[p]! - y[q]!;
    const d1 = x[p + 1]! - y[q + 1]!;
    const d2 = x[p + 2]! - y[q + 2]!;
    const d3 = x[p + 3]! - y[q + 3]!;
    const d4 = x[p + 4]! - y[q + 4]!;
    const d5 = x[p + 5]! - y[q + 5]!;
    const d6 = x[p + 6]! - y[q + 6]!;
    const d7 = x[p + 7]! - y[q + 7]!;
    sum += d0 * d0 + d1 * d1 + d2 * d2 + d3 * d3 + (d4 * d4 + d5 * d5 + d6 * d6 + d7 * d7);
    if (sum > bound) return sum;
    p += 8;
    q += 8;
  }
  for (; p < end; p++, q++) {
    const d = x[p]! - y[q]!;
    sum += d * d;
  }
  return sum;
}

/** For each row, the squared distances to its k nearest others of the same set, nearest first: [count, k]. */
export function nearestOthers(set: Rows, k: number): Float64Array {
  const count = rowCount(set);
  if (count <= k) throw new RangeError(`Of ${count} rows none has ${k} others.`);
  const nearest = new Float64Array(count * k).fill(Number.POSITIVE_INFINITY);
  const farthest = (row: number) => (row + 1) * k - 1;
  const insert = (row: number, distance: number) => {
    let at = farthest(row);
    if (distance >= nearest[at]!) return;
    for (; at > row * k && nearest[at - 1]! > distance; at--) nearest[at] = nearest[at - 1]!;
    nearest[at] = distance;
  };
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < i; j++) {
      const bound = Math.max(nearest[farthest(i)]!, nearest[farthest(j)]!);
      const distance = squaredDistance(set, i, set, j, bound);
      insert(i, distance);
      insert(j, distance);
    }
  }
  return nearest;
}
