// Constants: which declarations are found, what expressions come to, and how numbers are written back.

import { describe, expect, test } from 'vitest';
import {
  constDeclarations,
  evaluate,
  formatLike,
  moduleConstants,
  parseNumber,
  type Value,
} from './constants';
import { tokenize } from './tokens';

const literals = (code: string) =>
  Object.fromEntries(constDeclarations(tokenize(code)).map(({ name, literal }) => [name, literal]));

/** Value of an expression behind some declarations. */
function resultOf(expression: string, declarations = ''): Value | undefined {
  return evaluate(tokenize(expression), moduleConstants(tokenize(declarations)));
}

describe('constDeclarations', () => {
  test('reads every form of a number', () => {
    const code = `const A = 4u; const B: u32 = 5; const C = -3i; const D = 7; const E = 0.25; const F = 1e-5f;
      const G: f32 = 2; const H = 0x7f800000u; const I=-.5;const J : i32 = -8;`;
    expect(literals(code)).toEqual({
      A: { value: 4, type: 'u32' },
      B: { value: 5, type: 'u32' },
      C: { value: -3, type: 'i32' },
      D: { value: 7, type: 'int' },
      E: { value: 0.25, type: 'float' },
      F: { value: 1e-5, type: 'f32' },
      G: { value: 2, type: 'f32' },
      H: { value: 0x7f800000, type: 'u32' },
      I: { value: -0.5, type: 'float' },
      J: { value: -8, type: 'i32' },
    });
  });

  test('finds only module scope, and not what comments say', () => {
    const code = `// const HIDDEN = 1u;
      /* const ALSO = 2u; */
      fn f() { const LOCAL = 3u; }
      const SEEN = 4u; // } const BEHIND = 5u;`;
    expect(Object.keys(literals(code))).toEqual(['SEEN']);
  });

  test('gives no literal for what is made of other constants, or is no number', () => {
    const declarations = constDeclarations(
      tokenize('const A = 2u; const B = A * A; const C = vec2f(1.0, 2.0); const D = -1u;'),
    );
    expect(declarations.map(({ name, literal }) => [name, literal?.value])).toEqual([
      ['A', 2],
      ['B', undefined],
      ['C', undefined],
      ['D', undefined],
    ]);
  });

  test('refuses a name declared twice', () => {
    expect(() => constDeclarations(tokenize('const A = 1;\nconst A = 2;'))).toThrow(
      expect.objectContaining({ message: 'const A is declared twice', line: 2 }),
    );
  });
});

describe('evaluate', () => {
  test.each([
    ['2u + 3u * 4u', 14, 'u32'],
    ['(2u + 3u) * 4', 20, 'u32'],
    ['7 / 2', 3, 'int'],
    ['-7i / 2i', -3, 'i32'],
    ['7.0 / 2', 3.5, 'float'],
    ['2 * 3u', 6, 'u32'],
    ['1 - 0.5', 0.5, 'float'],
    ['0.5 * 3f', 1.5, 'f32'],
    ['-7 % 3', -1, 'int'],
    ['1u << 4u', 16, 'u32'],
    ['256u >> 2u >> 1u', 32, 'u32'],
    ['8 - 2 - 1', 5, 'int'],
    ['max(3u, min(9u, 5u))', 5, 'u32'],
    ['u32(3.7) + i', 7, 'u32'],
    ['f32(3) * 0.5', 1.5, 'f32'],
    ['- -3', 3, 'int'],
  ])('%s is %d %s', (expression, value, type) => {
    expect(resultOf(expression, 'const i = 4u;')).toEqual({ value, type });
  });

  test.each([
    'unknown',
    '1u - 2u',
    '1u + 1i',
    '1 / 0',
    'a[0]',
    'v.x',
    'sin(1.0)',
    '1 +',
    '',
    '4294967295u + 1u',
  ])('“%s” is not constant', (expression) => {
    expect(resultOf(expression)).toBeUndefined();
  });

  test('constants are made of constants, in any order, and a circle has no value', () => {
    const declarations =
      'const AREA = ROWS * COLUMNS; const ROWS = 4u; const COLUMNS: u32 = 3; const X = Y; const Y = X;';
    expect(resultOf('AREA + 1u', declarations)).toEqual({ value: 13, type: 'u32' });
    expect(resultOf('X', declarations)).toBeUndefined();
  });
});

describe('formatLike', () => {
  test.each<[number, Value['type'], string]>([
    [8, 'u32', '8u'],
    [-8, 'i32', '-8i'],
    [8, 'int', '8'],
    [8, 'float', '8.0'],
    [8, 'f32', '8.0f'],
    [0.1, 'float', '0.1'],
    [1e-8, 'f32', '1e-8f'],
    [1e21, 'float', '1e+21'],
  ])('%d as %s is %s, and reads back the same', (value, type, text) => {
    expect(formatLike(value, { value: 1, type }, 'A')).toBe(text);
    const read = parseNumber(text.replace(/^-/, ''))!;
    expect([Math.sign(value) * read.value, read.type]).toEqual([value, type]);
  });

  test.each<[number, Value['type']]>([
    [-1, 'u32'],
    [1.5, 'u32'],
    [2 ** 32, 'u32'],
    [0.5, 'int'],
    [Number.NaN, 'f32'],
    [1e40, 'f32'],
    [Number.POSITIVE_INFINITY, 'float'],
  ])('%d is no %s', (value, type) => {
    expect(() => formatLike(value, { value: 1, type }, 'SLOPE')).toThrow(
      `SLOPE is ${type} and cannot be ${value}`,
    );
  });
});
