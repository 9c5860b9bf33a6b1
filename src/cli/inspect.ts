// `webgan inspect`: what images lie at a path, as training would see them.

import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { type ImageSet, imageAt } from '../data/image-set';
import type { Channels } from '../data/reading/resample';
import { encodePng } from '../export/png';
import { imageGrid, type Raster } from '../export/raster';
import { UserError } from '../math/errors';
import type { Console } from './console';
import { writeWhole, writing } from './files';
import { imageLines, readImagesAt } from './images';
import { count, fixed } from './words';

export interface InspectOptions {
  readonly imageSize?: number;
  readonly channels?: Channels;
  readonly skipBad?: boolean;
  /** A PNG to draw a contact sheet into. */
  readonly out?: string;
  readonly json: boolean;
}

/** Columns of a contact sheet, and the classes that have a row in it. */
const COLUMNS = 10;
const MOST_ROWS = 30;

/** @throws UserError naming the file and the reason */
export async function inspect(path: string, options: InspectOptions, console: Console): Promise<void> {
  const { imageSize: side, channels, skipBad, out } = options;
  if (out !== undefined) checkOut(out);
  const size = side === undefined ? undefined : { height: side, width: side };
  const read = await readImagesAt(
    path,
    { size, anySize: true, channels, skipBad: skipBad === true },
    console,
  );
  const { images, skipped, notes } = read;
  const values = valuesOf(images);
  const classes = classCounts(images);
  const contact = out === undefined ? undefined : contactSheet(images);
  if (contact) writing(out!, () => writeWhole(out!, encodePng(contact.sheet)));
  if (options.json) {
    const { name, count, height, width } = images;
    const answer = {
      path: name,
      count,
      channels: images.channels,
      height,
      width,
      values,
      classes,
      skipped,
      notes,
    };
    console.out(JSON.stringify({ ...answer, ...(out !== undefined && { contactSheet: out }) }));
    return;
  }
  for (const line of imageLines(read)) console.out(line);
  const { low, high, mean, standardDeviation } = values;
  console.out(
    `Values from ${low} to ${high}, of 0 (black) to 255 (white); mean ${fixed(mean, 1)}, standard deviation ${fixed(standardDeviation, 1)}.`,
  );
  if (classes) {
    const width = Math.max(...classes.map(({ name }) => name.length), 'class'.length);
    console.out(`${'class'.padEnd(width)}  images`);
    for (const { name, images } of classes) console.out(`${name.padEnd(width)}  ${count(images)}`);
  }
  console.out(contact ? `${contact.caption}: ${out}` : 'A picture of some of them: --out contact.png');
}

/** Before everything is read for nothing. */
function checkOut(out: string): void {
  if (!/\.png$/i.test(out))
    throw new UserError(`--out: ${JSON.stringify(out)} given; a name that ends in .png would do.`);
  const folder = dirname(out);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new UserError(`--out: there is no folder ${folder}; one that is there would do.`);
}

function valuesOf({ pieces }: ImageSet) {
  const histogram = new Float64Array(256);
  for (const piece of pieces) for (const value of piece) histogram[value]!++;
  const total = histogram.reduce((sum, images) => sum + images, 0);
  const mean = histogram.reduce((sum, images, value) => sum + images * value, 0) / total;
  const variance = histogram.reduce((sum, images, value) => sum + images * (value - mean) ** 2, 0) / total;
  const there = [...histogram.keys()].filter((value) => histogram[value]! > 0);
  return { low: there[0]!, high: there.at(-1)!, mean, standardDeviation: Math.sqrt(variance) };
}

/** How many images each class has; null where there are no labels. */
function classCounts({ labels, classes }: ImageSet): { name: string; images: number }[] | null {
  if (!labels || !classes) return null;
  const counts = classes.map((name) => ({ name, images: 0 }));
  for (const label of labels) counts[label]!.images++;
  return counts;
}

/** Images evenly from the whole set, or a row of them for each class. */
function contactSheet(images: ImageSet): { sheet: Raster; caption: string } {
  const { labels, classes } = images;
  const columns = Math.min(COLUMNS, images.count);
  const rows =
    labels && classes
      ? classes.slice(0, MOST_ROWS).flatMap((_, label) => {
          const ofClass = [...labels.keys()].filter((i) => labels[i] === label);
          return ofClass.length === 0 ? [] : [evenly(ofClass, columns)];
        })
      : [evenly([...Array(images.count).keys()], columns * COLUMNS)];
  const { channels, height, width } = images;
  const raster = (data: Uint8Array<ArrayBuffer>): Raster => ({ channels, height, width, data });
  // A class with fewer images than columns leaves the rest of its row empty.
  const empty = raster(new Uint8Array(channels * height * width).fill(0x60));
  const places = rows.flatMap((row) => [
    ...row.map((i) => raster(imageAt(images, i))),
    ...(labels ? Array.from({ length: columns - row.length }, () => empty) : []),
  ]);
  const shown = rows.reduce((sum, row) => sum + row.length, 0);
  const left = (classes?.length ?? 0) - MOST_ROWS;
  const caption = `${count(shown)} of them${labels ? ', a row a class' : ''}${left > 0 ? `, the first ${MOST_ROWS} classes` : ''}`;
  return { sheet: imageGrid(places, { columns }), caption };
}

/** At most `count` of a list, at even distances. */
const evenly = (list: readonly number[], count: number): number[] =>
  Array.from(
    { length: Math.min(count, list.length) },
    (_, i) => list[Math.floor((i * list.length) / Math.min(count, list.length))]!,
  );
