// What the system does not let be read: refused by name, or passed over as any other bad file.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCanvas } from '@napi-rs/canvas';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readImagesAt } from './images';

// Permissions do not bind whoever runs the tests as root: the system's refusal is put in its place.
vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs')>();
  const unlessLocked =
    <Args extends unknown[], Result>(call: (...args: Args) => Result) =>
    (...args: Args): Result => {
      if (/locked[^/]*$/.test(String(args[0]))) throw Object.assign(new Error(), { code: 'EACCES' });
      return call(...args);
    };
  return {
    ...fs,
    openSync: unlessLocked(fs.openSync),
    readdirSync: unlessLocked(fs.readdirSync as (path: string) => string[]),
  };
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'webgan-unreadable-'));
  for (const name of ['a.png', 'b.png'])
    writeFileSync(join(folder, name), createCanvas(4, 4).toBuffer('image/png'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (path = '', skipBad = false) => readImagesAt(join(folder, path), { skipBad });

test('a file', async () => {
  writeFileSync(join(folder, 'locked.png'), 'x');
  await expect(read()).rejects.toThrow(/\/locked\.png: cannot be read \(EACCES\); skipping bad files/);
  const { images, skipped } = await read('', true);
  expect(images.count).toBe(2);
  expect(skipped).toEqual([{ file: join(folder, 'locked.png'), reason: 'cannot be read (EACCES)' }]);
});

test('a file that was named alone', async () => {
  writeFileSync(join(folder, 'locked.png'), 'x');
  await expect(read('locked.png')).rejects.toThrow(
    /\/locked\.png: cannot be read \(EACCES\); a file that may be read would do\.$/,
  );
});

test.each(['', 'train-images-idx3-ubyte'])('a folder below, beside pictures or %s', async (idx) => {
  mkdirSync(join(folder, 'locked'));
  if (idx) {
    for (const name of ['a.png', 'b.png']) rmSync(join(folder, name));
    writeFileSync(join(folder, idx), Uint8Array.from([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 7, 8]));
  }
  await expect(read()).rejects.toThrow(/\/locked\/: cannot be read \(EACCES\); skipping bad files/);
  const { images, skipped } = await read('', true);
  expect(images.count).toBe(2);
  expect(skipped).toEqual([{ file: join(folder, 'locked/'), reason: 'cannot be read (EACCES)' }]);
});

test('the folder that was named', async () => {
  mkdirSync(join(folder, 'locked'));
  await expect(read('locked')).rejects.toThrow(
    /\/locked: cannot be read \(EACCES\); a folder that may be read/,
  );
});
