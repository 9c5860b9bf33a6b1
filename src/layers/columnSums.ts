// Sums of a matrix's columns: a bias' gradient is columnSums(outputGrad, batch · height · width, channels, biasGrad).

import { columnSums as columnSums1 } from '../../shaders/columnSums.wgsl';
import { columnSums as columnSums4 } from '../../shaders/columnSums4.wgsl';
import { linearGrid, type Slot, type Work, work } from '../gpu/work';

/** What all sums of columns are made by. */
export const SUM_KERNELS = [columnSums1, columnSums4];

/** Up to this many rows, one invocation adds a column up alone. */
const FEW_ROWS = 128;

/**
 * output[column] = Σ_row input[row, column] for an input [rows, columns]; overwrites the output. Always adds in the same
 * order. Many rows are split into about √rows parts of as many rows, in one dispatch, and the parts added in a second.
 */
export function columnSums(input: Slot, rows: number, columns: number, output: Slot): Work[] {
  if (rows <= FEW_ROWS) return [partSums(input, rows, columns, rows, output)];
  const partRows = Math.ceil(Math.sqrt(rows));
  const parts = Math.ceil(rows / partRows);
  const partial: Slot = { name: `${output.name} in parts`, length: parts * columns };
  return [
    partSums(input, rows, columns, partRows, partial),
    partSums(partial, parts, columns, parts, output),
  ];
}

/** output[sample, column] = Σ_row input[sample, row, column] for an input [samples, rows, columns]. */
export const sampleSums = (input: Slot, samples: number, rows: number, columns: number, output: Slot): Work =>
  partSums(input, samples * rows, columns, rows, output);

function partSums(input: Slot, rows: number, columns: number, partRows: number, sums: Slot): Work {
  const [kernel, lanes] = columns % 4 === 0 ? [columnSums4, columns / 4] : [columnSums1, columns];
  const grid = linearGrid(lanes * Math.ceil(rows / partRows), kernel);
  return work(kernel, { input, sums, shape: { rows, columns: lanes, partRows } }, grid, rows * columns);
}
