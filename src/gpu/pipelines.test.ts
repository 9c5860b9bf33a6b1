// Pipelines: shared by code and entry point, and what is said of a kernel that does not compile.

import { expect, test } from 'vitest';
import type { Kernel } from '../wgsl/kernel';
import { PipelineCache } from './pipelines';
import { useDevice } from './test-device';

const device = useDevice();

const kernel = (body: string): Kernel => {
  const code = `@group(0) @binding(0) var<storage, read_write> output: array<u32>;
@compute @workgroup_size(1)
fn main() {
  ${body}
}`;
  return {
    label: 'a.wgsl:main',
    file: 'a.wgsl',
    code,
    source: code,
    entryPoint: 'main',
    workgroupSize: [1, 1, 1],
    bindings: { output: { kind: 'storage', binding: 0, access: 'readWrite', type: 'array<u32>' } },
    constants: {},
  };
};

test('the same code is compiled once', async () => {
  const cache = new PipelineCache(device().gpu);
  const first = cache.get(kernel('output[0] = 1u;'));
  expect(cache.get({ ...kernel('output[0] = 1u;'), label: 'another' })).toBe(first);
  expect(cache.get(kernel('output[0] = 2u;'))).not.toBe(first);
  await first;
});

test('a mistake is named with its kernel and its line, and is not remembered', async () => {
  const cache = new PipelineCache(device().gpu);
  const wrong = kernel('output[0] = 1.5;');
  const failed = cache.get(wrong);
  await expect(failed).rejects.toThrow(/^a\.wgsl:main does not compile: .+ in “output\[0\] = 1\.5;”$/);
  expect(cache.get(wrong)).not.toBe(failed);
  await expect(cache.get(wrong)).rejects.toThrow('a.wgsl:main does not compile');
});
