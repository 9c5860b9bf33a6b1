// Includes: order, once each, origins of lines, and the errors.

import { describe, expect, test } from 'vitest';
import { resolveIncludes } from './include';

const FRAGMENTS: Record<string, string> = {
  'lib/one.wgsl': 'fn one() -> u32 { return 1u; }\n',
  'lib/two.wgsl': '// include lib/one.wgsl\nfn two() -> u32 { return 2u * one(); }\n',
  'lib/round.wgsl': '// include lib/trip.wgsl\n',
  'lib/trip.wgsl': '// about trips\n// include lib/round.wgsl\n',
};
const read = (path: string) => FRAGMENTS[path];

describe('resolveIncludes', () => {
  test('puts fragments in the place of their line, recursively, each once', () => {
    const { code, includes } = resolveIncludes(
      '// header\n// include lib/two.wgsl\n  //include lib/one.wgsl\nfn main() {}',
      'a.wgsl',
      read,
    );
    expect(code).toBe(
      '// header\nfn one() -> u32 { return 1u; }\nfn two() -> u32 { return 2u * one(); }\nfn main() {}',
    );
    expect(includes).toEqual(['lib/two.wgsl', 'lib/one.wgsl']);
  });

  test('knows where each line comes from', () => {
    const { code, origins } = resolveIncludes('a\n// include lib/two.wgsl\nb', 'a.wgsl', read);
    expect(code.split('\n').length).toBe(origins.length);
    expect(origins).toEqual([
      { file: 'a.wgsl', line: 1 },
      { file: 'lib/one.wgsl', line: 1 },
      { file: 'lib/two.wgsl', line: 2 },
      { file: 'a.wgsl', line: 3 },
    ]);
  });

  test('leaves prose about including alone', () => {
    const prose = '// these include lib/one.wgsl and more\n// includes lib/one.wgsl';
    expect(resolveIncludes(prose, 'a.wgsl', read).code).toBe(prose);
  });

  test('reads files with Windows line ends', () => {
    expect(resolveIncludes('a\r\n// include lib/one.wgsl\r\nb', 'a.wgsl', read).code).toBe(
      'a\nfn one() -> u32 { return 1u; }\nb',
    );
  });

  test('names a missing fragment and the line that wants it', () => {
    expect(() => resolveIncludes('\n\n// include lib/none.wgsl', 'a.wgsl', read)).toThrow(
      'a.wgsl:3: there is no “lib/none.wgsl” to include in the shaders folder',
    );
  });

  test('refuses a circle', () => {
    expect(() => resolveIncludes('// include lib/round.wgsl', 'a.wgsl', read)).toThrow(
      'lib/trip.wgsl:2: “lib/round.wgsl” includes itself through a.wgsl, lib/round.wgsl, lib/trip.wgsl',
    );
  });
});
