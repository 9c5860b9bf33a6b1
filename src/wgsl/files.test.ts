// The shaders folder: what counts as a shader, and types that come and go with it.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { shaderName, shaderNames, writeTypes } from './files';

const KERNEL = `// include lib/one.wgsl
@group(0) @binding(0) var<storage, read_write> output: array<u32>;
@compute @workgroup_size(1) fn writeOne() { output[0] = one(); }`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shaders-'));
  mkdirSync(join(folder, 'lib'));
  writeFileSync(join(folder, 'lib/one.wgsl'), 'fn one() -> u32 { return 1u; }');
  writeFileSync(join(folder, 'one.wgsl'), KERNEL);
  writeFileSync(
    join(folder, 'drawing.wgsl'),
    '@vertex\nfn corner() -> @builtin(position) vec4f { return vec4f(); }',
  );
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the shaders folder', () => {
  test('holds shaders, fragments and shaders that draw', () => {
    expect(shaderNames(folder)).toEqual(['one.wgsl']);
    expect(shaderName(folder, join(folder, 'lib/one.wgsl'))).toBe('lib/one.wgsl');
    expect(shaderName(folder, join(folder, '../one.wgsl'))).toBeUndefined();
    expect(shaderName(folder, join(folder, 'one.ts'))).toBeUndefined();
  });

  test('gets types beside its shaders, and loses those whose shader is gone', () => {
    writeFileSync(join(folder, 'gone.wgsl.d.ts'), '');
    writeFileSync(join(folder, 'other.d.ts'), '');
    expect(writeTypes(folder)).toEqual(['one.wgsl']);
    expect(readFileSync(join(folder, 'one.wgsl.d.ts'), 'utf8')).toContain('export declare const writeOne');
    expect(existsSync(join(folder, 'gone.wgsl.d.ts'))).toBe(false);
    expect(existsSync(join(folder, 'other.d.ts'))).toBe(true);
    expect(existsSync(join(folder, 'drawing.wgsl.d.ts'))).toBe(false);
  });

  test('is not touched where the types are there already', () => {
    writeTypes(folder);
    const path = join(folder, 'one.wgsl.d.ts');
    utimesSync(path, 1000, 1000);
    writeTypes(folder);
    expect(statSync(path).mtimeMs).toBe(1_000_000);
    writeFileSync(join(folder, 'one.wgsl'), KERNEL.replace('writeOne', 'writeTwo'));
    writeTypes(folder);
    expect(statSync(path).mtimeMs).toBeGreaterThan(1_000_000);
  });

  test('names the shader that is wrong', () => {
    writeFileSync(join(folder, 'one.wgsl'), `\n${KERNEL.replace('one.wgsl', 'two.wgsl')}`);
    expect(() => writeTypes(folder)).toThrow('one.wgsl:2: there is no “lib/two.wgsl” to include');
  });
});
