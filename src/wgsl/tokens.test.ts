// Tokens: nothing of the text is lost, comments hide what is in them, brackets must match.

import { describe, expect, test } from 'vitest';
import { splitList, textOf, tokenize, withoutTrivia } from './tokens';

const texts = (code: string) => withoutTrivia(tokenize(code)).map(({ text }) => text);

describe('tokenize', () => {
  test('joined, tokens are the text again', () => {
    const code = [
      '/* nested /* comment } */ still */ @compute @workgroup_size(N*8u)',
      'fn größe(a: array<vec4<f32>, 4>) -> u32 { // } ) ]',
      '\tvar x = 0x1Fu >> 2u; x += 1e-5f - .5 + 3.; let y = a[i]>=b; return x; }',
    ].join('\n');
    expect(textOf(tokenize(code))).toBe(code);
  });

  test('keeps numbers whole and template ends apart', () => {
    expect(texts('a-1.5e-3f+0xFFu')).toEqual(['a', '-', '1.5e-3f', '+', '0xFFu']);
    expect(texts('array<vec4<f32>>')).toEqual(['array', '<', 'vec4', '<', 'f32', '>', '>']);
    expect(texts('i++<=j')).toEqual(['i', '++', '<=', 'j']);
    expect(texts('v.x')).toEqual(['v', '.', 'x']);
  });

  test('counts lines through comments', () => {
    const tokens = withoutTrivia(tokenize('a // one\n/* two\nthree */ b\n\nc'));
    expect(tokens.map(({ text, line }) => [text, line])).toEqual([
      ['a', 1],
      ['b', 3],
      ['c', 5],
    ]);
  });

  test.each([
    ['fn a() {\n  let x = 1;', '“{” is never closed', 1],
    ['fn a() {\n  }\n}', '“}” closes nothing that is open', 3],
    ['fn a(] {}', '“]” closes nothing that is open', 1],
    ['a\n/* b /* c */', 'a comment “/*” is never closed', 2],
  ])('refuses %j', (code, message, line) => {
    expect(() => tokenize(code)).toThrow(expect.objectContaining({ message, line }));
  });

  test('splits lists at outer commas only, a trailing one ends nothing', () => {
    const parts = splitList(tokenize('a(b, c), array<f32, 4>, d[e, f],'));
    expect(parts.map((part) => textOf(part).trim())).toEqual(['a(b, c)', 'array<f32, 4>', 'd[e, f]']);
  });
});
