// Sums of columns against float64, with few and many rows, and columns that are and are not a multiple of four.

import { expect, test } from 'vitest';
import { useDevice } from '../gpu/test-device';
import { runWork } from '../gpu/testing';
import type { Slot } from '../gpu/work';
import { columnSums } from './columnSums';
import { specimenNumbers } from './specimen';

const device = useDevice();

test.each([
  [1, 5],
  [128, 8],
  [129, 3],
  [2500, 12],
])('%d rows of %d columns', async (rows, columns) => {
  const input: Slot = { name: 'input', length: rows * columns };
  const output: Slot = { name: 'output', length: columns };
  const data = specimenNumbers(input.length, 60);
  const list = columnSums(input, rows, columns, output);
  const [bytes] = await runWork(device(), list, new Map([[input, data]]), [output]);
  new Float32Array(bytes!).forEach((sum, column) => {
    const own = data.filter((_, i) => i % columns === column);
    expect(Math.abs(sum - own.reduce((total, x) => total + x, 0))).toBeLessThan(1e-6 * rows);
  });
});
