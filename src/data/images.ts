// images: decoded images (image-set.ts), shuffled anew each epoch, from −1 black to 1 white.

import * as v from 'valibot';
import { chooseImages, gatherLabels, gatherPixels } from '../../shaders/images.wgsl';
import { linearGrid, NOTHING, type Slot, type Work, work } from '../gpu/work';
import { UserError } from '../math/errors';
import { wholeFrom } from '../math/ranges';
import type { Kernel } from '../wgsl/kernel';
import { specialize } from '../wgsl/specialize';
import { fingerprintOf, type ImageSet } from './image-set';
import { type DataDraw, type DataSource, defineData } from './source';
import { stacked } from './stacked';

const channelsWanted = '1 (grey) or 3 (RGB) would do';

export default defineData({
  source: 'images',
  summary: 'Images of yours, shuffled anew in each epoch, from −1 black to 1 white.',
  formula: 'x = xᵢ,  i from a permutation of all',
  schema: v.strictObject({
    source: v.literal('images'),
    path: v.optional(
      v.pipe(
        v.string('the path of images would do'),
        v.description('Where the command reads the images from: a file, an archive or a folder.'),
      ),
    ),
    channels: v.pipe(
      v.picklist([1, 3], channelsWanted),
      v.description('1 is grey, 3 is in colour.'),
      v.examples([1]),
    ),
    height: v.pipe(
      wholeFrom(1, 1024),
      v.description('In pixels; images are scaled and cropped.'),
      v.examples([28]),
    ),
    width: v.pipe(
      wholeFrom(1, 1024),
      v.description('In pixels; images are scaled and cropped.'),
      v.examples([28]),
    ),
    flip: v.optional(
      v.pipe(v.boolean('true or false would do'), v.description('Mirror half of the images, by chance.')),
      false,
    ),
    stack: v.optional(
      v.pipe(
        v.boolean('true or false would do'),
        v.description('Three grey images, drawn apart, as the channels of one (stacked MNIST).'),
      ),
      false,
    ),
    /** The same images again only where this is the same. */
    skipBad: v.optional(
      v.pipe(v.boolean('true or false would do'), v.description('Go on without files that cannot be used.')),
    ),
  }),
  create: ({ path, channels, height, width, flip, stack }, content) => {
    if (stack && channels !== 1) {
      throw new UserError(
        `data.stack: true given with ${channels} channels; grey images, 1 channel, would do.`,
      );
    }
    const image = { channels: stack ? 3 : channels, height, width } as const;
    const shape = [image.channels, height, width];
    const set = content?.images;
    if (!set) {
      const draw = () => {
        throw new UserError(
          path === undefined
            ? 'data: no images were given; the path of a folder or file with images (--data) would do.'
            : `data.path: the images of ${path} have not been read; a run with them at hand would do.`,
        );
      };
      return { shape, image, tables: {}, draw };
    }
    if (set.channels !== channels || set.height !== height || set.width !== width) {
      throw new UserError(
        `${set.name}: its images are of shape [${set.channels}, ${set.height}, ${set.width}], but data says [${channels}, ${height}, ${width}]; as many channels and pixels would do.`,
      );
    }
    return stack ? stacked(imageSource(set, flip)) : imageSource(set, flip);
  },
});

/** A batch is drawn by one dispatch that chooses its images, and one for each piece of the set that copies pixels. */
function imageSource(set: ImageSet, flip: boolean): DataSource {
  const { count, channels, height, width, labels, classes } = set;
  const values = height * width * channels;
  const inQuads = values % 4 === 0 && !flip;
  const constants = {
    COUNT: count,
    HEIGHT: height,
    WIDTH: width,
    CHANNELS: channels,
    FLIP: flip ? 1 : 0,
    IN_QUADS: inQuads ? 1 : 0,
  };
  const [choose, gather, gatherClasses] = [
    specialize(chooseImages, constants),
    specialize(gatherPixels, constants),
    specialize(gatherLabels, constants),
  ];
  const pieces = set.pieces.map((bytes) => ({ table: words(bytes), count: bytes.length / values }));
  const total = pieces.reduce((sum, piece) => sum + piece.count, 0);
  if (total !== count) throw new Error(`${set.name}: says ${count} images and has ${total}.`);

  const choice = ({ clock, batch, stream }: DataDraw): { chosen: Slot; work: Work } => {
    const chosen = { name: 'chosen images', length: batch };
    return {
      chosen,
      work: work(choose, { clock, random: { ...stream, count: batch }, chosen }, gridOf(batch, choose)),
    };
  };
  const draw = (request: DataDraw): Work[] => {
    const { batch, output, tables } = request;
    const { chosen, work: choosing } = choice(request);
    let first = 0;
    const copies = pieces.map(({ count }, i) => {
      const piece = { first, count, batch };
      first += count;
      const bindings = {
        chosenImages: chosen,
        piece,
        pixels: tables[`pixels${i}`]!,
        output: inQuads ? NOTHING : output,
        outputQuads: inQuads ? output : NOTHING,
      };
      return work(gather, bindings, gridOf(Math.ceil((batch * values) / 4), gather));
    });
    return [choosing, ...copies];
  };
  const source: DataSource = {
    shape: [channels, height, width],
    image: { channels, height, width },
    fingerprint: () => fingerprintOf(set),
    tables: Object.fromEntries(pieces.map(({ table }, i) => [`pixels${i}`, table])),
    draw,
  };
  if (!labels) return source;
  return {
    ...source,
    tables: { ...source.tables, labels: Uint32Array.from(labels) },
    classes: classes?.length ?? labels.reduce((most, label) => Math.max(most, label), 0) + 1,
    drawLabels: (request) => {
      const { batch, output, tables } = request;
      const { chosen, work: choosing } = choice(request);
      const piece = { first: 0, count, batch };
      const bindings = { chosenImages: chosen, piece, labels: tables.labels!, classes: output };
      return [choosing, work(gatherClasses, bindings, gridOf(batch, gatherClasses))];
    },
  };
}

const gridOf = (count: number, kernel: unknown) => linearGrid(count, kernel as Kernel);

/** Bytes as 32-bit words, without a copy where they fill whole words. */
function words(bytes: Uint8Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  if (bytes.byteOffset % 4 === 0 && bytes.length % 4 === 0)
    return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const padded = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  padded.set(bytes);
  return new Uint32Array(padded.buffer);
}
