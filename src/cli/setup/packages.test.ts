import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// Plain JavaScript: it runs before anything is installed.
const { missingPackage, newest } = await import(
  new URL('../../../scripts/packages.mjs', import.meta.url).href
);

describe('missingPackage', () => {
  const a = { version: '1.0.0', integrity: 'sha512-a' };
  const b = { version: '2.0.0', integrity: 'sha512-b' };
  const lock = { '': {}, 'node_modules/a': a, 'node_modules/b': { ...b, optional: true } };
  const always = () => true;

  it('is content with what the lock file says, optional packages or none', () => {
    expect(missingPackage(lock, { 'node_modules/a': a, 'node_modules/b': b }, always)).toBeUndefined();
    expect(missingPackage(lock, { 'node_modules/a': a }, always)).toBeUndefined();
  });

  it('sees a package that is missing, of another version, of other content, or deleted', () => {
    expect(missingPackage(lock, { 'node_modules/b': b }, always)).toBe('node_modules/a');
    const with_ = (package_: object) => ({ 'node_modules/a': { ...a, ...package_ } });
    expect(missingPackage(lock, with_({ version: '1.0.1' }), always)).toBe('node_modules/a');
    expect(missingPackage(lock, with_({ integrity: 'sha512-x' }), always)).toBe('node_modules/a');
    expect(missingPackage(lock, with_({}), () => false)).toBe('node_modules/a');
  });
});

describe('newest', () => {
  const folder = mkdtempSync(join(tmpdir(), 'webgan-newest-'));
  const at = (path: string, seconds: number) => utimesSync(join(folder, path), seconds, seconds);

  beforeAll(() => {
    mkdirSync(join(folder, 'inner'));
    for (const file of ['inner/a.ts', 'inner/a.test.ts', 'inner/a.wgsl.d.ts'])
      writeFileSync(join(folder, file), '');
    at('inner/a.ts', 200);
    at('inner/a.test.ts', 400);
    at('inner/a.wgsl.d.ts', 500);
    at('inner', 100);
    at('.', 50);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is the time of the last change that makes a difference to a build', () => {
    expect(newest([folder, join(folder, 'absent')])).toBe(200_000);
    at('inner', 300);
    expect(newest([folder])).toBe(300_000);
  });
});
