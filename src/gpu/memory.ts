// Where slots live: buffers of their own, arenas that many slots share, and buffers that are reused once a slot is dead.

import { isSlot, NOTHING, type Slot, type Work } from './work';

export interface Region {
  readonly buffer: GPUBuffer;
  /** In bytes, as is `size`. */
  readonly offset: number;
  readonly size: number;
}

/** WebGPU's guaranteed alignment of a binding's offset in a buffer. */
const ALIGNMENT = 256;
const STORAGE = () => GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;

const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;

/** Bytes of a slot, padded to whole vec4s so that kernels may bind it as `array<vec4f>`. */
const bytesOf = (slot: Slot): number => Math.max(16, roundUp(4 * slot.length, 16));

/** A slot over a row of slots that lie behind each other at aligned offsets. */
export interface Arena {
  readonly whole: Slot;
  readonly slots: readonly Slot[];
  /** Where each slot begins, in 32-bit words. */
  readonly offsets: readonly number[];
}

/** Lays slots out behind each other; two arenas of slots with the same lengths have the same layout. */
export function layOutArena(name: string, slots: readonly Slot[]): Arena {
  const offsets: number[] = [];
  let end = 0;
  for (const slot of slots) {
    offsets.push(end / 4);
    end = roundUp(end + bytesOf(slot), ALIGNMENT);
  }
  return { whole: { name, length: end / 4 }, slots, offsets };
}

export class Memory {
  readonly #device: GPUDevice;
  readonly #parent: Memory | undefined;
  readonly #regions = new Map<Slot, Region>();
  readonly #buffers: GPUBuffer[] = [];
  #bytes = 0;

  /** With a parent, its slots can be bound too; destroying the child leaves them. */
  constructor(device: GPUDevice, parent?: Memory) {
    this.#device = device;
    this.#parent = parent;
  }

  /** Bytes of all buffers. */
  get bytes(): number {
    return this.#bytes;
  }

  has(slot: Slot): boolean {
    return slot === NOTHING || this.#regions.has(slot) || (this.#parent?.has(slot) ?? false);
  }

  region(slot: Slot): Region {
    let region = this.#regions.get(slot) ?? this.#parent?.region(slot);
    if (slot === NOTHING) region ??= this.allocate(slot);
    if (!region) throw new Error(`The slot "${slot.name}" was never given memory.`);
    return region;
  }

  /** Gives a slot a buffer of its own, filled with zeros. */
  allocate(slot: Slot): Region {
    const size = bytesOf(slot);
    const region = { buffer: this.#createBuffer(slot.name, size), offset: 0, size };
    this.#regions.set(slot, region);
    return region;
  }

  /** Gives an arena one buffer; its slots and the whole of it can be bound. */
  allocateArena(arena: Arena): Region {
    const region = this.allocate(arena.whole);
    arena.slots.forEach((slot, i) => {
      this.#regions.set(slot, { buffer: region.buffer, offset: 4 * arena.offsets[i]!, size: bytesOf(slot) });
    });
    return region;
  }

  /**
   * Gives every slot in these lists that has no memory yet a buffer, reusing buffers of slots that are dead: a slot
   * lives from the first to the last dispatch of its list that binds it. Lists never run at the same time, so they
   * share buffers too; a slot that several of them bind has a buffer of its own.
   */
  allocateTransient(name: string, lists: readonly (readonly Work[])[]): void {
    const seen = new Set<Slot>();
    for (const list of lists) {
      const slots = [...lifetimesOf(list, (slot) => !this.has(slot)).keys()];
      for (const slot of slots.filter((slot) => seen.has(slot))) this.allocate(slot);
      for (const slot of slots) seen.add(slot);
    }
    const pool: { buffer: GPUBuffer | undefined; size: number; slots: Slot[] }[] = [];
    for (const list of lists) {
      const lifetimes = lifetimesOf(list, (slot) => !this.has(slot));
      const busy = new Map<(typeof pool)[number], number>();
      const byFirstUse = [...lifetimes].sort(([, a], [, b]) => a.first - b.first);
      for (const [slot, { first, last }] of byFirstUse) {
        const size = bytesOf(slot);
        const free = pool.filter((entry) => (busy.get(entry) ?? -1) < first);
        // The smallest that fits, else the largest, which then grows.
        const fitting = free.filter((entry) => entry.size >= size).sort((a, b) => a.size - b.size)[0];
        let entry = fitting ?? free.sort((a, b) => b.size - a.size)[0];
        if (!entry) {
          entry = { buffer: undefined, size, slots: [] };
          pool.push(entry);
        }
        entry.size = Math.max(entry.size, size);
        entry.slots.push(slot);
        busy.set(entry, last);
      }
    }
    for (const [i, { size, slots }] of pool.entries()) {
      const buffer = this.#createBuffer(`${name} ${i}`, size);
      for (const slot of slots) this.#regions.set(slot, { buffer, offset: 0, size: bytesOf(slot) });
    }
  }

  write(slot: Slot, data: Float32Array | Uint32Array): void {
    if (data.length > slot.length)
      throw new Error(`${data.length} numbers do not fit into "${slot.name}" of ${slot.length}.`);
    const { buffer, offset } = this.region(slot);
    this.#device.queue.writeBuffer(buffer, offset, data.buffer, data.byteOffset, data.byteLength);
  }

  destroy(): void {
    for (const buffer of this.#buffers) buffer.destroy();
  }

  #createBuffer(label: string, size: number): GPUBuffer {
    const { maxStorageBufferBindingSize, maxBufferSize } = this.#device.limits;
    const limit = Math.min(maxStorageBufferBindingSize, maxBufferSize);
    if (size > limit) {
      throw new RangeError(
        `"${label}" needs ${size} bytes, more than the ${limit} that this adapter binds: choose a smaller batchSize or smaller layers.`,
      );
    }
    const buffer = this.#device.createBuffer({ label, size, usage: STORAGE() });
    this.#buffers.push(buffer);
    this.#bytes += size;
    return buffer;
  }
}

function lifetimesOf(
  list: readonly Work[],
  wanted: (slot: Slot) => boolean,
): Map<Slot, { first: number; last: number }> {
  const lifetimes = new Map<Slot, { first: number; last: number }>();
  list.forEach((item, i) => {
    for (const slot of Object.values(item.bindings).filter(isSlot)) {
      if (!wanted(slot)) continue;
      const known = lifetimes.get(slot);
      if (known) known.last = i;
      else lifetimes.set(slot, { first: i, last: i });
    }
  });
  return lifetimes;
}
