// Files as the readers see them: of a folder, of an archive, or chosen in a page. Nothing here knows Node or the DOM.

import { UserError } from '../../math/errors';
import { sizeInWords } from '../../math/phrases';

/** A file of which any part can be read. */
export interface InputFile {
  /**
   * Where it lies below what the user named, with `/` between folders; its name where the user named it itself. With `/` at
   * its end it is a folder that cannot be looked into.
   */
  readonly path: string;
  readonly size: number;
  /** Bytes from `start` up to `end`. */
  read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Why it cannot be read, where that is known already. */
  readonly problem?: string;
}

/** A file whose bytes come one chunk behind the other, once. */
export interface Content {
  readonly path: string;
  chunks(): AsyncIterable<Uint8Array<ArrayBuffer>>;
}

export interface ListedFile {
  readonly path: string;
  readonly size: number;
  readonly problem?: string;
}

/** The files of a folder or an archive. */
export interface FileList {
  /** What the user named. */
  readonly name: string;
  readonly files: readonly ListedFile[];
  /** The files of these paths, in the order in which they are best read; each is read before the next one is asked for. */
  open(paths: ReadonlySet<string>): AsyncIterable<Content>;
}

/** A file that cannot be used, and why: the rest of a sentence that begins with its path. */
export class BadFile extends Error {
  override readonly name = 'BadFile';
  /** What would do instead, besides going on without the file. */
  readonly remedy: string | undefined;

  constructor(reason: string, remedy?: string) {
    super(reason);
    this.remedy = remedy;
  }
}

const CHUNK = 4 * 2 ** 20;

/** A folder's files, or those that were chosen. */
export function listOf(name: string, files: readonly InputFile[]): FileList {
  return {
    name,
    files,
    async *open(paths) {
      for (const file of files) if (paths.has(file.path)) yield contentOf(file);
    },
  };
}

export function contentOf(file: InputFile): Content {
  return {
    path: file.path,
    async *chunks() {
      for (let start = 0; start < file.size; start += CHUNK) {
        const end = Math.min(start + CHUNK, file.size);
        const bytes = await file.read(start, end);
        if (bytes.length !== end - start) throw new BadFile('grew shorter while it was read');
        yield bytes;
      }
    },
  };
}

/** All bytes of a file. @throws BadFile where there are more than `limit` */
export async function bytesOf(content: Content, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for await (const chunk of content.chunks()) {
    length += chunk.length;
    if (length > limit) throw new BadFile(`has more than ${sizeInWords(limit)}`);
    chunks.push(chunk);
  }
  if (chunks.length === 1) return chunks[0]!;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** A path's last part. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Where a listed file is, for a sentence: a file that the user named alone is not named twice. */
export const placeOf = (list: Pick<FileList, 'name'>, path: string): string =>
  path === baseName(list.name) ? list.name : `${list.name.replace(/\/$/, '')}/${path}`;

/** A file that was passed over, with the reason. */
export interface SkippedFile {
  /** Its path, with what the user named before it. */
  readonly file: string;
  readonly reason: string;
}

/** A bad file that was refused, and could be passed over. */
export class SkippableError extends UserError {
  /** The sentence for where going on without it is offered some other way than by the command's `--skip-bad`. */
  readonly plain: string;

  constructor(file: string, reason: string, remedy: string | undefined) {
    super(
      `${file}: ${reason}; ${remedy === undefined ? '' : `${remedy} or `}skipping bad files (--skip-bad) would do.`,
    );
    this.plain = `${file}: ${reason}.`;
  }
}

/** Goes on without bad files, or refuses the first of them. */
export class Skipping {
  readonly skipped: SkippedFile[] = [];
  readonly #list: FileList;
  readonly #goOn: boolean;

  constructor(list: FileList, goOn: boolean) {
    this.#list = list;
    this.#goOn = goOn;
  }

  /** @throws SkippableError unless bad files are to be passed over */
  bad(path: string, reason: string, remedy?: string): void {
    const file = placeOf(this.#list, path);
    if (!this.#goOn) throw new SkippableError(file, reason, remedy);
    this.skipped.push({ file, reason });
  }

  /** The result of `read`, or nothing where the file is bad and passed over. */
  async try<Result>(path: string, read: () => Promise<Result> | Result): Promise<Result | undefined> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof BadFile)) throw error;
      this.bad(path, error.message, error.remedy);
      return undefined;
    }
  }
}
