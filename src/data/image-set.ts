// Decoded images in memory: what the readers make and the source `images` trains on.

import { crc32 } from '../math/crc32';

/** Images of one size, as bytes. Pieces are whole images, each piece small enough for one buffer. */
export interface ImageSet {
  /** What a person would call it: the file's or the folder's name. */
  readonly name: string;
  readonly count: number;
  readonly channels: 1 | 3;
  readonly height: number;
  readonly width: number;
  /** [images, height, width, channels] behind each other, 0 black to 255 white. */
  readonly pieces: readonly Uint8Array<ArrayBuffer>[];
  /** Class of each image, [count], where there are labels. */
  readonly labels?: Uint16Array<ArrayBuffer>;
  /** Names of the classes, by label. */
  readonly classes?: readonly string[];
}

/** A piece has at most this many bytes: well below what every adapter binds. */
export const PIECE_BYTES = 64 * 2 ** 20;

const fingerprints = new WeakMap<ImageSet, string>();

/** The CRC-32 of all pixels in eight digits: whether images are those of another day. Read once from each set. */
export function fingerprintOf(set: ImageSet): string {
  const known = fingerprints.get(set);
  if (known !== undefined) return known;
  const checksum = set.pieces.reduce((before, piece) => crc32(piece, before), 0);
  const fingerprint = checksum.toString(16).padStart(8, '0');
  fingerprints.set(set, fingerprint);
  return fingerprint;
}

/** The pixels of one image, [height, width, channels]. */
export function imageAt(
  { pieces, channels, height, width }: ImageSet,
  index: number,
): Uint8Array<ArrayBuffer> {
  const values = channels * height * width;
  let first = 0;
  for (const piece of pieces) {
    const count = piece.length / values;
    if (index < first + count) return piece.subarray((index - first) * values, (index - first + 1) * values);
    first += count;
  }
  throw new RangeError(`There is no image ${index} in a set of ${first}.`);
}
