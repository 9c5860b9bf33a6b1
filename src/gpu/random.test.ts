// The GPU's random numbers against the CPU's: the same words, and floats as near as float32 can be.

import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { choose, normalPair, openUnitFloat, philox, seedWords, unitFloat, type Words } from '../math/philox';
import { describe } from '../wgsl/describe';
import { includeReader } from '../wgsl/files';
import { useDevice } from './test-device';
import { runWork } from './testing';
import type { Work } from './work';

const device = useDevice();
const COUNT = 4096;

// Every function of the fragment on words of two kinds: Philox's own, and the extremes.
const shader = /* wgsl */ `
// include lib/random.wgsl

struct Seed { words: vec2u }
@group(0) @binding(0) var<storage, read> counters: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> words: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> floats: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> normals: array<vec4f>;
@group(0) @binding(4) var<uniform> seed: Seed;

const WORKGROUP_SIZE = 64u;

@compute @workgroup_size(WORKGROUP_SIZE)
fn drawAll(@builtin(global_invocation_id) id: vec3u) {
  let bits = philox(counters[id.x], seed.words);
  let choice = choose(bits.z, 25u);
  words[id.x] = bits;
  floats[id.x] = vec4f(unitFloat(bits.x), openUnitFloat(bits.y), f32(choice.index), choice.fraction);
  normals[id.x] = normalFour(select(bits, counters[id.x], id.x < 16u));
}
`;

const extremes = [0, 1, 0x00ffffff, 0x3fffffff, 0x40000000, 0x80000000, 0xc0000000, 0xffffffff];

test('words are equal, floats are equal, normals agree to 1e-6 of the radius', async () => {
  const { kernels } = describe(
    shader,
    'test.wgsl',
    includeReader(fileURLToPath(new URL('../../shaders', import.meta.url))),
  );
  const slot = (name: string) => ({ name, length: 4 * COUNT });
  const [counters, words, floats, normals] = ['counters', 'words', 'floats', 'normals'].map(slot);
  const inputs: Words[] = Array.from({ length: COUNT }, (_, i) =>
    i < 16
      ? [extremes[i % 8]!, extremes[(3 * i) % 8]!, extremes[(i + 5) % 8]!, extremes[(i >> 1) % 8]!]
      : [i, 0xffffffff - i, i % 7, i % 3],
  );
  const seed = seedWords(0x1_2345_6789_abcd);
  const bindings = {
    counters: counters!,
    words: words!,
    floats: floats!,
    normals: normals!,
    seed: { words: seed },
  };
  const list: Work[] = [{ kernel: kernels.drawAll!, bindings, grid: [COUNT / 64, 1, 1], flops: 0, bytes: 0 }];
  const given = new Map([[counters!, new Uint32Array(inputs.flat())]]);
  const [wordBytes, floatBytes, normalBytes] = await runWork(device(), list, given, [
    words!,
    floats!,
    normals!,
  ]);
  const found = { words: new Uint32Array(wordBytes!), floats: new Float32Array(floatBytes!) };
  const foundNormals = new Float32Array(normalBytes!);

  inputs.forEach((counter, i) => {
    const bits = philox(counter, seed);
    const choice = choose(bits[2], 25);
    expect([...found.words.subarray(4 * i, 4 * i + 4)]).toEqual(bits);
    const floats = [unitFloat(bits[0]), openUnitFloat(bits[1]), choice.index, choice.fraction];
    expect([...found.floats.subarray(4 * i, 4 * i + 4)]).toEqual(floats);
    const [a, b, c, d] = i < 16 ? counter : bits;
    for (const [pair, first, second] of [
      [0, a, b],
      [1, c, d],
    ] as const) {
      const expected = normalPair(first, second);
      const tolerance = 1e-6 * Math.hypot(...expected);
      expected.forEach((x, k) => {
        expect(Math.abs(foundNormals[4 * i + 2 * pair + k]! - x)).toBeLessThanOrEqual(tolerance);
      });
    }
  });
});
