// Files of the user's: read and written whole, with the system's refusals as sentences.

import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '../math/errors';

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
    flush(dirname(path));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Whether a name is that of a temporary file: what a write left that was cut off. */
export const isUnfinished = (name: string): boolean => name.endsWith('.part');

/** Puts the names in a folder on the disk; some systems cannot, and do it by themselves. */
function flush(folder: string): void {
  try {
    const handle = openSync(folder, 'r');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    if (!['EISDIR', 'EPERM', 'EINVAL', 'EACCES'].includes(codeOf(error))) throw error;
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
      ERR_FS_FILE_TOO_LARGE: 'is larger than 2 GiB',
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

const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT']);

/** The system's refusal to write as a sentence about `what`; any other error as it is. */
export function cannotWrite(what: string, error: unknown): UserError {
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
    EDQUOT: 'the disk’s quota is used up',
    EFBIG: 'the file would be too large',
    EISDIR: 'a folder of that name is in the way',
  };
  return new UserError(
    `${what} cannot be written: ${why[code] ?? code}; ${FULL.has(code) ? 'room on the disk' : 'a path that can be written'} would do.`,
  );
}

/** The system's name of an error; '' for any other. */
export const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException | null)?.code ?? '';
