// PNG, JPEG and WebP files as images of a set; their folders are their classes.

import type { ImageSetBuilder } from './builder';
import { BadFile, bytesOf, type FileList, type ListedFile, type Skipping } from './files';
import { type ImageHeader, readImageHeader } from './format';
import type { Decode } from './options';
import { classFolders, naturalOrder } from './recognize';
import type { Channels, Raster } from './resample';

/** An image file has at most so many bytes. */
const MAX_BYTES = 2 ** 29;
/** Files that are decoded at the same time, and pixels, unless a single file has more. */
const AT_ONCE = 8;
const PIXELS_AT_ONCE = 2 ** 25;

export async function readPictures(
  list: FileList,
  files: readonly ListedFile[],
  decode: Decode,
  channels: Channels | undefined,
  builder: ImageSetBuilder,
  skipping: Skipping,
): Promise<void> {
  const classOf = classFolders(files.map(({ path }) => path));
  const classes = classOf && [...new Set(files.map(({ path }) => classOf(path)))].sort(naturalOrder);
  const labelOf = new Map(classes?.map((name, label) => [name, label]));
  if (classes) builder.nameClasses = (labels) => ({ labels: Uint16Array.from(labels), classes });
  builder.total = files.length;
  // A few are decoded while the next is read; they are taken in, or refused, by the order of the list all the same.
  const underway: { path: string; pixels: number; image: Promise<Raster> }[] = [];
  let pixelsUnderway = 0;
  const takeIn = async () => {
    const { path, pixels, image } = underway.shift()!;
    await skipping.try(path, async () => {
      const raster = await image;
      builder.add(builder.expect(raster)(raster), classOf && labelOf.get(classOf(path)));
    });
    pixelsUnderway -= pixels;
    builder.progress();
  };
  for await (const content of list.open(new Set(files.map(({ path }) => path)))) {
    const bytes = await skipping.try(content.path, () => bytesOf(content, MAX_BYTES));
    if (!bytes) continue;
    // Small files may have many pixels, and those are what takes memory.
    const header = headerOf(bytes);
    const pixels = header instanceof BadFile ? 0 : header.width * header.height;
    while (underway.length > 0 && (underway.length >= AT_ONCE || pixelsUnderway + pixels > PIXELS_AT_ONCE))
      await takeIn();
    const image = decodePicture(bytes, header, decode, channels);
    // Where another one is refused first, nobody asks for it any more.
    image.catch(() => {});
    underway.push({ path: content.path, pixels, image });
    pixelsUnderway += pixels;
  }
  while (underway.length > 0) await takeIn();
}

function headerOf(bytes: Uint8Array): ImageHeader | BadFile {
  try {
    return readImageHeader(bytes);
  } catch (error) {
    if (error instanceof BadFile) return error;
    throw error;
  }
}

async function decodePicture(
  bytes: Uint8Array<ArrayBuffer>,
  header: ImageHeader | BadFile,
  decode: Decode,
  channels: Channels | undefined,
): Promise<Raster> {
  if (header instanceof BadFile) throw header;
  const { width, height, data } = await decode(bytes, header.type).catch(() => {
    throw new BadFile('cannot be decoded: it is damaged or of a kind that is not read');
  });
  // Grey where it was stored so, unless colours are wanted anyway.
  const kept = channels ?? (header.grey ? 1 : 3);
  const pixels = new Uint8Array(width * height * kept);
  for (let i = 0; i < width * height; i++) {
    const alpha = data[4 * i + 3]!;
    // What is transparent shows a white page behind it.
    const over = (channel: number) =>
      Math.round((data[4 * i + channel]! * alpha + 255 * (255 - alpha)) / 255);
    if (kept === 3) for (let channel = 0; channel < 3; channel++) pixels[3 * i + channel] = over(channel);
    else if (header.grey) pixels[i] = over(0);
    else pixels[i] = Math.round(0.299 * over(0) + 0.587 * over(1) + 0.114 * over(2));
  }
  return { width, height, channels: kept, pixels };
}
