// What is left of a module for one variant of one entry point.

import { expect, test } from 'vitest';
import { reduce } from './reduce';

const squeezed = (text: string) => text.replace(/\s+/g, ' ').trim();
const body = (statements: string) =>
  squeezed(
    reduce(
      `const A = 1u; const B = 2u; const C = B - A; @compute @workgroup_size(1) fn main() { ${statements} }`,
      'main',
    ),
  ).replace(/^.*?main\(\) \{ ?(.*?) ?\}$/, '$1');

test('keeps one entry point and everything else', () => {
  const text = `
fn helper() {}
@compute @workgroup_size(A, 1) fn one(@builtin(local_invocation_index) i: u32) { helper(); }
// about two
@compute @workgroup_size(A) fn two() { if (x) { helper(); } }
@group(0) @binding(0) var<storage> x: array<f32>;
`;
  expect(squeezed(reduce(text, 'two'))).toBe(
    'fn helper() {} // about two @compute @workgroup_size(A) fn two() { if (x) { helper(); } } @group(0) @binding(0) var<storage> x: array<f32>;',
  );
  expect(reduce(text, 'one')).not.toContain('fn two');
});

test.each([
  ['if (A == 1u) { x(); } y();', '{ x(); } y();'],
  ['if (A == B) { x(); } y();', 'y();'],
  ['if (A == B) { x(); } else { y(); }', '{ y(); }'],
  ['if (A != B) { x(); } else { y(); }', '{ x(); }'],
  ['if (A < B && C == A) { x(); }', '{ x(); }'],
  ['if (A > B || B > A) { x(); }', '{ x(); }'],
  ['if (A <= C) { x(); }', '{ x(); }'],
  // What is not known is left, unless it does not matter.
  ['if (A == 1u && u.x == 1u) { x(); }', 'if (A == 1u && u.x == 1u) { x(); }'],
  ['if (A == 2u && u.x == 1u) { x(); }', ''],
  ['if (A == 1u || u.x == 1u) { x(); }', '{ x(); }'],
  ['if (u.x == A) { x(); } else { y(); }', 'if (u.x == A) { x(); } else { y(); }'],
  ['if (A >= B) { x(); }', 'if (A >= B) { x(); }'],
  // Chains and nests.
  ['if (u.x > 1u) { x(); } else if (A == B) { y(); }', 'if (u.x > 1u) { x(); } else {}'],
  ['if (u.x > 1u) { x(); } else if (A == 1u) { y(); } else { z(); }', 'if (u.x > 1u) { x(); } else { y(); }'],
  [
    'if (A == B) { x(); } else if (u.x > 1u) { y(); } else { z(); } w();',
    'if (u.x > 1u) { y(); } else { z(); } w();',
  ],
  ['if (A == 1u) { if (A == B) { x(); } else { if (B == 2u) { y(); } } }', '{ { { y(); } } }'],
  [
    'for (var i = 0u; i < A; i++) { if (f(i) == A) { x(); } }',
    'for (var i = 0u; i < A; i++) { if (f(i) == A) { x(); } }',
  ],
])('%s', (statements, expected) => {
  expect(body(statements)).toBe(expected);
});
