// Tensors between the CPU and the GPU: PyTorch's names and layouts on this side, arenas and the kernels' layouts on that.

import type { Arena, Memory, Region } from '../gpu/memory';
import type { Slot } from '../gpu/work';
import { fromKernels, toKernels } from '../layers/parameter';
import type { TensorSpec } from './network';
import type { Tensor, Tensors } from './tensor';

/** An arena, and what each of its slots holds. */
export interface TensorGroup {
  readonly arena: Arena;
  readonly specs: readonly TensorSpec[];
}

/** Reads regions behind each other, as `Readback` does it. */
type Read = (regions: readonly Region[]) => Promise<ArrayBuffer>;

/** All tensors of the groups, by the names of their slots. Read in one piece: all are of the same moment. */
export async function readGroups(
  memory: Memory,
  groups: readonly TensorGroup[],
  read: Read,
): Promise<Map<string, Tensor>> {
  const regions = groups.map(({ arena }) => memory.region(arena.whole));
  const bytes = await read(regions);
  const result = new Map<string, Tensor>();
  let at = 0;
  groups.forEach(({ arena, specs }, g) => {
    arena.slots.forEach((slot, i) => {
      const start = at + 4 * arena.offsets[i]!;
      const data = new Float32Array(bytes.slice(start, start + 4 * slot.length));
      result.set(slot.name, { shape: specs[i]!.shape, data: fromKernels(data, specs[i]!) });
    });
    at += regions[g]!.size;
  });
  return result;
}

/**
 * Writes tensors to the slots of their names.
 * @throws RangeError for a name that no group has or a length that differs; nothing is written then.
 */
export function writeGroups(memory: Memory, groups: readonly TensorGroup[], tensors: Tensors): void {
  const places = new Map<string, { slot: Slot; spec: TensorSpec }>();
  for (const { arena, specs } of groups) {
    for (const [i, slot] of arena.slots.entries()) places.set(slot.name, { slot, spec: specs[i]! });
  }
  for (const [name, { data }] of tensors) {
    const length = places.get(name)?.slot.length;
    if (length === undefined) throw new RangeError(`This run has no tensor "${name}".`);
    if (length !== data.length) throw new RangeError(`"${name}" has ${length} numbers, not ${data.length}.`);
  }
  for (const [name, { data }] of tensors) {
    const { slot, spec } = places.get(name)!;
    memory.write(slot, toKernels(data, spec));
  }
}
