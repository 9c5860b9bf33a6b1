// Unrolling: the text it makes, that it computes the same, and what it refuses.

import { describe, expect, test } from 'vitest';
import { WgslExec, WgslParser } from 'wgsl_reflect/wgsl_reflect.module.js';
import { unroll } from './unroll';

const flat = (code: string) => code.replace(/\s+/g, ' ').trim();
const body = (statements: string) => `fn f() { ${statements} }`;
/** The statements of an unrolled function `f`, on one line. */
const unrolled = (statements: string, before = '') =>
  flat(unroll(`${before}\n${body(statements)}`).slice(before.length + 1)).slice('fn f() { '.length, -2);

/** Runs `main` of a module once in wgsl_reflect's interpreter and returns its storage buffer `output`. */
function run(code: string, length: number): number[] {
  const output = new Float32Array(length);
  const exec = new WgslExec(new WgslParser().parse(code));
  exec.dispatchWorkgroups('main', 1, { 0: { 0: output } });
  return [...output];
}

/** A whole module around statements that write `output`. */
const program = (statements: string, constants = '') =>
  `${constants}
@group(0) @binding(0) var<storage, read_write> output: array<f32>;
@compute @workgroup_size(1) fn main() {
${statements}
}`;

describe('unroll', () => {
  test('returns text without marked loops and local arrays as it is', () => {
    const code = 'fn f() { /* { */ for (var i = 0u; i < 4u; i++) { g(i); } } // unrolled, not';
    expect(unroll(code)).toBe(code);
  });

  test('writes each turn out as a block, with the variable as a number of its type', () => {
    expect(unrolled('\n// unroll\nfor (var i = 0u; i < 2u; i++) { g(i); }')).toBe('{ g(0u); } { g(1u); }');
    expect(unrolled('\n// unroll\nfor (var i = 0; i < 2; i++) { g(i); }')).toBe('{ g(0i); } { g(1i); }');
    expect(unrolled('\n// unroll\nfor (var i: u32 = 0; i < 2; i++) { g(i); }')).toBe('{ g(0u); } { g(1u); }');
  });

  test('counts down, by steps, with every comparison', () => {
    const loop = (header: string) => unrolled(`\n// unroll\nfor (${header}) { g(i); }`);
    expect(loop('var i = 2; i >= 0; i--')).toBe('{ g(2i); } { g(1i); } { g(0i); }');
    expect(loop('var i = -1; i <= 3; i += 2')).toBe('{ g((-1i)); } { g(1i); } { g(3i); }');
    expect(loop('var i = 8u; i > 2u; i -= 3u')).toBe('{ g(8u); } { g(5u); }');
    expect(loop('var i = 0u; i != 2u; i++')).toBe('{ g(0u); } { g(1u); }');
    expect(loop('var i = 0u; i < 0u; i++')).toBe('');
  });

  test('takes bounds from module and function constants', () => {
    const marked = '\n// unroll\nfor (var i = 0u; i < HALF; i++) { g(i); }';
    expect(unrolled(marked, 'const N = 4u; const HALF = N / 2u;')).toBe('{ g(0u); } { g(1u); }');
    expect(unrolled(`const HALF = 1u;${marked}`, 'const N = 4u;')).toBe('const HALF = 1u; { g(0u); }');
  });

  test('unrolls nested loops, also where the inner bounds need the outer variable', () => {
    const nested = `
      // unroll
      for (var i = 0u; i < 3u; i++) {
        // unroll
        for (var j = 0u; j < i; j++) { g(i, j); }
      }`;
    expect(unrolled(nested)).toBe('{ } { { g(1u, 0u); } } { { g(2u, 0u); } { g(2u, 1u); } }');
  });

  test('unrolls by a constant that is made of the outer variable', () => {
    const nested = `
      // unroll
      for (var i = 0u; i < 2u; i++) {
        const n = i + 1u;
        // unroll
        for (var j = 0u; j < n; j++) { g(j); }
      }`;
    expect(unrolled(nested)).toBe(
      '{ const n = 0u + 1u; { g(0u); } } { const n = 1u + 1u; { g(0u); } { g(1u); } }',
    );
  });

  test('leaves a loop without a marker inside one with a marker, and the other way round', () => {
    expect(
      unrolled('\n// unroll\nfor (var i = 0u; i < 2u; i++) { for (var j = 0u; j < i; j++) { g(j); } }'),
    ).toBe('{ for (var j = 0u; j < 0u; j++) { g(j); } } { for (var j = 0u; j < 1u; j++) { g(j); } }');
    expect(
      unrolled('for (var j = 0u; j < n; j++) {\n// unroll\nfor (var i = 0u; i < 2u; i++) { g(i, j); } }'),
    ).toBe('for (var j = 0u; j < n; j++) { { g(0u, j); } { g(1u, j); } }');
  });

  test('leaves shadowing names, members and look-alikes alone', () => {
    const statements = `
      // unroll
      for (var i = 0u; i < 1u; i++) {
        g(i, p.i, ii);
        { let i = i + 5u; g(i); }
        for (var i = 7u; i < 8u; i++) { g(i); }
        g(i);
      }
      g(i);`;
    expect(unrolled(statements, 'const i = 9u;')).toBe(
      '{ g(0u, p.i, ii); { let i = 0u + 5u; g(i); } for (var i = 7u; i < 8u; i++) { g(i); } g(0u); } g(i);',
    );
  });

  test('is not misled by brackets and names in comments', () => {
    const statements = `
      // unroll
      // over all } i
      for (var i = 0u; /* ) */ i < 2u; i++) { g(i); // } i
        /* } */ h(i); }`;
    expect(unrolled(statements)).toBe('{ g(0u); h(0u); } { g(1u); h(1u); }');
  });

  test('allows break and continue that belong to something inside', () => {
    const inner = 'for (;;) { if (a) { continue; } break; } switch (i) { default: { break; } }';
    expect(unrolled(`\n// unroll\nfor (var i = 0u; i < 1u; i++) { ${inner} }`)).toBe(
      '{ for (;;) { if (a) { continue; } break; } switch (0u) { default: { break; } } }',
    );
  });

  test.each([
    ['// unroll\nlet x = 1;', 'below “// unroll” there is no for loop', 2],
    [
      'let x = 1; // unroll\nfor (var i = 0u; i < 2u; i++) {}',
      '“// unroll” stands on a line of its own above its loop',
      2,
    ],
    [
      '// unroll\nfor (var i = 0u; i < n; i++) {}',
      'the bounds of the loop over “i” to unroll are not constant',
      2,
    ],
    [
      '// unroll\nfor (var i = 0u; i < 5000u; i++) {}',
      'the bounds of the loop over “i” to unroll give more than 1024 copies',
      2,
    ],
    [
      '// unroll\nfor (var i = 0u; i < 2u; i += 0u) {}',
      'the bounds of the loop over “i” to unroll give more than 1024 copies',
      2,
    ],
    [
      '// unroll\nfor (var x = 0.0; x < 2.0; x += 1.0) {}',
      'the bounds of the loop over “x” to unroll are not whole numbers',
      2,
    ],
    ['// unroll\nfor (var i = 0u; 2u > i; i++) {}', 'a loop to unroll goes on while “i < …”', 2],
    ['// unroll\nfor (var i = 0u; i < 2u; i = i + 1u) {}', 'a loop to unroll steps by “i++” or “i += …”', 2],
    [
      '// unroll\nfor (var i: u32; i < 2u; i++) {}',
      'the bounds of the loop over “i” to unroll are not constant',
      2,
    ],
    ['// unroll\nfor (; i < 2u; i++) {}', 'a loop to unroll begins with “var i = …”', 2],
    ['// unroll\nfor (var i = 0u; i < 2u; i++) {\nif (a) { break; } }', 'a loop to unroll has no “break”', 4],
    [
      '// unroll\nfor (var i = 0u; i < 2u; i++) {\nswitch (a) { default: { continue; } } }',
      'a loop to unroll has no “continue”',
      4,
    ],
    [
      '// unroll\nfor (var i = 0u; i < 2u; i++) {\ni += 1u; }',
      'a loop to unroll leaves its variable “i” alone',
      4,
    ],
    [
      '// unroll\nfor (var i = 0u; i < 2u; i++) {\ng(&i); }',
      'a loop to unroll leaves its variable “i” alone',
      4,
    ],
  ])('refuses %j', (statements, message, line) => {
    expect(() => unroll(`fn f() {\n${statements}\n}`)).toThrow(expect.objectContaining({ message, line }));
  });

  test('takes a parameter for what it is, whatever constant has its name', () => {
    const code =
      'const N = 2u;\nfn f(@builtin(vertex_index) i: u32, N: u32) {\n// unroll\nfor (var k = 0u; k < N; k++) {} }';
    expect(() => unroll(code)).toThrow('the bounds of the loop over “k” to unroll are not constant');
    const shadowed = 'fn f(k: u32) { { g(k); }\n// unroll\nfor (var k = k; k < 2u; k++) { } }';
    expect(() => unroll(shadowed)).toThrow('the bounds of the loop over “k” to unroll are not constant');
  });

  test('reads i & mask as an operator, not as an address', () => {
    expect(unrolled('\n// unroll\nfor (var i = 0u; i < 1u; i++) { g(3u & i); g((a) & i); }')).toBe(
      '{ g(3u & 0u); g((a) & 0u); }',
    );
  });
});

