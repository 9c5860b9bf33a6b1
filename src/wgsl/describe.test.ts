// Descriptions: bindings, layouts, constants, workgroup sizes, and every mistake with its file and line.

import { expect, describe as suite, test } from 'vitest';
import { describe } from './describe';

const FRAGMENTS: Record<string, string> = {
  'lib/square.wgsl': '// x²\nconst GAIN = 1.0;\nfn square(x: f32) -> f32 {\n  return GAIN * x * x;\n}\n',
  'lib/broken.wgsl': '// wrong\n@group(1) @binding(0) var<storage, read> other: array<f32>;\n',
};
const describeText = (code: string) => describe(code, 'scale.wgsl', (path) => FRAGMENTS[path]);

const SCALE = `// output = factor · input²
// include lib/square.wgsl
const WORKGROUP_SIZE = 64u;
const ROWS: u32 = 2;
const SLOPE = 0.2; // { not a bracket
const AREA = ROWS * WORKGROUP_SIZE;

struct Scale {
  count: u32,
  factor: f32,
  low: vec2<f32>, // on 8
  shift: i32,
  seed: vec2u,
  color: vec4f, // on 16
  last: u32,
}

@group(0) @binding(3) var<uniform> shape: Scale;
@group(0) @binding(0) var<storage, read> input: array<vec4<f32>>;
@group(0) @binding(1) var<storage,read_write> output : array<vec4f>;
@group(0) @binding(2) var<storage, read_write> counts: array<atomic<u32>, 4>;
@group(0) @binding(0) var<storage> outputGrad: array<f32>;
var<workgroup> shared: array<f32, AREA>;

fn isInside(index: u32) -> bool { return index < shape.count; }

@compute @workgroup_size(AREA / 2u, ROWS)
fn scaleForward(@builtin(global_invocation_id) id: vec3u) {
  if (!isInside(id.x)) { return; }
  output[id.x] = shape.factor * square(input[id.x].x) * vec4f(1.0);
}

@compute
@workgroup_size(8u)
fn scaleBackward(@builtin(global_invocation_id) id: vec3u) {
  atomicAdd(&counts[0], u32(outputGrad[id.x]));
}
`;

suite('describe', () => {
  const { kernels, includes } = describeText(SCALE);
  const forward = kernels.scaleForward!;
  const backward = kernels.scaleBackward!;

  test('gives one kernel per entry point', () => {
    expect(Object.keys(kernels)).toEqual(['scaleForward', 'scaleBackward']);
    expect(forward).toMatchObject({
      label: 'scale.wgsl:scaleForward',
      file: 'scale.wgsl',
      entryPoint: 'scaleForward',
    });
    expect(includes).toEqual(['lib/square.wgsl']);
    expect(forward.code).toContain('fn square(x: f32)');
  });

  test('binds what the entry point uses, through functions too, and nothing else', () => {
    expect(Object.keys(forward.bindings)).toEqual(['input', 'output', 'shape']);
    expect(backward.bindings).toEqual({
      outputGrad: { kind: 'storage', binding: 0, access: 'read', type: 'array<f32>' },
      counts: { kind: 'storage', binding: 2, access: 'readWrite', type: 'array<atomic<u32>, 4>' },
    });
    expect(forward.bindings.input).toEqual({
      kind: 'storage',
      binding: 0,
      access: 'read',
      type: 'array<vec4<f32>>',
    });
    expect(forward.bindings.output).toMatchObject({ binding: 1, access: 'readWrite', type: 'array<vec4f>' });
  });

  test('lays uniform structs out as WGSL does', () => {
    // Offsets by the rules of the specification's “Memory Layout”, worked out by hand.
    expect(forward.bindings.shape).toEqual({
      kind: 'uniform',
      binding: 3,
      size: 64,
      fields: {
        count: { offset: 0, type: 'u32' },
        factor: { offset: 4, type: 'f32' },
        low: { offset: 8, type: 'vec2f' },
        shift: { offset: 16, type: 'i32' },
        seed: { offset: 24, type: 'vec2u' },
        color: { offset: 32, type: 'vec4f' },
        last: { offset: 48, type: 'u32' },
      },
    });
  });

  test('lists plain numbers as constants, those of fragments too', () => {
    expect(forward.constants).toEqual({ GAIN: 1, WORKGROUP_SIZE: 64, ROWS: 2, SLOPE: 0.2 });
  });

  test('works out workgroup sizes that wgsl_reflect misreads', () => {
    expect(forward.workgroupSize).toEqual([64, 2, 1]);
    expect(backward.workgroupSize).toEqual([8, 1, 1]);
  });

  test('freezes everything', () => {
    const isDeepFrozen = (value: unknown): boolean =>
      typeof value !== 'object' ||
      value === null ||
      (Object.isFrozen(value) && Object.values(value).every(isDeepFrozen));
    expect(isDeepFrozen({ ...kernels })).toBe(false);
    expect(isDeepFrozen(kernels)).toBe(true);
  });

  test('unrolls the code and keeps the source', () => {
    const { kernels } = describeText(
      `@group(0) @binding(0) var<storage, read_write> output: array<u32>;
@compute @workgroup_size(1) fn main() {
  // unroll
  for (var i = 0u; i < 2u; i++) { output[i] = i; }
}`,
    );
    expect(kernels.main!.code).toContain('{ output[1u] = 1u; }');
    expect(kernels.main!.source).toContain('// unroll');
  });

  test('describes a kernel without bindings', () => {
    expect(describeText('@compute @workgroup_size(1) fn main() {}').kernels.main!.bindings).toEqual({});
  });
});

