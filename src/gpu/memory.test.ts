// Memory by liveness: what is alive at the same time never shares a buffer, and what is dead makes room.

import { describe, expect, test } from 'vitest';
import type { Kernel } from '../wgsl/kernel';
import { layOutArena, Memory, partOf } from './memory';
import { useDevice } from './test-device';
import { linearGrid, type Slot, type Work } from './work';

const device = useDevice();
const slot = (name: string, length = 100): Slot => ({ name, length });
/** Only its bindings matter here. */
const using = (...slots: Slot[]): Work => ({
  kernel: {} as Kernel,
  bindings: Object.fromEntries(slots.map((s) => [s.name, s])),
  grid: [1, 1, 1],
  flops: 0,
  bytes: 0,
});

describe('transient slots', () => {
  test('of a chain of layers take turns in two buffers', () => {
    const memory = new Memory(device().gpu);
    const slots = Array.from({ length: 9 }, (_, i) => slot(`s${i}`, 50 + i));
    memory.allocateTransient('chain', [slots.slice(1).map((s, i) => using(slots[i]!, s))]);
    expect(new Set(slots.map((s) => memory.region(s).buffer)).size).toBe(2);
    slots.slice(1).forEach((s, i) => {
      expect(memory.region(s).buffer).not.toBe(memory.region(slots[i]!).buffer);
    });
    memory.destroy();
  });

  test('that are needed later keep their buffer', () => {
    const memory = new Memory(device().gpu);
    const [a, b, c, d] = [slot('a'), slot('b'), slot('c'), slot('d')] as const;
    memory.allocateTransient('tape', [[using(a, b), using(b, c), using(c, d), using(a, d)]]);
    for (const other of [b, c, d]) expect(memory.region(other).buffer).not.toBe(memory.region(a).buffer);
    memory.destroy();
  });

  test('of lists share, and each region is as long as its slot', () => {
    const memory = new Memory(device().gpu);
    const [a, b] = [slot('a', 10), slot('b', 1000)];
    memory.allocateTransient('lists', [[using(a)], [using(b)]]);
    expect(memory.region(a).buffer).toBe(memory.region(b).buffer);
    expect([memory.region(a).size, memory.region(b).size]).toEqual([48, 4000]);
    expect(memory.bytes).toBe(4000);
    memory.destroy();
  });

  test('that several lists bind keep one place, free of what is alive in any of them', () => {
    const memory = new Memory(device().gpu);
    const [a, b, both, c, d] = ['a', 'b', 'both', 'c', 'd'].map((name) => slot(name)) as [
      Slot,
      Slot,
      Slot,
      Slot,
      Slot,
    ];
    memory.allocateTransient('shared', [
      [using(a, b), using(b, both)],
      [using(c, both), using(both), using(d)],
    ]);
    for (const other of [b, c]) expect(memory.region(other).buffer).not.toBe(memory.region(both).buffer);
    // a is dead when `both` begins, and `both` when d begins: two buffers do.
    expect(memory.bytes).toBe(2 * 400);
    memory.destroy();
  });

  test('are placed from the largest on, so that small ones do not take a large one’s place', () => {
    const memory = new Memory(device().gpu);
    const [small, large, other] = [slot('small', 4), slot('large', 1000), slot('other', 4)];
    // Placed in the order of their use, `small` would come first and `large` would make its buffer grow.
    const bytes = memory.allocateTransient('sizes', [[using(small), using(small, other), using(large)]]);
    expect(bytes).toBe(4000 + 16);
    expect(memory.bytes).toBe(bytes);
    memory.destroy();
  });

  test('leave slots alone that have memory, their parent’s too', () => {
    const parent = new Memory(device().gpu);
    const memory = new Memory(device().gpu, parent);
    const [own, inherited] = [slot('own'), slot('inherited')];
    parent.allocate(inherited);
    memory.allocateTransient('child', [[using(own, inherited)]]);
    expect(memory.region(inherited)).toBe(parent.region(inherited));
    expect(() => parent.region(own)).toThrow('"own" was never given memory');
    memory.destroy();
    parent.destroy();
  });
});

describe('a part of a slot', () => {
  test('lies where it begins, and keeps the whole alive', () => {
    const memory = new Memory(device().gpu);
    const [whole, between] = [slot('whole', 130), slot('between')];
    const part = partOf(whole, 'part', 64, 66)!;
    // `between` is dead when the whole is bound, but not when its part is.
    memory.allocateTransient('parts', [[using(part, between), using(whole)]]);
    const { buffer } = memory.region(whole);
    expect(memory.region(part)).toEqual({ buffer, offset: 256, size: 272 });
    expect(memory.region(between).buffer).not.toBe(buffer);
    expect(memory.has(part)).toBe(true);
    memory.destroy();
  });

  test('is none where no binding may begin', () => {
    expect(partOf(slot('whole'), 'part', 63, 2)).toBeUndefined();
  });
});

test('an arena lays its slots out at aligned offsets', () => {
  const arena = layOutArena('arena', [slot('a', 3), slot('b', 65), slot('c', 64)]);
  expect(arena.offsets).toEqual([0, 64, 192]);
  expect(arena.whole.length).toBe(256);
});

test('writing more than a slot holds is refused', () => {
  const memory = new Memory(device().gpu);
  const a = slot('a', 2);
  memory.allocate(a);
  expect(() => memory.write(a, new Float32Array(3))).toThrow('3 numbers do not fit into "a" of 2');
  memory.destroy();
});

test('a grid beyond one dimension’s limit folds into two', () => {
  const kernel = { workgroupSize: [64, 1, 1] } as const;
  expect(linearGrid(0, kernel)).toEqual([1, 1, 1]);
  expect(linearGrid(65, kernel)).toEqual([2, 1, 1]);
  const [x, y] = linearGrid(64 * 200_000, kernel);
  expect(x).toBeLessThanOrEqual(65_535);
  expect(x * y).toBeGreaterThanOrEqual(200_000);
});
