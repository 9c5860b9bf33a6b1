// The declarations written for a shader, and that TypeScript reads them as meant.

import { expect, describe as suite, test } from 'vitest';
import { describe } from './describe';
import { typesOf } from './types';

const CODE = `const ROWS = 2u;
const SLOPE = 0.2;
struct Shape { batch: u32, low: vec2f }
@group(0) @binding(0) var<storage, read> input: array<f32>;
@group(0) @binding(1) var<storage, read_write> output: array<f32>;
@group(0) @binding(2) var<uniform> shape: Shape;
@compute @workgroup_size(1) fn forward() { output[0] = input[shape.batch]; }
@compute @workgroup_size(1) fn nothing() {}`;

suite('typesOf', () => {
  test('declares each kernel with its bindings, fields and constants', () => {
    const description = describe(CODE, 'a.wgsl', () => undefined);
    expect(typesOf(description, 'a.wgsl')).toBe(`// Generated from a.wgsl by \`npm run types\`.

import type { Kernel } from '../src/wgsl/kernel';

export declare const forward: Kernel<{
  input: 'read';
  output: 'readWrite';
  shape: { batch: 'u32'; low: 'vec2f' };
}, 'ROWS' | 'SLOPE'>;

export declare const nothing: Kernel<Record<never, never>, 'ROWS' | 'SLOPE'>;
`);
  });

  test('says never where there is no constant, and finds the kernel type from a folder further down', () => {
    const description = describe('@compute @workgroup_size(1) fn main() {}', 'deep/a.wgsl', () => undefined);
    const types = typesOf(description, 'deep/a.wgsl');
    expect(types).toContain('Kernel<Record<never, never>, never>');
    expect(types).toContain("from '../../src/wgsl/kernel'");
  });
});
