// Functions of one file in the kernels of another.

import { expect, test } from 'vitest';
import { describe } from './describe';
import { graft } from './graft';
import type { Kernel } from './kernel';
import { specialize } from './specialize';

const HOST = `
const TILE = 2u;
fn helper(x: f32) -> f32 { return x; }
fn f(x: f32) -> f32 { return x; }
@group(0) @binding(0) var<storage, read_write> output: array<f32>;
@compute @workgroup_size(TILE) fn main() { output[0] = f(helper(1.0)); }
`;
const DONOR = `
const SCALE = 3.0;
fn inner(x: f32) -> f32 { return SCALE * x; } // used
fn unused(x: f32) -> f32 { return x; }
fn helper(x: f32) -> f32 { return -x; }
fn f(x: f32) -> f32 { return inner(helper(x)); }
@compute @workgroup_size(1) fn other() { _ = f(unused(1.0)); }
`;
const host = describe(HOST, 'host.wgsl', () => undefined).kernels.main!;
const donor = describe(DONOR, 'donor.wgsl', () => undefined).kernels.other! as Kernel<never>;

test('replaces the function and brings what it needs, and no more', () => {
  const { code, label } = graft(host, donor, ['f']);
  expect(code).toContain('return inner(helper(x))');
  expect(code).toContain('const SCALE = 3.0;');
  expect(code.match(/fn f\(/g)).toHaveLength(1);
  expect(code).not.toContain('unused');
  // The host's own helper stays.
  expect(code.match(/fn helper\(x: f32\) -> f32 \{ return x; \}/g)).toHaveLength(1);
  expect(code).not.toContain('return -x');
  expect(label).toBe('host.wgsl:main+donor');
});

test('gives the same object again, and can be specialised', () => {
  expect(graft(host, donor, ['f'])).toBe(graft(host, donor, ['f']));
  const variant = specialize(graft(host, donor, ['f']), { TILE: 8 });
  expect(variant.workgroupSize).toEqual([8, 1, 1]);
  expect(variant.label).toBe('host.wgsl:main+donor(TILE=8)');
  expect(variant.code).toContain('return inner(helper(x))');
});

test('keeps the constants of a host that was specialised before', () => {
  const variant = graft(specialize(host, { TILE: 8 }), donor, ['f']);
  expect(variant.workgroupSize).toEqual([8, 1, 1]);
});

test('says which side lacks a function', () => {
  expect(() => graft(host, donor, ['inner'])).toThrow('host.wgsl:main has no function inner to replace');
  expect(() => graft(host, donor, ['f', 'output'])).toThrow('no function output');
  expect(() => graft(donor as unknown as Kernel, host as unknown as Kernel<never>, ['inner'])).toThrow(
    'host.wgsl:main has no function inner to give',
  );
});
