// Specialising: constants of every form, what follows from them, sharing, and the errors.

import { expect, describe as suite, test } from 'vitest';
import { describe } from './describe';
import type { Kernel } from './kernel';
import { specialize, workgroupSizeOf } from './specialize';
import { tokenize } from './tokens';

const SUM = `const ROWS = 2u; // ROWS = 2u here
const WIDTH: u32 = 16;
const SHIFT = -1i;
const PLAIN = 3;
const SLOPE = 0.2;
const GAIN = 1.5f;
const GROUP = WIDTH / 2u;
@group(0) @binding(0) var<storage, read_write> output: array<f32>;
@compute @workgroup_size(GROUP, PLAIN) fn sum() {
  let ROWSY = 1u;
  var part: array<f32, ROWS>;
  // unroll
  for (var r = 0u; r < ROWS; r++) { part[r] = SLOPE; }
  // unroll
  for (var r = 0u; r < ROWS; r++) { output[r] = part[r] * GAIN; }
}`;

type SumKernel = Kernel<{ output: 'readWrite' }, 'ROWS' | 'WIDTH' | 'SHIFT' | 'PLAIN' | 'SLOPE' | 'GAIN'>;
const sum = describe(SUM, 'sum.wgsl', () => undefined).kernels.sum! as unknown as SumKernel;

suite('specialize', () => {
  test('rewrites every form of a constant', () => {
    const { code, constants } = specialize(sum, {
      ROWS: 3,
      WIDTH: 32,
      SHIFT: -7,
      PLAIN: 1,
      SLOPE: 1,
      GAIN: 0.25,
    });
    expect(code).toContain('const ROWS = 3u; // ROWS = 2u here\n');
    expect(code).toContain('const WIDTH: u32 = 32u;\n');
    expect(code).toContain('const SHIFT = -7i;\n');
    expect(code).toContain('const PLAIN = 1;\n');
    expect(code).toContain('const SLOPE = 1.0;\n');
    expect(code).toContain('const GAIN = 0.25f;\n');
    expect(constants).toEqual({ ROWS: 3, WIDTH: 32, SHIFT: -7, PLAIN: 1, SLOPE: 1, GAIN: 0.25 });
  });

  test('unrolls by the new constants, again from the source', () => {
    expect(sum.code.match(/part_\d = SLOPE/g)).toHaveLength(2);
    const four = specialize(sum, { ROWS: 4 });
    expect(four.code.match(/part_\d = SLOPE/g)).toHaveLength(4);
    expect(four.code).toContain('let ROWSY = 1u');
    const one = specialize(four, { ROWS: 1 });
    expect(one.code.match(/part_\d = SLOPE/g)).toHaveLength(1);
  });

  test('recomputes the workgroup size', () => {
    expect(sum.workgroupSize).toEqual([8, 3, 1]);
    expect(specialize(sum, { WIDTH: 64, PLAIN: 2 }).workgroupSize).toEqual([32, 2, 1]);
  });

  test('says in the label what differs from the file, and in that order', () => {
    expect(specialize(sum, { SLOPE: 0.5, ROWS: 4 }).label).toBe('sum.wgsl:sum(ROWS=4, SLOPE=0.5)');
    expect(specialize(specialize(sum, { ROWS: 4 }), { WIDTH: 8 }).label).toBe(
      'sum.wgsl:sum(ROWS=4, WIDTH=8)',
    );
    expect(specialize(specialize(sum, { ROWS: 4 }), { ROWS: 2 }).label).toBe('sum.wgsl:sum');
  });

  test('gives the same object for the same values, and the kernel itself where nothing differs', () => {
    expect(specialize(sum, { ROWS: 4, WIDTH: 8 })).toBe(specialize(sum, { WIDTH: 8, ROWS: 4 }));
    expect(specialize(sum, { ROWS: 2 })).toBe(sum);
    expect(specialize(sum, {})).toBe(sum);
    expect(specialize(sum, { ROWS: 4 })).not.toBe(specialize(sum, { ROWS: 5 }));
  });

  test('freezes the variant and leaves the kernel as it was', () => {
    const variant = specialize(sum, { ROWS: 4 });
    expect(Object.isFrozen(variant) && Object.isFrozen(variant.constants)).toBe(true);
    expect(sum.constants.ROWS).toBe(2);
    expect(variant.bindings).toBe(sum.bindings);
  });

  test('refuses an unknown name and lists those there are', () => {
    expect(() => specialize(sum as Kernel, { COLUMNS: 4 })).toThrow(
      'sum.wgsl:sum has no constant COLUMNS; it has ROWS, WIDTH, SHIFT, PLAIN, SLOPE, GAIN',
    );
    // A constant made of others is not one to set.
    expect(() => specialize(sum as Kernel, { GROUP: 4 })).toThrow('has no constant GROUP');
  });

  test.each([
    [{ ROWS: 1.5 }, 'sum.wgsl:sum: the constant ROWS is u32 and cannot be 1.5'],
    [{ ROWS: -1 }, 'sum.wgsl:sum: the constant ROWS is u32 and cannot be -1'],
    [{ SLOPE: Number.NaN }, 'sum.wgsl:sum: the constant SLOPE is float and cannot be NaN'],
    [
      { ROWS: 5000 },
      'sum.wgsl:sum(ROWS=5000), line 12 of its text: the bounds of the loop over “r” to unroll give more than 1024 copies',
    ],
    [{ WIDTH: 1 }, 'the @workgroup_size of sum is not made of constants'],
  ])('refuses %j', (constants, message) => {
    expect(() => specialize(sum, constants)).toThrow(message);
  });
});

suite('workgroupSizeOf', () => {
  const code = `const N = 4u;
@compute @workgroup_size(N*8u,) fn first() {}
@workgroup_size(2, N - 1, 3) @compute fn second() {}
fn helper() {}`;

  test('reads the attribute of the function asked for, in any order', () => {
    expect(workgroupSizeOf(tokenize(code), 'first').size).toEqual([32, 1, 1]);
    expect(workgroupSizeOf(tokenize(code), 'second').size).toEqual([2, 3, 3]);
  });

  test('does not take that of the function before', () => {
    expect(() => workgroupSizeOf(tokenize(code), 'helper')).toThrow('helper has no @workgroup_size');
  });
});
