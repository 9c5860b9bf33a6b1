// Images from the disk: a path's files as the readers want them, and a decoder.

import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { BadFile, type InputFile } from '../data/reading/files';
import { labelPaths } from '../data/reading/idx';
import type { Decode, ImageInput, ReadImages, ReadOptions, ReadProgress } from '../data/reading/options';
import { readImages } from '../data/reading/read-images';
import type { DataContent } from '../data/source';
import { isOfOtherImages } from '../export/checkpoint';
import { UserError } from '../math/errors';
import type { TrainerState } from '../training/tensor';
import type { Console } from './console';
import { count } from './words';

/**
 * Reads the images that lie at a path (see `readImages`), with a progress line.
 * @throws UserError naming the file and the reason
 */
export async function readImagesAt(
  path: string,
  options: Omit<ReadOptions, 'decode' | 'onProgress'>,
  console?: Pick<Console, 'status'>,
): Promise<ReadImages> {
  let told = 0;
  const onProgress = ({ images, total, skipped }: ReadProgress) => {
    if (!console?.status || Date.now() - told < 100) return;
    told = Date.now();
    const bad = skipped > 0 ? `, ${count(skipped)} bad files passed over` : '';
    console.status(
      `Reading ${path}: ${count(images)}${total > images ? ` of ${count(total)}` : ''} images${bad}`,
    );
  };
  try {
    return await readImages(inputAt(path), { ...options, decode, onProgress });
  } finally {
    console?.status?.('');
  }
}

/** What was read, a line each, with the first of what was passed over. */
export function imageLines({ images, skipped, notes }: ReadImages): string[] {
  const { name, channels, height, width, classes } = images;
  const of = classes ? ` of ${classes.length} classes` : '';
  const lines = [
    `${count(images.count)} ${images.count === 1 ? 'image' : 'images'}${of}, ${width}×${height} ${channels === 1 ? 'grey' : 'RGB'}, from ${name}.`,
    ...notes,
  ];
  if (skipped.length === 0) return lines;
  lines.push(`Passed over ${count(skipped.length)} bad ${skipped.length === 1 ? 'file' : 'files'}:`);
  for (const { file, reason } of skipped.slice(0, SHOWN)) lines.push(`  ${file}: ${reason}`);
  if (skipped.length > SHOWN) lines.push(`  and ${count(skipped.length - SHOWN)} more`);
  return lines;
}
const SHOWN = 20;

/** A sentence where the images of a path are no longer those that a run was trained on. */
export function otherImages(state: TrainerState, { images }: DataContent, run: string): string | undefined {
  if (!images || !isOfOtherImages(state, images)) return undefined;
  return `${images.name}: its images are not those that ${run} was trained on so far.`;
}

/** A folder with all that lies in it, or a file with what may be its labels. @throws UserError where there is neither */
export function inputAt(path: string): ImageInput {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new UserError(`${path}: there is no such file or folder; a path of images would do.`);
  if (found.isDirectory()) return { name: path, files: filesIn(path) };
  const name = basename(path);
  const beside = labelPaths(name).filter((labels) =>
    statSync(join(dirname(path), labels), { throwIfNoEntry: false }),
  );
  const files = [name, ...beside].map((file) => fileAt(join(dirname(path), file), file));
  return { name: path, files, chosen: name };
}

function filesIn(folder: string): InputFile[] {
  try {
    return filesBelow(folder);
  } catch (error) {
    if (!(error instanceof BadFile)) throw error;
    throw new UserError(`${folder}: ${error.message}; a folder that may be read would do.`);
  }
}

/** In an order that does not hang on the disk's. */
function filesBelow(folder: string, below = ''): InputFile[] {
  return entriesOf(join(folder, below))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = below ? `${below}/${entry.name}` : entry.name;
      try {
        if (entry.isDirectory()) return filesBelow(folder, path);
        // A link may lead anywhere, also back to where it lies.
        if (entry.isSymbolicLink()) return unreadable(path, 'is a link, which may lead anywhere');
        return entry.isFile() ? fileAt(join(folder, path), path) : unreadable(path, 'is no regular file');
      } catch (error) {
        if (!(error instanceof BadFile)) throw error;
        return unreadable(entry.isDirectory() ? `${path}/` : path, error.message);
      }
    });
}

const entriesOf = (folder: string) => reading(() => readdirSync(folder, { withFileTypes: true }));

/** @throws BadFile with the system's reason where it does not let it be read */
function reading<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw new BadFile(`cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function fileAt(place: string, path: string): InputFile {
  const { size } = reading(() => statSync(place));
  return { path, size, read: async (start, end) => reading(() => bytesAt(place, start, end)) };
}

function bytesAt(place: string, start: number, end: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(end - start);
  const file = openSync(place, 'r');
  try {
    let length = 0;
    while (length < bytes.length) {
      const more = readSync(file, bytes, length, bytes.length - length, start + length);
      if (more === 0) break;
      length += more;
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

const unreadable = (path: string, problem: string): InputFile => ({
  path,
  size: 0,
  problem,
  read: () => Promise.reject(new Error(`${path} was asked for, though it ${problem}.`)),
});

/** Skia's decoders. */
export const decode: Decode = async (bytes) => {
  const image = await loadImage(bytes);
  const { width, height } = image;
  const context = createCanvas(width, height).getContext('2d');
  context.drawImage(image, 0, 0);
  return { width, height, data: context.getImageData(0, 0, width, height).data };
};