/** A valid kernel around something that is wrong. */
const aroundKernel = (declarations: string, statement = '', attributes = '@compute @workgroup_size(1)') =>
  `${declarations}\n${attributes}\nfn main() { ${statement} }`;
const uniform = (type: string) =>
  aroundKernel(`struct S { a: ${type} }\n@group(0) @binding(0) var<uniform> s: S;`, '_ = s.a;');

suite('describe refuses', () => {
  test.each([
    [
      'a missing include',
      '\n// include lib/none.wgsl',
      'scale.wgsl:2: there is no “lib/none.wgsl” to include',
    ],
    [
      'another group, in the fragment that has it',
      '// include lib/broken.wgsl',
      'lib/broken.wgsl:2: all bindings are in @group(0)',
    ],
    [
      'a mistake, counting lines behind an include',
      '// include lib/square.wgsl\nfn f() { let 3 = x; }',
      'scale.wgsl:2: cannot be parsed',
    ],
    ['an unclosed bracket', 'fn f() {', 'scale.wgsl:1: “{” is never closed'],
    ['no entry point', 'fn f() {}', 'scale.wgsl:1: there is no @compute entry point'],
    [
      'a shader that draws',
      '\n@fragment fn f() {}',
      'scale.wgsl:2: a @fragment entry point: shaders that draw are imported with “?raw”',
    ],
    ['no workgroup size', aroundKernel('', '', '@compute'), 'scale.wgsl:3: main has no @workgroup_size'],
    [
      'a workgroup size that is no constant',
      aroundKernel('', '', '@compute @workgroup_size(N)'),
      'scale.wgsl:2: the @workgroup_size of main is not made of constants',
    ],
    [
      'a workgroup size of 0',
      aroundKernel('', '', '@compute @workgroup_size(0)'),
      'scale.wgsl:2: the @workgroup_size of main is not made of constants',
    ],
    [
      'override',
      aroundKernel('override N = 4u;'),
      'scale.wgsl:1: “override” is not used here: write a const and use specialize',
    ],
    [
      'features',
      aroundKernel('enable f16, subgroups;'),
      'scale.wgsl:1: “enable f16…”: of the optional features only “enable subgroups;” is used here',
    ],
    [
      'two variables at one binding',
      aroundKernel(
        '@group(0) @binding(2) var<storage> a: array<f32>;\n@group(0) @binding(2) var<storage> b: array<f32>;',
        '_ = a[0] + b[0];',
      ),
      'scale.wgsl:2: main has two variables at @binding(2): a and b',
    ],
    [
      'a uniform that is no struct',
      aroundKernel('@group(0) @binding(0) var<uniform> n: u32;', '_ = n;'),
      'scale.wgsl:1: the uniform n is u32: uniforms are structs',
    ],
    [
      'vec3 in a uniform',
      uniform('vec3f'),
      'scale.wgsl:2: S.a of s is vec3f: uniform fields are u32, i32, f32, vec2u, vec2f, vec4u, vec4f',
    ],
    [
      'an array in a uniform',
      uniform('array<vec4f, 2>'),
      'scale.wgsl:2: S.a of s is array<vec4f, 2>: uniform fields',
    ],
    [
      'alignment in a uniform',
      uniform('u32, @align(16) b: u32'),
      'scale.wgsl:2: S.b: attributes on uniform fields are not supported',
    ],
    [
      'a texture',
      aroundKernel('@group(0) @binding(0) var t: texture_2d<f32>;', '_ = textureLoad(t, vec2u(0), 0);'),
      'scale.wgsl:1: t is texture_2d<f32>: kernels bind storage and uniform buffers',
    ],
    [
      'a loop that cannot be unrolled',
      aroundKernel('', '\n// unroll\nfor (var i = 0u; i < n; i++) {}'),
      'scale.wgsl:4: the bounds of the loop over “i” to unroll are not constant',
    ],
  ])('%s', (_, code, message) => {
    expect(() => describeText(code)).toThrow(message);
  });

  test('with a ShaderError that holds file and line', () => {
    expect(() => describeText('\n\nfn f() {')).toThrow(
      expect.objectContaining({ name: 'ShaderError', file: 'scale.wgsl', line: 3 }),
    );
  });
});
