// The page's saved runs: checkpoints in the browser's own storage (OPFS), each replaced whole or not at all.

import {
  type Checkpoint,
  type CheckpointHeader,
  describeCheckpoint,
  isSameRun,
  readCheckpoint,
} from '../export/checkpoint';
import { UserError } from '../math/errors';

/** A run in the store, as its file's header tells. */
export interface SavedRun {
  readonly name: string;
  readonly saved: Date;
  readonly bytes: number;
  /** Why it cannot be gone on with, where the rest is unknown. */
  readonly problem?: string;
  readonly header?: CheckpointHeader;
}

/** Where a run is in the store after it was saved. */
export interface SavedAs {
  readonly name: string;
  /** More than were saved just now where the same run was there already, and further on. */
  readonly step: number;
}

const FOLDER = 'runs';
const ENDING = '.safetensors';
const UNFINISHED = '.part';
/** Held while something is written, so that tabs take turns. */
const LOCK = 'webgan saved runs';

/** Not in TypeScript's library yet. */
interface Movable {
  move?(name: string): Promise<void>;
}

/**
 * Saved runs by name. The files are those of the command, `checkpoint.safetensors`, so that either reads the other's. Works in
 * the page and in its worker; a worker's writes are flushed.
 */
export class RunStore {
  readonly #folder: FileSystemDirectoryHandle;
  readonly #locks: Pick<LockManager, 'request'>;

  /**
   * @param root by default the browser's storage for this site.
   * @throws UserError where the browser gives none, as in some private windows.
   */
  static async open(
    root?: FileSystemDirectoryHandle,
    locks: Pick<LockManager, 'request'> = navigator.locks,
  ): Promise<RunStore> {
    try {
      const storage = root ?? (await navigator.storage.getDirectory());
      return new RunStore(await storage.getDirectoryHandle(FOLDER, { create: true }), locks);
    } catch (error) {
      throw new UserError(
        `This browser keeps nothing for this page (${nameOf(error)}): runs are not saved here; exporting them would do.`,
      );
    }
  }

  private constructor(folder: FileSystemDirectoryHandle, locks: Pick<LockManager, 'request'>) {
    this.#folder = folder;
    this.#locks = locks;
  }

  /** All runs, the last saved first, those that cannot be read among them. */
  async list(): Promise<SavedRun[]> {
    const runs: SavedRun[] = [];
    for await (const [fileName, handle] of this.#folder.entries()) {
      if (handle.kind !== 'file' || !fileName.endsWith(ENDING)) continue;
      const name = decodeURIComponent(fileName.slice(0, -ENDING.length));
      try {
        runs.push(await lookInto(await (handle as FileSystemFileHandle).getFile(), name));
      } catch (error) {
        // Taken away just now, perhaps by another tab.
        if (!isMissing(error)) throw error;
      }
    }
    return runs.sort((a, b) => b.saved.getTime() - a.saved.getTime());
  }

  /**
   * Saves a run under the name, or with a number behind it where that is taken. Only what a run passed through itself is
   * replaced: the same run with no more steps, which is still there if saving fails. Where the same run is further on already,
   * nothing is written: this one's next steps lead there.
   * @param bytes of `writeCheckpoint`.
   * @throws UserError where the storage is full.
   */
  save(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<SavedAs> {
    return this.#locks.request(LOCK, async () => {
      const header = await describeCheckpoint(new Blob([bytes]), name);
      const runs = await this.list();
      const same = runs.find((run) => run.header && isSameRun(run.header, header));
      if (same?.header && same.header.step > header.step) return { name: same.name, step: same.header.step };
      const free = same?.name ?? freeName(name, new Set(runs.map((run) => run.name)));
      await this.#write(free, bytes);
      return { name: free, step: header.step };
    });
  }

  async #write(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const target = fileNameOf(name);
    const temporary = target + UNFINISHED;
    try {
      const file = await this.#folder.getFileHandle(temporary, { create: true });
      await write(file, bytes);
      const { move } = file as Movable;
      if (move) {
        await move.call(file, target);
      } else {
        // What a writable stream wrote takes the file's place when it is closed, not before.
        await stream(await this.#folder.getFileHandle(target, { create: true }), bytes);
        await this.#folder.removeEntry(temporary);
      }
    } catch (error) {
      await this.#folder.removeEntry(temporary).catch(() => {});
      if (nameOf(error) === 'QuotaExceededError')
        throw new UserError(
          `${name} cannot be saved: this page's storage is full; forgetting a saved run would do.`,
        );
      throw error;
    }
  }

  /** The bytes of a saved run, as they are exported. @throws UserError where there is no such run. */
  async read(name: string): Promise<Uint8Array<ArrayBuffer>> {
    try {
      const file = await (await this.#folder.getFileHandle(fileNameOf(name))).getFile();
      return new Uint8Array(await file.arrayBuffer());
    } catch (error) {
      if (!isMissing(error)) throw error;
      throw new UserError(`There is no saved run ${JSON.stringify(name)}; a name of the list would do.`);
    }
  }

  /** A saved run, to go on with. @throws UserError where it is not there or cannot be read. */
  async load(name: string): Promise<Checkpoint> {
    return readCheckpoint(await this.read(name), name);
  }

  /** Takes a saved run away; nothing happens where there is none. */
  delete(name: string): Promise<void> {
    return this.#locks.request(LOCK, () =>
      this.#folder.removeEntry(fileNameOf(name)).catch((error) => {
        if (!isMissing(error)) throw error;
      }),
    );
  }
}

async function lookInto(file: File, name: string): Promise<SavedRun> {
  const about = { name, saved: new Date(file.lastModified), bytes: file.size };
  try {
    return { ...about, header: await describeCheckpoint(file, name) };
  } catch (error) {
    if (error instanceof UserError) return { ...about, problem: error.message };
    throw error;
  }
}

/** The name without the number that `freeName` put behind it. */
export const withoutNumber = (name: string): string => name.replace(/ \d+$/, '');

/** `ring`, else `ring 2`, `ring 3` and so on. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  let number = 2;
  while (taken.has(`${name} ${number}`)) number++;
  return `${name} ${number}`;
}

/** Any name is a file's name. */
const fileNameOf = (name: string) => encodeURIComponent(name) + ENDING;

/** In a worker through a handle that can be flushed; the page itself has only streams. */
async function write(file: FileSystemFileHandle, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  if (typeof file.createSyncAccessHandle !== 'function') return stream(file, bytes);
  const handle = await file.createSyncAccessHandle();
  try {
    handle.truncate(0);
    const written = handle.write(bytes, { at: 0 });
    if (written !== bytes.byteLength)
      throw new DOMException('Only a part was written.', 'QuotaExceededError');
    handle.flush();
  } finally {
    handle.close();
  }
}

async function stream(file: FileSystemFileHandle, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const writable = await file.createWritable();
  try {
    await writable.write(bytes);
  } catch (error) {
    await writable.abort().catch(() => {});
    throw error;
  }
  await writable.close();
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : String(error));
const isMissing = (error: unknown): boolean => nameOf(error) === 'NotFoundError';
