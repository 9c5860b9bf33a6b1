// Where slots live: buffers of their own, arenas that many slots share, and buffers that are reused once a slot is dead.

import { NOTHING, type Slot, slotsOf, type Work } from './work';

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

/** A part of a slot that can be bound by itself; undefined where it begins at no place that bindings may begin at. */
export function partOf(whole: Slot, name: string, start: number, length: number): Slot | undefined {
  return (4 * start) % ALIGNMENT === 0 ? { name, length, within: { whole, start } } : undefined;
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
    if (slot === NOTHING || this.#regions.has(slot)) return true;
    return (slot.within && this.has(slot.within.whole)) || (this.#parent?.has(slot) ?? false);
  }

  region(slot: Slot): Region {
    let region = this.#regions.get(slot);
    if (!region && slot.within) {
      const { buffer, offset } = this.region(slot.within.whole);
      region = { buffer, offset: offset + 4 * slot.within.start, size: bytesOf(slot) };
    }
    region ??= this.#parent?.region(slot);
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
   * Gives every slot in these lists that has no memory yet a buffer, which slots share that are never alive at the same
   * time; see `shareBuffers`. Lists never run at the same time, and no list finds what another left in such a slot.
   * @returns the bytes of these buffers
   */
  allocateTransient(name: string, lists: readonly (readonly Uses[])[]): number {
    const shared = shareBuffers(lists, (slot) => !this.has(slot));
    for (const [i, { size, slots }] of shared.entries()) {
      const buffer = this.#createBuffer(`${name} ${i}`, size);
      for (const slot of slots) this.#regions.set(slot, { buffer, offset: 0, size: bytesOf(slot) });
    }
    return sizeOf(shared);
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

/** As much of a dispatch as says which slots are alive at it. */
type Uses = Pick<Work, 'bindings' | 'alternatives'>;

interface SharedBuffer {
  size: number;
  readonly slots: Slot[];
}

interface Lifetime {
  readonly first: number;
  last: number;
}

/**
 * Which slots share a buffer. A slot lives from the first to the last dispatch of each list that needs it. Two greedy
 * orders are tried and the smaller result is taken: from the largest slot to the smallest, where no buffer has to grow
 * (Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020), and in order of first use, which
 * suits chains better.
 *
 * Whole buffers, not ranges of one: WebGPU keeps account of a dispatch's usage by buffer, so two ranges of one buffer
 * cannot be read and written by the same dispatch, which is what every layer does with its input and its output.
 */
function shareBuffers(
  lists: readonly (readonly Uses[])[],
  wanted: (slot: Slot) => boolean,
): readonly SharedBuffer[] {
  const lifetimes = lifetimesOf(lists, wanted);
  const meet = (a: Slot, b: Slot): boolean => {
    const others = lifetimes.get(b)!;
    return lifetimes.get(a)!.some((life, l) => {
      const other = others[l];
      return life && other && life.first <= other.last && other.first <= life.last;
    });
  };
  const place = (order: readonly Slot[]): SharedBuffer[] => {
    const buffers: SharedBuffer[] = [];
    for (const slot of order) {
      const size = bytesOf(slot);
      const free = buffers
        .filter(({ slots }) => !slots.some((other) => meet(slot, other)))
        .sort((a, b) => a.size - b.size);
      // The smallest that fits, else the largest, which then grows.
      const buffer = free.find((candidate) => candidate.size >= size) ?? free.at(-1);
      if (buffer) {
        buffer.size = Math.max(buffer.size, size);
        buffer.slots.push(slot);
      } else {
        buffers.push({ size, slots: [slot] });
      }
    }
    return buffers;
  };
  const byFirstUse = [...lifetimes.keys()];
  const [one, other] = [place(byFirstUse.toSorted((a, b) => bytesOf(b) - bytesOf(a))), place(byFirstUse)];
  return sizeOf(one) < sizeOf(other) ? one : other;
}

const sizeOf = (buffers: readonly SharedBuffer[]) => buffers.reduce((sum, { size }) => sum + size, 0);

/** When each slot is alive in each list, in the order of first use. */
function lifetimesOf(
  lists: readonly (readonly Uses[])[],
  wanted: (slot: Slot) => boolean,
): Map<Slot, (Lifetime | undefined)[]> {
  const lifetimes = new Map<Slot, (Lifetime | undefined)[]>();
  for (const [l, list] of lists.entries()) {
    for (const [i, item] of list.entries()) {
      for (const bound of slotsOf(item)) {
        const slot = bound.within?.whole ?? bound;
        if (!wanted(slot)) continue;
        const lives = lifetimes.get(slot) ?? [];
        lifetimes.set(slot, lives);
        const life = lives[l];
        if (life) life.last = i;
        else lives[l] = { first: i, last: i };
      }
    }
  }
  return lifetimes;
}
