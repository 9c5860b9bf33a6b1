// Histograms over a box: known probabilities of their cells, and how far counts are from them.

import { normalInterval } from './normal';
import { type Box, boxRule } from './quadrature';

/** A box cut into `columns` × `rows` cells, row by row; one row in one dimension. */
export interface Cells {
  readonly box: Box;
  readonly columns: number;
  readonly rows: number;
}

/** Cuts a box into cells of about `size`, at most `limit` along each axis. */
export function cutBox(box: Box, size: number, limit: number): Cells {
  const [columns, rows = 1] = box.low.map((low, axis) => {
    // A hair less than the quotient, so that 4 / 0.125 stays 32 whatever the rounding.
    const wanted = Math.ceil((box.high[axis]! - low) / size - 1e-6);
    return Math.min(limit, Math.max(1, wanted));
  });
  return { box, columns: columns!, rows };
}

/**
 * The probability of every cell and, last, of everything outside them, for a density that changes over lengths of
 * `resolution`: Gauss–Legendre with four points for each such length, good to 1e-7 for a normal with that deviation.
 */
export function cellProbabilities(
  { box, columns, rows }: Cells,
  density: (x: ArrayLike<number>) => number,
  resolution: number,
): Float64Array {
  const counts = [columns, rows].slice(0, box.low.length);
  const sizes = counts.map((count, axis) => (box.high[axis]! - box.low[axis]!) / count);
  const panels = Math.ceil(Math.max(...sizes) / resolution - 1e-6);
  const rule = boxRule({ low: sizes.map(() => 0), high: sizes }, Math.max(1, panels), 4);
  const probabilities = new Float64Array(columns * rows + 1);
  const { dimensions, points, weights } = rule;
  const x = new Float64Array(dimensions);
  let inside = 0;
  for (let cell = 0; cell < columns * rows; cell++) {
    const place = [cell % columns, Math.floor(cell / columns)];
    let sum = 0;
    for (let i = 0; i < weights.length; i++) {
      for (let axis = 0; axis < dimensions; axis++) {
        x[axis] = box.low[axis]! + place[axis]! * sizes[axis]! + points[i * dimensions + axis]!;
      }
      sum += weights[i]! * density(x);
    }
    probabilities[cell] = sum;
    inside += sum;
  }
  probabilities[columns * rows] = Math.max(0, 1 - inside);
  return probabilities;
}

/** The same for draws from a list of points, [n, dimensions], each moved by a normal with the deviation `jitter`. */
export function pointProbabilities(cells: Cells, list: ArrayLike<number>, jitter: number): Float64Array {
  const { box, columns, rows } = cells;
  const dimensions = box.low.length;
  const probabilities = new Float64Array(columns * rows + 1);
  const share = dimensions / list.length;
  const whole = [{ cell: 0, probability: 1 }];
  let inside = 0;
  for (let i = 0; i < list.length; i += dimensions) {
    const along = axisShares(cells, 0, list[i]!, jitter);
    const across = dimensions === 2 ? axisShares(cells, 1, list[i + 1]!, jitter) : whole;
    for (const row of across) {
      for (const column of along) {
        const probability = share * row.probability * column.probability;
        probabilities[row.cell * columns + column.cell]! += probability;
        inside += probability;
      }
    }
  }
  probabilities[columns * rows] = Math.max(0, 1 - inside);
  return probabilities;
}

function axisShares({ box, columns, rows }: Cells, axis: number, x: number, jitter: number) {
  const count = axis === 0 ? columns : rows;
  const low = box.low[axis]!;
  const size = (box.high[axis]! - low) / count;
  const cellOf = (at: number) => Math.min(count - 1, Math.max(0, Math.floor((at - low) / size)));
  if (jitter === 0) return [{ cell: cellOf(x), probability: 1 }];
  const shares: { cell: number; probability: number }[] = [];
  for (let cell = cellOf(x - 6 * jitter); cell <= cellOf(x + 6 * jitter); cell++) {
    const start = (low + cell * size - x) / jitter;
    shares.push({ cell, probability: normalInterval(start, start + size / jitter) });
  }
  return shares;
}

/**
 * JS(counts / Σ counts ‖ probabilities) in nats, from 0 to log 2. Counts of n true samples give about
 * (cells − 1) / (8 n) rather than 0, where n is large for the number of cells that samples reach.
 */
export function histogramDivergence(counts: ArrayLike<number>, probabilities: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i]!;
  let sum = 0;
  for (let i = 0; i < counts.length; i++) {
    const p = counts[i]! / total;
    const q = probabilities[i]!;
    // Not by (p + q)/2, which is 0 for the least numbers there are.
    if (p > 0) sum += p * Math.log((2 * p) / (p + q));
    if (q > 0) sum += q * Math.log((2 * q) / (p + q));
  }
  return sum / 2;
}
