// The geometry of the picture: which range it shows, and where in it D is asked.

import type { DataSource } from '../../data/source';
import type { Box } from '../../math/quadrature';

/** Cells a side of D's field: in the plane, and on a line. */
const FIELD_SIDE = 64;
const FIELD_LENGTH = 256;
/** How much wider than the data the picture is, so that one sees D around it. */
const MARGIN = 0.15;

export interface Frame {
  readonly dimensions: 1 | 2;
  /** The range that is shown, a number a dimension; a square in the plane. */
  readonly bounds: Box;
  /** Cells of D's field; one row in one dimension. */
  readonly columns: number;
  readonly rows: number;
}

/** Around a data source's points; nothing where they have neither one nor two dimensions. */
export function frameOf(data: DataSource): Frame | undefined {
  const dimensions = data.shape.length === 1 ? data.shape[0] : undefined;
  if (dimensions !== 1 && dimensions !== 2) return undefined;
  return {
    dimensions,
    bounds: widened(data.distribution?.bounds ?? extent(data.points?.list ?? [], dimensions), dimensions),
    columns: dimensions === 1 ? FIELD_LENGTH : FIELD_SIDE,
    rows: dimensions === 1 ? 1 : FIELD_SIDE,
  };
}

/** With a margin around it, and of the same length in both dimensions, so that circles stay circles. */
export function widened({ low, high }: Box, dimensions: number): Box {
  const half = low.map((from, d) => ((high[d]! - from) / 2) * (1 + MARGIN));
  const reach = Math.max(...half);
  const middle = low.map((from, d) => (from + high[d]!) / 2);
  return {
    low: middle.map((m, d) => m - (dimensions === 2 ? reach : half[d]!)),
    high: middle.map((m, d) => m + (dimensions === 2 ? reach : half[d]!)),
  };
}

/** The range of points that are all that is known of their distribution. */
export function extent(points: ArrayLike<number>, dimensions: number): Box {
  const low = new Array<number>(dimensions).fill(Infinity);
  const high = new Array<number>(dimensions).fill(-Infinity);
  for (let i = 0; i < points.length; i++) {
    const d = i % dimensions;
    low[d] = Math.min(low[d]!, points[i]!);
    high[d] = Math.max(high[d]!, points[i]!);
  }
  // One point, or none, has no extent of its own.
  for (let d = 0; d < dimensions; d++) {
    if (!Number.isFinite(low[d]!)) [low[d], high[d]] = [-1, 1];
    else if (low[d] === high[d]) [low[d], high[d]] = [low[d]! - 1, high[d]! + 1];
  }
  return { low, high };
}

/** The centres of the field's cells, lowest row first: [rows, columns, dimensions] */
export function cellCentres({ low, high }: Box, columns: number, rows: number): Float32Array<ArrayBuffer> {
  const dimensions = low.length;
  const places = new Float32Array(columns * rows * dimensions);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const at = (row * columns + column) * dimensions;
      places[at] = low[0]! + ((column + 0.5) / columns) * (high[0]! - low[0]!);
      if (dimensions === 2) places[at + 1] = low[1]! + ((row + 0.5) / rows) * (high[1]! - low[1]!);
    }
  }
  return places;
}
