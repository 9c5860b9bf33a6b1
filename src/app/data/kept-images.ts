// The last images of each shape, kept in the browser's storage (OPFS), so that a run can go on after a reload.

import type { ImageSet } from '../../data/image-set';
import type { ImageShape } from '../protocol';

const FOLDER = 'images';

/** All of a set but its pixels, and how these lie in the file, behind each other. */
interface Description extends Omit<ImageSet, 'pieces' | 'labels'> {
  readonly pieceBytes: readonly number[];
  readonly labels?: readonly number[];
}

/** Keeps a set in place of an earlier one of its shape. Without storage, or room in it, nothing is kept. */
export async function keepImages(set: ImageSet): Promise<void> {
  try {
    const folder = await folderOf();
    const { pieces, labels, ...rest } = set;
    const description: Description = {
      ...rest,
      pieceBytes: pieces.map(({ byteLength }) => byteLength),
      ...(labels && { labels: [...labels] }),
    };
    const name = nameOf(set);
    // The description last: without it there is nothing.
    await folder.removeEntry(`${name}.json`).catch(() => {});
    await write(folder, `${name}.bin`, pieces);
    await write(folder, `${name}.json`, [JSON.stringify(description)]);
  } catch {
    // It is only for convenience.
  }
}

/** The images of this shape that were kept last. */
export async function recallImages(shape: ImageShape): Promise<ImageSet | undefined> {
  try {
    const folder = await folderOf();
    const name = nameOf(shape);
    const read = async (file: string) => (await folder.getFileHandle(file)).getFile();
    const description = JSON.parse(await (await read(`${name}.json`)).text()) as Description;
    const { pieceBytes, labels, ...rest } = description;
    const bytes = await (await read(`${name}.bin`)).arrayBuffer();
    if (bytes.byteLength !== pieceBytes.reduce((sum, length) => sum + length, 0)) return undefined;
    let at = 0;
    const pieces = pieceBytes.map((length) => {
      at += length;
      return new Uint8Array(bytes.slice(at - length, at));
    });
    return { ...rest, pieces, ...(labels && { labels: Uint16Array.from(labels) }) };
  } catch {
    return undefined;
  }
}

const nameOf = ({ channels, height, width }: ImageShape) => `${channels}x${height}x${width}`;

async function folderOf(): Promise<FileSystemDirectoryHandle> {
  return (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });
}

async function write(
  folder: FileSystemDirectoryHandle,
  name: string,
  parts: readonly FileSystemWriteChunkType[],
): Promise<void> {
  const writable = await (await folder.getFileHandle(name, { create: true })).createWritable();
  for (const part of parts) await writable.write(part);
  await writable.close();
}