describe('local arrays', () => {
  test('become named variables where every index is constant', () => {
    expect(
      unrolled('var sum: array<vec4<f32>, 2>; sum[0] = a; sum[N - 1u].x += sum[0u].y;', 'const N = 2u;'),
    ).toBe('var sum_0: vec4<f32>; var sum_1: vec4<f32>; sum_0 = a; sum_1.x += sum_0.y;');
    expect(unrolled('var<function> a: array<f32, 2>; g(&a[1]);')).toBe(
      'var a_0: f32; var a_1: f32; g(&a_1);',
    );
  });

  test('stay where an index is computed, the whole is used, or they begin with values', () => {
    for (const statements of [
      'var a: array<f32, 2>; a[n] = a[0];',
      'var a: array<f32, 2>; g(&a);',
      'var a: array<f32, 2>; let b = a;',
      'var a = array<f32, 2>(1.0, 2.0); g(a[0]);',
      'var a: array<f32, 2> = b; g(a[0]);',
      'for (var i = 0u; i < 2u; i++) { var a: array<f32, 2>; a[i] = 1.0; }',
    ])
      expect(unrolled(statements)).toBe(statements);
  });

  test('take no name that is in use', () => {
    expect(unrolled('var a_1 = 3.0; var a: array<f32, 2>; a[0] = a_1;')).toBe(
      'var a_1 = 3.0; var a__0: f32; var a__1: f32; a__0 = a_1;',
    );
  });

  test('are told from others of the same name by their scope', () => {
    const statements = 'var a: array<f32, 1>; { var a: array<f32, 2>; a[n] = 1.0; } a[0] = 2.0; g(p.a[0]);';
    expect(unrolled(statements)).toBe(
      'var a_0: f32; { var a: array<f32, 2>; a[n] = 1.0; } a_0 = 2.0; g(p.a[0]);',
    );
  });

  test('of arrays are split all the way, and of constant scope indices too', () => {
    const nested = 'var m: array<array<f32, 2>, 2>; const k = 1u; m[k][0] = 1.0; m[0][k] = m[1][0];';
    expect(unrolled(nested)).toBe(
      'var m_0_0: f32; var m_0_1: f32; var m_1_0: f32; var m_1_1: f32; const k = 1u; m_1_0 = 1.0; m_0_1 = m_1_0;',
    );
  });

  test('refuse an index outside', () => {
    expect(() => unroll('fn f() {\nvar a: array<f32, 2>;\na[2] = 1.0; }')).toThrow(
      expect.objectContaining({ message: 'a[2] is outside its 2 elements', line: 3 }),
    );
  });
});

