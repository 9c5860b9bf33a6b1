// The last images of each shape, kept in the browser's storage (OPFS), so that a run can go on after a reload.

import type { ImageSet } from '../../data/image-set';
import type { ImageShape } from '../protocol';

const FOLDER = 'images';

/** All of a set but its pixels, and how these lie in the file, behind each other. */
interface Description extends Omit<ImageSet, 'pieces' | 'labels'> {
  readonly pieceBytes: readonly number[];
  readonly labels?: readonly number[];
}

/** The file: how long the description is, the description as JSON, then the pixels. */
const LENGTH_BYTES = 4;

/** Keeps a set in place of an earlier one of its shape. Where there is no storage, or no room in it, that one stays. */
export async function keepImages(set: ImageSet): Promise<void> {
  try {
    const { pieces, labels, ...rest } = set;
    const description: Description = {
      ...rest,
      pieceBytes: pieces.map(({ byteLength }) => byteLength),
      ...(labels && { labels: [...labels] }),
    };
    const json = new TextEncoder().encode(JSON.stringify(description));
    await write(await (await folderOf()).getFileHandle(nameOf(set), { create: true }), [
      Uint32Array.of(json.length),
      json,
      ...pieces,
    ]);
  } catch {
    // It is only for convenience.
  }
}

/** The images of this shape that were kept last. */
export async function recallImages(shape: ImageShape): Promise<ImageSet | undefined> {
  try {
    const file = await (await (await folderOf()).getFileHandle(nameOf(shape))).getFile();
    const [length] = new Uint32Array(await file.slice(0, LENGTH_BYTES).arrayBuffer());
    let at = LENGTH_BYTES + length!;
    const description = JSON.parse(await file.slice(LENGTH_BYTES, at).text()) as Description;
    const { pieceBytes, labels, ...rest } = description;
    if (file.size !== pieceBytes.reduce((sum, bytes) => sum + bytes, at)) return undefined;
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    for (const bytes of pieceBytes) {
      pieces.push(new Uint8Array(await file.slice(at, at + bytes).arrayBuffer()));
      at += bytes;
    }
    return { ...rest, pieces, ...(labels && { labels: Uint16Array.from(labels) }) };
  } catch {
    return undefined;
  }
}

const nameOf = ({ channels, height, width }: ImageShape) => `${channels}x${height}x${width}.images`;

async function folderOf(): Promise<FileSystemDirectoryHandle> {
  return (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });
}

/** All of it or nothing: what a stream wrote takes the file's place when it is closed. */
async function write(file: FileSystemFileHandle, parts: readonly FileSystemWriteChunkType[]): Promise<void> {
  const writable = await file.createWritable();
  try {
    for (const part of parts) await writable.write(part);
  } catch (error) {
    await writable.abort();
    throw error;
  }
  await writable.close();
}
