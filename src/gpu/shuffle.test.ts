// The GPU's shuffling against the CPU's: the same index for every position, also for positions beyond 32 bits.

import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { philox, seedWords, type Words } from '../math/philox';
import { shuffledIndex } from '../math/shuffle';
import { describe } from '../wgsl/describe';
import { includeReader } from '../wgsl/files';
import { useDevice } from './test-device';
import { runWork } from './testing';
import type { Work } from './work';

const device = useDevice();

const shader = /* wgsl */ `
// include lib/shuffle.wgsl

struct Key { seed: vec2u, stream: u32 }
// draw, batch, row, count
@group(0) @binding(0) var<storage, read> cases: array<vec4u>;
// position (low, high), index
@group(0) @binding(1) var<storage, read_write> found: array<vec4u>;
@group(0) @binding(2) var<uniform> key: Key;

const WORKGROUP_SIZE = 64u;

@compute @workgroup_size(WORKGROUP_SIZE)
fn shuffleAll(@builtin(global_invocation_id) id: vec3u) {
  let one = cases[id.x];
  let position = positionOf(one.x, one.y, one.z);
  found[id.x] = vec4u(position, shuffledIndex(position, one.w, key.stream, key.seed), 0u);
}
`;

const COUNT = 4096;
const counts = [1, 2, 3, 10, 257, 10_000, 60_000, 2 ** 20, 2 ** 31 - 1, 2 ** 31];
const draws = [0, 1, 999, 2 ** 31, 2 ** 32 - 1];

test('positions and indices are equal, whatever the draw and the number of samples', async () => {
  const { kernels } = describe(
    shader,
    'test.wgsl',
    includeReader(fileURLToPath(new URL('../../shaders', import.meta.url))),
  );
  const [cases, found] = ['cases', 'found'].map((name) => ({ name, length: 4 * COUNT }));
  const seed = seedWords(0x1_2345_6789_abcd);
  const given = Array.from({ length: COUNT }, (_, i): Words => {
    const [a, b, c] = philox([i, 0, 0, 0], seed);
    const batch = i % 3 === 0 ? 65_536 : 1 + (a % 65_536);
    return [i % 2 === 0 ? draws[i % draws.length]! : b, batch, c % batch, counts[i % counts.length]!];
  });
  const list: Work[] = [
    {
      kernel: kernels.shuffleAll!,
      bindings: { cases: cases!, found: found!, key: { seed, stream: 6 } },
      grid: [COUNT / 64, 1, 1],
      flops: 0,
      bytes: 0,
    },
  ];
  const inputs = new Map([[cases!, new Uint32Array(given.flat())]]);
  const [bytes] = await runWork(device(), list, inputs, [found!]);
  const words = new Uint32Array(bytes!);
  given.forEach(([draw, batch, row, count], i) => {
    const position = draw * batch + row;
    const expected = [
      position >>> 0,
      Math.floor(position / 2 ** 32),
      shuffledIndex(position, count, 6, seed),
    ];
    expect([...words.subarray(4 * i, 4 * i + 3)], `${draw} · ${batch} + ${row} of ${count}`).toEqual(
      expected,
    );
  });
});
