import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UserError } from '../math/errors';
import type { RunConfig } from '../training/config';
import { readUserFile, writeWhole, writing } from './files';
import { createRunFolder } from './run-folder';

const config = { seed: 3, steps: 10 } as RunConfig;
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'webgan-folder-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('everything is written where the design says', () => {
  const folder = createRunFolder(join(root, 'a', 'b'), undefined, 'ring', config);
  folder.metrics({ step: 1, value: -1.5 });
  folder.metrics({ step: 2, value: -1.4 });
  folder.sample('000500', Uint8Array.of(1, 2));
  folder.sample('1234567', Uint8Array.of(3));
  folder.checkpoint(Uint8Array.of(4));
  folder.checkpoint(Uint8Array.of(5));
  folder.summary({ js: 0.1 });
  folder.close();
  expect(folder.path).toBe(join(root, 'a', 'b', 'ring'));
  expect(readdirSync(folder.path).sort()).toEqual([
    'checkpoint.safetensors',
    'config.json',
    'metrics.jsonl',
    'samples',
    'summary.json',
  ]);
  expect(JSON.parse(readFileSync(join(folder.path, 'config.json'), 'utf8'))).toEqual(config);
  expect(readFileSync(join(folder.path, 'metrics.jsonl'), 'utf8')).toBe(
    '{"step":1,"value":-1.5}\n{"step":2,"value":-1.4}\n',
  );
  expect(readdirSync(join(folder.path, 'samples'))).toEqual(['000500.png', '1234567.png']);
  expect([...readFileSync(join(folder.path, 'checkpoint.safetensors'))]).toEqual([5]);
  expect(JSON.parse(readFileSync(join(folder.path, 'summary.json'), 'utf8'))).toEqual({ js: 0.1 });
});

test('a metrics line can be read while the run goes on', () => {
  const folder = createRunFolder(root, undefined, 'ring', config);
  folder.metrics({ step: 1 });
  expect(readFileSync(join(folder.path, 'metrics.jsonl'), 'utf8')).toBe('{"step":1}\n');
  folder.close();
});

test('a configuration is written to be read: indented, a point a line', () => {
  const points = { data: { source: 'points', points: [[1, -2.5e-7], [3]] } } as unknown as RunConfig;
  const folder = createRunFolder(root, undefined, 'ring', points);
  folder.close();
  const text = readFileSync(join(folder.path, 'config.json'), 'utf8');
  expect(JSON.parse(text)).toEqual(points);
  expect(text).toContain('    "points": [\n      [1, -2.5e-7],\n      [3]\n    ]');
});

test('a run never writes into another one', () => {
  expect(createRunFolder(root, undefined, 'ring', config).name).toBe('ring');
  expect(createRunFolder(root, undefined, 'ring', config).name).toBe('ring-2');
  expect(createRunFolder(root, undefined, 'ring', config).name).toBe('ring-3');
  expect(createRunFolder(root, 'mine', 'ring', config).name).toBe('mine');
  expect(() => createRunFolder(root, 'mine', 'ring', config)).toThrow(
    /^--name: .*mine is there already; another name/,
  );
});

test('a name that a killed run took before it began is free again, unless that still runs', () => {
  const folder = createRunFolder(root, 'mine', 'ring', config);
  rmSync(join(folder.path, 'metrics.jsonl'));
  rmSync(join(folder.path, 'config.json'));
  expect(() => createRunFolder(root, 'mine', 'ring', config)).toThrow(/is writing into it/);
  expect(readdirSync(folder.path).sort()).toEqual(['lock', 'samples']);
  // Of a process that has gone.
  writeFileSync(join(folder.path, 'lock'), '999999999 1');
  writeFileSync(join(folder.path, 'config.json.77.part'), '{');
  const next = createRunFolder(root, 'mine', 'ring', config);
  expect(next.path).toBe(folder.path);
  next.close();
  // Whatever else lies there is somebody's.
  rmSync(join(folder.path, 'config.json'));
  writeFileSync(join(folder.path, 'lock'), '999999999 1');
  expect(() => createRunFolder(root, 'mine', 'ring', config)).toThrow(/is there already/);
});

describe('what cannot be written is refused before anything is', () => {
  test.each(['', '.', '..', 'a/b', '/etc/x'])('the name %j', (name) => {
    expect(() => createRunFolder(join(root, 'runs'), name, 'ring', config)).toThrow(UserError);
    expect(readdirSync(root)).toEqual([]);
  });

  test('a file in the way', () => {
    writeFileSync(join(root, 'file'), '');
    expect(() => createRunFolder(join(root, 'file'), undefined, 'ring', config)).toThrow(
      /^--out .*file cannot be written: a file of that name is in the way/,
    );
    expect(() => createRunFolder(join(root, 'file', 'runs'), undefined, 'ring', config)).toThrow(
      /cannot be written: a part of the path is a file/,
    );
    expect(readdirSync(root)).toEqual(['file']);
  });

  test('a place where nothing can be made', () => {
    expect(() => createRunFolder('/proc/webgan', undefined, 'ring', config)).toThrow(UserError);
  });

  test('a name that is too long leaves no new folders behind', () => {
    expect(() => createRunFolder(join(root, 'x', 'y'), 'n'.repeat(300), 'ring', config)).toThrow(
      /ENAMETOOLONG/,
    );
    expect(readdirSync(root)).toEqual([]);
  });
});

test('a run that could not begin leaves nothing, and nothing of others is taken', () => {
  createRunFolder(join(root, 'x', 'y'), undefined, 'ring', config).discard();
  expect(readdirSync(root)).toEqual([]);
  mkdirSync(join(root, 'x'));
  writeFileSync(join(root, 'x', 'other'), '');
  createRunFolder(join(root, 'x', 'y'), undefined, 'ring', config).discard();
  expect(readdirSync(join(root, 'x'))).toEqual(['other']);
});

test('a file that cannot be replaced stays as it was', () => {
  const path = join(root, 'file');
  mkdirSync(path);
  expect(() => writeWhole(path, 'new')).toThrow();
  expect(readdirSync(root)).toEqual(['file']);
  writeWhole(join(root, 'other'), 'old');
  writeWhole(join(root, 'other'), 'new');
  expect(readFileSync(join(root, 'other'), 'utf8')).toBe('new');
  expect(existsSync(`${join(root, 'other')}.${process.pid}.part`)).toBe(false);
});

test('a file that cannot be read is named', () => {
  expect(() => readUserFile(join(root, 'none'))).toThrow(
    /none: there is no such file; a readable file would do\.$/,
  );
  expect(() => readUserFile(root)).toThrow(/is a folder, not a file/);
});

test('only the system’s refusals become the user’s', () => {
  const broken = () => {
    throw new TypeError('a mistake');
  };
  expect(() => writing('x', broken)).toThrow(TypeError);
});
