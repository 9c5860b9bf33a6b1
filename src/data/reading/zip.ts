// Zip archives by their central directory: any file of them can be had without the others.

import { configure, type FileEntry, Reader, ZipReader } from '@zip.js/zip.js/lib/zip-core.js';
import { BadFile, type FileList, type InputFile, type ListedFile } from './files';
import { bombed, HARMLESS, MAX_RATIO } from './gunzip';

// In the worker that it is called from, with the engine's own decompressor.
configure({ useWebWorkers: false, useCompressionStream: true });

/** All files of an archive may unpack to so many bytes, if they are not much more than they were packed. */
const HARMLESS_IN_ALL = 16 * HARMLESS;

class FileReader extends Reader<InputFile> {
  readonly #file: InputFile;

  constructor(file: InputFile) {
    super(file);
    this.#file = file;
    this.size = file.size;
  }

  override readUint8Array(start: number, length: number): Promise<Uint8Array> {
    return this.#file.read(start, Math.min(start + length, this.size));
  }
}

export async function openZip(file: InputFile, name: string): Promise<FileList> {
  const zip = new ZipReader(new FileReader(file));
  // Paths that lead out are told of with the other bad files.
  const entries = await zip.getEntries({ filenameValidation: 'tolerant' }).catch((error) => {
    throw new BadFile(`is no whole zip archive (${(error as Error).message.replace(/\.$/, '')})`);
  });
  const regular = entries.filter((entry): entry is FileEntry => !entry.directory);
  const unpacked = regular.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
  if (unpacked > HARMLESS_IN_ALL && unpacked > MAX_RATIO * file.size)
    throw new BadFile(bombed(unpacked, file.size));
  return {
    name,
    files: regular.map((entry): ListedFile => {
      const problem = problemOf(entry);
      const listed = { path: entry.filename, size: entry.uncompressedSize };
      return problem === undefined ? listed : { ...listed, problem };
    }),
    async *open(paths) {
      for (const entry of regular) {
        if (paths.has(entry.filename)) yield { path: entry.filename, chunks: () => chunksOf(entry) };
      }
    },
  };
}

function problemOf({
  symlink,
  encrypted,
  uncompressedSize: unpacked,
  compressedSize: packed,
}: FileEntry): string | undefined {
  if (symlink) return 'is a link, which no image is';
  if (encrypted) return 'is encrypted';
  return unpacked > HARMLESS && unpacked > MAX_RATIO * packed ? bombed(unpacked, packed) : undefined;
}

async function* chunksOf(entry: FileEntry): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  // The directory may lie about an entry's length, and entries may share their bytes.
  let length = 0;
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      length += chunk.length;
      if (length > entry.uncompressedSize) throw new BadFile('is longer than the archive says');
      controller.enqueue(chunk as Uint8Array<ArrayBuffer>);
    },
  });
  const unpacked = entry.getData(writable, { checkOverlappingEntry: true, checkSignature: true });
  // The stream says nothing of what is wrong with an entry before its first byte.
  const failed = new Promise<never>((_, reject) => void unpacked.catch(reject));
  failed.catch(() => {});
  const reader = readable.getReader();
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), failed]);
      if (done) break;
      yield value;
    }
    await unpacked;
  } catch (error) {
    if (error instanceof BadFile) throw error;
    const text = (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
    throw new BadFile(`cannot be unpacked (${text})`);
  } finally {
    await reader.cancel().catch(() => {});
  }
}
