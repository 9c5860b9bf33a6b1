// A run's folder: what is written where, so that a crash at any moment leaves whole files.

import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../math/errors';
import type { RunConfig } from '../training/config';

export interface RunFolder {
  readonly path: string;
  readonly name: string;
  /** Appends a line to `metrics.jsonl`. */
  metrics(line: object): void;
  /** Writes `samples/000500.png`. */
  sample(step: number, png: Uint8Array): void;
  /** Replaces `checkpoint.safetensors`, whole or not at all. */
  checkpoint(bytes: Uint8Array): void;
  /** Replaces `summary.json`. */
  summary(summary: object): void;
  close(): void;
  /** Takes the folder away again: for a run that could not begin. */
  discard(): void;
}

/**
 * Makes the folder `root/name` with `config.json` in it; a folder of that name is never written into.
 * @param name as given by the user; else a free name is made of `suggestion`: `ring`, `ring-2`, …
 * @throws UserError when the folder cannot be made, before anything is written.
 */
export function createRunFolder(
  root: string,
  name: string | undefined,
  suggestion: string,
  config: RunConfig,
): RunFolder {
  if (name !== undefined && (name === '' || name !== basename(name) || name === '.' || name === '..')) {
    throw new UserError(
      `--name: ${JSON.stringify(name)} given; a plain folder name such as "${suggestion}" would do.`,
    );
  }
  const made: string[] = [];
  const undo = () => {
    for (const folder of made.reverse()) removeEmpty(folder);
  };
  try {
    writing(`--out ${root}`, () => makeFolders(resolve(root), made));
  } catch (error) {
    undo();
    throw error;
  }
  let path: string;
  try {
    path = name === undefined ? makeFree(root, suggestion) : makeNamed(root, name);
  } catch (error) {
    undo();
    throw error;
  }
  const discard = () => {
    rmSync(path, { recursive: true, force: true });
    undo();
  };
  let metrics: number;
  try {
    metrics = writing(path, () => {
      mkdirSync(join(path, 'samples'));
      writeFileSync(join(path, 'config.json'), `${readable(config)}\n`);
      return openSync(join(path, 'metrics.jsonl'), 'ax');
    });
  } catch (error) {
    discard();
    throw error;
  }
  let open = true;
  const close = () => {
    if (open) closeSync(metrics);
    open = false;
  };
  return {
    path,
    name: basename(path),
    metrics: (line) => void writeSync(metrics, `${JSON.stringify(line)}\n`),
    sample: (step, png) => writeFileSync(join(path, 'samples', `${String(step).padStart(6, '0')}.png`), png),
    checkpoint: (bytes) => writeWhole(join(path, 'checkpoint.safetensors'), bytes),
    summary: (summary) => writeWhole(join(path, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`),
    close,
    discard: () => {
      close();
      discard();
    },
  };
}

/** Indented JSON in which a list of numbers, such as one point of thousands, takes one line. */
function readable(value: unknown): string {
  const numbers = /\[\s+(-?[\d.e+-]+(?:,\s+-?[\d.e+-]+)*)\s+\]/g;
  return JSON.stringify(value, null, 2).replace(
    numbers,
    (_, list: string) => `[${list.replace(/\s+/g, ' ')}]`,
  );
}

function makeNamed(root: string, name: string): string {
  const path = join(root, name);
  try {
    mkdirSync(path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw cannotWrite(path, error);
    throw new UserError(
      `--name: ${path} is there already; another name would do, or none for the next free one.`,
    );
  }
  return path;
}

function makeFree(root: string, suggestion: string): string {
  for (let number = 1; ; number++) {
    const path = join(root, number === 1 ? suggestion : `${suggestion}-${number}`);
    try {
      // Making it is the test whether it is free: two runs started at once get two names.
      mkdirSync(path);
      return path;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw cannotWrite(path, error);
    }
  }
}

/**
 * Makes a folder and those above it, adding each new one to `made`. Node's own recursive mkdir does not come back
 * from places such as /proc, where nothing can be made.
 */
function makeFolders(folder: string, made: string[]): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  const above = dirname(folder);
  if (above !== folder) makeFolders(above, made);
  try {
    mkdirSync(folder);
    made.push(folder);
  } catch (error) {
    // Another run may have made it meanwhile.
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Somebody put something into it: it stays.
  }
}

/** Writes a file so that its name always stands for a whole one: a temporary file, flushed to disk, then renamed. */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.${process.pid}.part`;
  try {
    const file = openSync(temporary, 'w');
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Reads a file that the user named; throws a `UserError` naming it. */
export function readUserFile(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const why: Record<string, string> = {
      ENOENT: 'there is no such file',
      EISDIR: 'is a folder, not a file',
      EACCES: 'may not be read',
    };
    throw new UserError(
      `${path}: ${why[codeOf(error)] ?? `cannot be read (${codeOf(error)})`}; a readable file would do.`,
    );
  }
}

/** Runs what writes for the user, turning the system's refusal into a sentence about `what`. */
export function writing<Result>(what: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    throw cannotWrite(what, error);
  }
}

function cannotWrite(what: string, error: unknown): UserError {
  const code = codeOf(error);
  if (code === '') throw error;
  const why: Record<string, string> = {
    EACCES: 'permission is denied',
    EPERM: 'permission is denied',
    EROFS: 'the file system is read-only',
    ENOTDIR: 'a part of the path is a file',
    EEXIST: 'a file of that name is in the way',
    ENOENT: 'the path cannot be made',
    ENOSPC: 'the disk is full',
    EISDIR: 'a folder of that name is in the way',
  };
  return new UserError(
    `${what} cannot be written: ${why[code] ?? code}; a path that can be written would do.`,
  );
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException | null)?.code ?? '';
