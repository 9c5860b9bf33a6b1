// The nearest real picture of each sample: whether a generator has memorised what it was shown.

import type { ImageSet } from '../data/image-set';
import { toChannelsFirst } from '../math/axes';
import { type Rows, rowCount, squaredDistance } from './neighbours';
import { type Pictures, pictureSize } from './pictures';

export interface NearestImages {
  /** As many as were asked about, in their order. */
  readonly pictures: Pictures;
  /** Euclidean, over all numbers of a picture from −1 to 1. */
  readonly distances: Float64Array;
}

/** Squared difference a number below which two pictures are the same: a thousandth of a grey level. The GPU and the CPU round differently. */
const SAME = 6e-11;

/**
 * @param among [channels, height, width] each, such as `imagesOf` or `picturesOf` give
 * @param others pass over pictures that are equal to the one asked about: for real ones of the same set
 */
export function nearestImages(
  queries: Pictures,
  among: Iterable<Float32Array>,
  { others = false }: { readonly others?: boolean } = {},
): NearestImages {
  const width = pictureSize(queries);
  const rows: Rows = { width, numbers: queries.pixels };
  const distances = new Float64Array(rowCount(rows)).fill(Number.POSITIVE_INFINITY);
  const pixels = new Float32Array(queries.pixels.length);
  for (const picture of among) {
    const candidate: Rows = { width, numbers: picture };
    for (let i = 0; i < distances.length; i++) {
      const distance = squaredDistance(rows, i, candidate, 0, distances[i]!);
      if (distance >= distances[i]! || (others && distance <= SAME * width)) continue;
      distances[i] = distance;
      pixels.set(picture, i * width);
    }
  }
  return { pictures: { ...queries, pixels }, distances: distances.map(Math.sqrt) };
}

/** Every picture of some. */
export function* picturesOf(pictures: Pictures): Generator<Float32Array> {
  const size = pictureSize(pictures);
  for (let start = 0; start < pictures.pixels.length; start += size)
    yield pictures.pixels.subarray(start, start + size);
}

/** The middle of some numbers, or the one behind the middle. */
export const median = (values: Float64Array): number => values.slice().sort()[Math.floor(values.length / 2)]!;

/** Every image of a set, and each `mirrored` where asked for, as pictures are: from −1 to 1, channels first. */
export function* imagesOf(
  { pieces, channels, height, width }: ImageSet,
  { mirrored = false }: { readonly mirrored?: boolean } = {},
): Generator<Float32Array> {
  const size = channels * height * width;
  for (const piece of pieces) {
    for (let start = 0; start < piece.length; start += size) {
      const pixels = Float32Array.from(piece.subarray(start, start + size), (byte) => byte / 127.5 - 1);
      const picture = toChannelsFirst(pixels, [channels, height, width]);
      yield picture;
      if (mirrored) yield mirror(picture, width);
    }
  }
}

/** Left and right exchanged, row by row. */
function mirror(picture: Float32Array, width: number): Float32Array {
  const result = picture.slice();
  for (let row = 0; row < result.length; row += width) result.subarray(row, row + width).reverse();
  return result;
}
