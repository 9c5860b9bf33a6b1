// A run's folder: what is written where, so that a crash at any moment leaves whole files.

import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../math/errors';
import type { RunConfig } from '../training/config';
import { cannotWrite, codeOf, isUnfinished, writeWhole, writing } from './files';
import { LOCK_FILE, lockFolder } from './lock';

export interface RunFolder {
  readonly path: string;
  readonly name: string;
  /** Appends a line to `metrics.jsonl`. */
  metrics(line: object): void;
  /** Puts another line in the last one's place. */
  amendMetrics(line: object): void;
  /** Writes a picture into `samples`: `000500`, or `real`. */
  sample(name: string, png: Uint8Array): void;
  /** Names of the pictures in `samples`, in the order of their numbers. */
  samples(): string[];
  readSample(name: string): Uint8Array;
  /** Replaces `animation.png`. */
  animation(png: Uint8Array): void;
  /** Replaces `interpolation.png`. */
  interpolation(png: Uint8Array): void;
  /** Replaces `checkpoint.safetensors`, whole or not at all; the metrics before it are on the disk first. */
  checkpoint(bytes: Uint8Array): void;
  /** Replaces `summary.json`. */
  summary(summary: object): void;
  /** Nothing more is written; another process may. */
  close(): void;
  /** Leaves everything as it was before: for a run that could not begin. */
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
  let unlock: () => void;
  try {
    unlock = lockFolder(path);
  } catch (error) {
    // Not this run's folder, perhaps: only what is empty goes.
    removeEmpty(path);
    undo();
    throw error;
  }
  try {
    return writing(path, () => {
      mkdirSync(join(path, 'samples'), { recursive: true });
      writeConfig(path, config);
      return openFolder(path, unlock, discard);
    });
  } catch (error) {
    discard();
    throw error;
  }
}

/** A folder that is made and locked, for writing at the end of its metrics. */
export function openFolder(path: string, unlock: () => void, discard: () => void): RunFolder {
  const metrics = openSync(join(path, 'metrics.jsonl'), 'a');
  let end = fstatSync(metrics).size;
  let lastLine = end;
  const append = (line: object) => {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    lastLine = end;
    // Whole, where the system takes a part at a time.
    writeFileSync(metrics, bytes);
    end += bytes.length;
  };
  const amend = (line: object) => {
    ftruncateSync(metrics, lastLine);
    end = lastLine;
    append(line);
  };
  const put = (name: string, content: string | Uint8Array) => {
    const file = join(path, name);
    writing(file, () => writeWhole(file, content));
  };
  let open = true;
  const close = () => {
    if (!open) return;
    open = false;
    closeSync(metrics);
    unlock();
  };
  const metricsFile = join(path, 'metrics.jsonl');
  return {
    path,
    name: basename(path),
    metrics: (line) => writing(metricsFile, () => append(line)),
    amendMetrics: (line) => writing(metricsFile, () => amend(line)),
    sample: (name, png) => put(join('samples', `${name}.png`), png),
    samples: () => {
      const files = readdirSync(join(path, 'samples')).filter((name) => name.endsWith('.png'));
      const names = files.map((name) => basename(name, '.png'));
      return names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
    },
    readSample: (name) => readFileSync(join(path, 'samples', `${name}.png`)),
    animation: (png) => put('animation.png', png),
    interpolation: (png) => put('interpolation.png', png),
    checkpoint: (bytes) => {
      writing(metricsFile, () => fsyncSync(metrics));
      put('checkpoint.safetensors', bytes);
    },
    summary: (summary) => put('summary.json', `${JSON.stringify(summary, null, 2)}\n`),
    close,
    discard: () => {
      close();
      discard();
    },
  };
}

/** Replaces `config.json`. */
export function writeConfig(path: string, config: RunConfig): void {
  writeWhole(join(path, 'config.json'), `${readable(config)}\n`);
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
    if (isUnbegun(path)) return path;
    throw new UserError(
      `--name: ${path} is there already; another name would do, or none for the next free one.`,
    );
  }
  return path;
}

/** A folder that a run made and was killed before it wrote its configuration. A lock says which, if it still is. */
function isUnbegun(path: string): boolean {
  if (!statSync(path).isDirectory()) return false;
  const names = readdirSync(path);
  const samples = join(path, 'samples');
  const isConfig = (name: string) => name.startsWith('config.json.') && isUnfinished(name);
  return (
    names.includes(LOCK_FILE) &&
    names.every((name) => name === LOCK_FILE || name === 'samples' || isConfig(name)) &&
    (!names.includes('samples') || readdirSync(samples).length === 0)
  );
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
