// The race detector on a kernel of its own: it finds what is missing, and nothing else.

import { expect, describe as suite, test } from 'vitest';
import { describe } from './describe';
import type { Kernel } from './kernel';
import { findRaces, type RaceSpecimen, usesWorkgroupMemory, withoutEachBarrier } from './races';

// Each workgroup reverses tiles of 4 numbers, one after the other, through workgroup memory that the tiles share,
// and adds them up: the first barrier orders writing and reading a tile, the second reading and the next tile's writing.
const REVERSE = `const TILE = 4u;
struct Reverse { tiles: u32 }
@group(0) @binding(0) var<storage, read> input: array<f32>;
@group(0) @binding(1) var<storage, read_write> output: array<f32>;
@group(0) @binding(2) var<uniform> shape: Reverse;
var<workgroup> tile: array<f32, TILE>;
fn keep(lane: u32, value: f32) {
  tile[lane] = value;
}
@compute @workgroup_size(TILE)
fn reverse(@builtin(local_invocation_id) id: vec3u, @builtin(workgroup_id) group: vec3u) {
  var sum = 0.0;
  for (var t = 0u; t < shape.tiles; t++) {
    workgroupBarrier(); // opens its block
    keep(id.x, input[(group.x * shape.tiles + t) * TILE + id.x]);
    workgroupBarrier();
    sum += tile[TILE - 1u - id.x];
  }
  output[group.x * TILE + id.x] = sum;
}
@compute @workgroup_size(TILE)
fn copy(@builtin(global_invocation_id) id: vec3u) { output[id.x] = input[id.x]; }
`;
const { reverse, copy } = describe(REVERSE, 'reverse.wgsl', () => undefined).kernels as {
  reverse: Kernel;
  copy: Kernel;
};
const specimen: RaceSpecimen = {
  kernel: reverse,
  grid: [2, 1, 1],
  bindings: {
    input: Float32Array.from({ length: 16 }, (_, index) => index * index),
    output: new Float32Array(8),
    shape: { tiles: 2 },
  },
  // Σ over the group's tiles t of input[8 group + 4 t + 3 − lane]
  expected: {
    output: Array.from({ length: 8 }, (_, index) => {
      const first = 8 * Math.floor(index / 4) + 3 - (index % 4);
      return first ** 2 + (first + 4) ** 2;
    }),
  },
  tolerance: 0,
};

suite('the race detector', () => {
  test('tells kernels with workgroup memory, used in a function they call, from those beside them', () => {
    expect(usesWorkgroupMemory(reverse)).toBe(true);
    expect(usesWorkgroupMemory(copy)).toBe(false);
    const indirect = describe(
      `${REVERSE}@compute @workgroup_size(4) fn viaHelper() { keep(0u, 1.0); }`,
      'reverse.wgsl',
      () => undefined,
    );
    expect(usesWorkgroupMemory(indirect.kernels.viaHelper!)).toBe(true);
  });

  test('finds none where all barriers are in place', () => {
    expect(findRaces(specimen)).toEqual({ races: [] });
  });

  test('reports each barrier that is left out', () => {
    const removed = withoutEachBarrier(reverse);
    expect(removed.map(({ line }) => line)).toEqual([14, 16]);
    for (const { code } of removed) {
      expect(code.match(/workgroupBarrier/g)).toHaveLength(1);
      expect(findRaces(specimen, code).races[0]).toMatch(/race on 'tile'/);
    }
  });

  test('leaves the numbers it is given as they are', () => {
    findRaces(specimen);
    expect([...(specimen.bindings.output as Float32Array)]).toEqual(Array(8).fill(0));
  });

  test('doubts a verdict whose output is wrong', () => {
    const wrong = { ...specimen, expected: { output: Array(8).fill(1) } };
    expect(findRaces(wrong).doubt).toBe('reverse.wgsl:reverse: output[0] is 58 instead of 1');
    const short = { ...specimen, expected: { output: [58] } };
    expect(findRaces(short).doubt).toContain('has 8 numbers and is expected to have 1');
  });

  test('wants every binding', () => {
    const { input: _, ...rest } = specimen.bindings;
    expect(() => findRaces({ ...specimen, bindings: rest })).toThrow('the race specimen has no input');
    expect(() => findRaces({ ...specimen, bindings: { ...specimen.bindings, shape: {} } })).toThrow(
      'reverse.wgsl:reverse: the uniform field tiles has no value',
    );
  });
});
