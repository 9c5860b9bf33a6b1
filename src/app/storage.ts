// The page's saved runs: checkpoints in the browser's own storage (OPFS), each replaced whole or not at all.

import { type Checkpoint, describeCheckpoint, readCheckpoint } from '../export/checkpoint';
import { UserError } from '../math/errors';
import type { RunConfig } from '../training/config';

/** A run in the store, as its file's header tells. */
export interface SavedRun {
  readonly name: string;
  /** Iterations so far. */
  readonly step: number;
  readonly config: RunConfig;
  readonly saved: Date;
  readonly bytes: number;
}

const FOLDER = 'runs';
const ENDING = '.safetensors';
const UNFINISHED = '.part';

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
  // One write after the other: two of one name would share a file.
  #writes: Promise<unknown> = Promise.resolve();

  /**
   * @param root by default the browser's storage for this site.
   * @throws UserError where the browser gives none, as in some private windows.
   */
  static async open(root?: FileSystemDirectoryHandle): Promise<RunStore> {
    try {
      const storage = root ?? (await navigator.storage.getDirectory());
      return new RunStore(await storage.getDirectoryHandle(FOLDER, { create: true }));
    } catch (error) {
      throw new UserError(
        `This browser keeps nothing for this page (${nameOf(error)}): runs are not saved here; exporting them would do.`,
      );
    }
  }

  private constructor(folder: FileSystemDirectoryHandle) {
    this.#folder = folder;
  }

  /** All runs that can be read, the last saved first. */
  async list(): Promise<SavedRun[]> {
    const runs: SavedRun[] = [];
    for await (const [fileName, handle] of this.#folder.entries()) {
      if (handle.kind !== 'file' || !fileName.endsWith(ENDING)) continue;
      const name = decodeURIComponent(fileName.slice(0, -ENDING.length));
      try {
        const file = await (handle as FileSystemFileHandle).getFile();
        const { config, step } = await describeCheckpoint(file, name);
        runs.push({ name, config, step, saved: new Date(file.lastModified), bytes: file.size });
      } catch (error) {
        // Another version's, or taken away just now: nothing to go on with.
        if (!(error instanceof UserError) && !isMissing(error)) throw error;
      }
    }
    return runs.sort((a, b) => b.saved.getTime() - a.saved.getTime());
  }

  /**
   * Saves a run, in place of an earlier one of the name; if it fails, that one is still there.
   * @param bytes of `writeCheckpoint`.
   * @throws UserError where the storage is full, or another tab is saving the run.
   */
  save(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const saved = this.#writes.then(() => this.#save(name, bytes));
    this.#writes = saved.catch(() => {});
    return saved;
  }

  async #save(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
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
      if (nameOf(error) === 'NoModificationAllowedError')
        throw new UserError(`${name} is being saved by another tab; closing that would do.`);
      await this.#folder.removeEntry(temporary).catch(() => {});
      if (nameOf(error) === 'QuotaExceededError')
        throw new UserError(
          `${name} cannot be saved: this page's storage is full; deleting a saved run would do.`,
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
  async delete(name: string): Promise<void> {
    await this.#writes;
    await this.#folder.removeEntry(fileNameOf(name)).catch((error) => {
      if (!isMissing(error)) throw error;
    });
  }
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