describe('what is unrolled computes the same', () => {
  const TILE = program(
    `  var a: array<f32, ROWS>;
  var b: array<f32, COLUMNS>;
  var sum: array<f32, AREA>;
  for (var d = 0u; d < 3u; d++) {
    // unroll
    for (var r = 0u; r < ROWS; r++) { a[r] = f32(d + 2u * r); }
    // unroll
    for (var c = 0u; c < COLUMNS; c++) { a[0] += 0.5; b[c] = f32(d * c) - 1.0; }
    // unroll
    for (var r = 0u; r < ROWS; r++) {
      // unroll
      for (var c = 0u; c < COLUMNS; c++) {
        let r2 = r * COLUMNS;
        sum[r * COLUMNS + c] = fma(a[r], b[c], sum[r * COLUMNS + c]) + f32(r2);
      }
    }
  }
  // unroll
  for (var i = 0u; i < AREA; i++) { output[i] = sum[AREA - 1u - i]; }`,
    'const ROWS = 3u;\nconst COLUMNS = 2u;\nconst AREA = ROWS * COLUMNS;',
  );
  const SIGNED = program(
    `  var total = 100;
  // unroll
  for (var i = -2; i <= 2; i++) {
    total -= i * i;
    if (i == -1) { total += 7; }
    output[u32(i + 2)] = f32(total - i);
  }`,
  );
  const TRIANGLE = program(
    `  var step = 0u;
  // unroll
  for (var i = 0u; i < 4u; i++) {
    // unroll
    for (var j = i; j < 4u; j += 2u) {
      output[step] = f32(10u * i + j);
      step++;
    }
  }`,
  );

  test.each([
    ['a matrix product in registers', TILE, 6],
    ['negative counts', SIGNED, 5],
    ['bounds that need the outer variable', TRIANGLE, 6],
  ])('%s', (_, code, length) => {
    const text = unroll(code);
    expect(text).not.toContain('unroll');
    const result = run(text, length);
    expect(result).toEqual(run(code, length));
    expect(new Set(result).size, 'a result worth comparing').toBeGreaterThan(3);
  });

  test('the product leaves no array and no marked loop behind', () => {
    expect(unroll(TILE).match(/\bfor\b/g)).toHaveLength(1);
    expect(unroll(TILE)).not.toMatch(/array<f32, /);
  });
});
