// Archives as lists of files: zip and tar, the latter also gzipped. What no honest archive holds is marked as a problem.

import { UserError } from '../../math/errors';
import { BadFile, type FileList, type InputFile, type ListedFile } from './files';
import { isGzip } from './gunzip';

/**
 * The files in an archive, or nothing where the file is none.
 * @param name what to call it in messages
 * @throws UserError where it is one and cannot be read
 */
export async function openArchive(file: InputFile, name: string): Promise<FileList | undefined> {
  const because = (remedy: string) => (error: unknown) => {
    throw error instanceof BadFile ? new UserError(`${name}: ${error.message}; ${remedy} would do.`) : error;
  };
  const head = await file.read(0, Math.min(file.size, 512)).catch(because('a file that may be read'));
  const open = await openerOf(file, head);
  if (!open) return undefined;
  const list = await open(file, name).catch(because('a whole archive with images in it'));
  return { ...list, files: withProblems(list.files), open: (paths) => firstOfEach(list.open(paths)) };
}

/** Each kind is only loaded when there is one. */
async function openerOf(file: InputFile, head: Uint8Array<ArrayBuffer>) {
  const start = String.fromCharCode(...head.subarray(0, 4));
  if (start === 'PK\x03\x04' || start === 'PK\x05\x06') return (await import('./zip')).openZip;
  const { isTar, openTar } = await import('./tar');
  if (await isTar(file, head, isGzip(head))) return openTar;
  return undefined;
}

function withProblems(files: readonly ListedFile[]): ListedFile[] {
  const seen = new Set<string>();
  return files.map((file) => {
    const twice = seen.has(file.path);
    seen.add(file.path);
    const problem = file.problem ?? (leadsOut(file.path) ? OUTSIDE : twice ? TWICE : undefined);
    return problem === undefined ? file : { ...file, problem };
  });
}

/** Another file of the same path is one of the problems. */
async function* firstOfEach(files: ReturnType<FileList['open']>): ReturnType<FileList['open']> {
  const seen = new Set<string>();
  for await (const file of files) {
    if (!seen.has(file.path)) yield file;
    seen.add(file.path);
  }
}

const OUTSIDE = 'has a path that leads out of the archive';
const TWICE = 'is in the archive more than once';

const leadsOut = (path: string) => /^(?:[/\\]|[A-Za-z]:)/.test(path) || path.split(/[/\\]/).includes('..');
