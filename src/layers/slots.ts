// Sums and copies of slots.

import { addGradients } from '../../shaders/addGradients.wgsl';
import { copyRows } from '../../shaders/copyRows.wgsl';
import { addUp } from '../../shaders/sum.wgsl';
import { linearGrid, type Slot, type Work, work } from '../gpu/work';

/** sum += addend, of the sum's length. */
export function addWork(sum: Slot, addend: Slot): Work {
  const shape = { count: sum.length };
  return work(addGradients, { sum, addend, shape }, linearGrid(sum.length, addGradients), sum.length);
}

/** total = left + right, slots of one length. */
export function sumWork(left: Slot, right: Slot, total: Slot): Work {
  const shape = { count: Math.ceil(total.length / 4) };
  return work(addUp, { left, right, total, shape }, linearGrid(shape.count, addUp), total.length);
}

/** Copies `count` numbers between slots: batches behind batches. From and to the start where not said. */
export function copyWork(
  source: Slot,
  destination: Slot,
  count: number,
  { from = 0, to = 0 }: { readonly from?: number; readonly to?: number } = {},
): Work {
  const shape = { count, sourceStart: from, destinationStart: to };
  return work(copyRows, { source, destination, shape }, linearGrid(count, copyRows));
}
