// Uniform structs as bytes: each type at its place, nothing beside it.

import { expect, test } from 'vitest';
import type { UniformBinding } from './kernel';
import { writeUniform } from './uniform';

const binding: UniformBinding = {
  kind: 'uniform',
  binding: 0,
  size: 48,
  fields: {
    count: { offset: 0, type: 'u32' },
    shift: { offset: 4, type: 'i32' },
    low: { offset: 8, type: 'vec2f' },
    seed: { offset: 16, type: 'vec4u' },
    slope: { offset: 32, type: 'f32' },
  },
};
const values = { count: 0xffffffff, shift: -2, low: [0.5, -1.5], seed: [1, 2, 3, 0x80000000], slope: 0.25 };

test('writes every type at its offset and nothing else', () => {
  const view = new DataView(new ArrayBuffer(64));
  for (let at = 0; at < 64; at++) view.setUint8(at, 0xaa);
  writeUniform(view, 8, binding, values, 'a');
  expect(view.getUint32(8, true)).toBe(0xffffffff);
  expect(view.getInt32(12, true)).toBe(-2);
  expect([view.getFloat32(16, true), view.getFloat32(20, true)]).toEqual([0.5, -1.5]);
  expect([24, 28, 32, 36].map((at) => view.getUint32(at, true))).toEqual([1, 2, 3, 0x80000000]);
  expect(view.getFloat32(40, true)).toBe(0.25);
  for (const at of [0, 4, 44, 48, 60]) expect(view.getUint32(at, true)).toBe(0xaaaaaaaa);
});

test('names the field without a value', () => {
  const { slope: _, ...rest } = values;
  const write = () => writeUniform(new DataView(new ArrayBuffer(48)), 0, binding, rest, 'a.wgsl:a');
  expect(write).toThrow('a.wgsl:a: the uniform field slope has no value');
});
