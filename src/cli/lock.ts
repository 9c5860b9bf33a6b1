// One process at a time writes into a run's folder.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../math/errors';
import { writing } from './files';

export const LOCK_FILE = 'lock';

/**
 * Locks a run's folder for this process; a lock whose process has gone is taken over. Returns how to unlock it.
 * @throws UserError where another process holds it, or the folder cannot be written.
 */
export function lockFolder(path: string): () => void {
  const file = join(path, LOCK_FILE);
  const own = `${process.pid} ${startOf(process.pid)}`;
  if (!tryToWrite(file, own)) {
    const [holder = '', start = ''] = read(file).split(' ');
    if (isRunning(Number(holder)) && start === startOf(Number(holder))) {
      throw new UserError(
        `${path}: process ${holder} is writing into it; resuming once that has ended would do ` +
          `(or removing ${file}, if you know better).`,
      );
    }
    writing(path, () => rmSync(file, { force: true }));
    if (!tryToWrite(file, own))
      throw new UserError(`${path}: another process has just begun to write into it; waiting would do.`);
  }
  return () => {
    if (read(file) === own) rmSync(file, { force: true });
  };
}

function tryToWrite(file: string, content: string): boolean {
  try {
    writeFileSync(file, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    return writing(file, () => {
      throw error;
    });
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function isRunning(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a process was started, where the system tells: numbers of processes come again, above all in containers. */
function startOf(pid: number): string {
  // The second field is the program's name in brackets, which may hold anything.
  return read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ')[19] ?? '';
}
