// What whoever reads images says and is told.

import type { ImageSet } from '../image-set';
import type { InputFile, SkippedFile } from './files';
import type { Channels } from './resample';

/** Decodes an image file to RGBA, rows from the top, colours not multiplied by alpha. Rejects where it cannot. */
export type Decode = (
  bytes: Uint8Array<ArrayBuffer>,
  type: 'image/png' | 'image/jpeg' | 'image/webp',
) => Promise<{
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}>;

/** What the user named: a folder with its files, or one file, perhaps with others that lie beside it. */
export interface ImageInput {
  /** As the user wrote it. */
  readonly name: string;
  readonly files: readonly InputFile[];
  /** The path of the one file that was named; the others may only hold its labels. */
  readonly chosen?: string;
}

export interface ReadProgress {
  readonly images: number;
  /** How many there will be, as far as is known by now. */
  readonly total: number;
  readonly skipped: number;
}

export interface ReadOptions {
  readonly decode: Decode;
  /** The size to bring every image to; their own where absent, and then all must have the same. */
  readonly size?: { readonly height: number; readonly width: number } | undefined;
  /** Where no size is given: take images of any, and of whatever size, and bring them to one to be looked at. */
  readonly anySize?: boolean;
  /** Their own where absent, and then all must have the same. */
  readonly channels?: Channels | undefined;
  /** Go on without files that cannot be used. */
  readonly skipBad?: boolean;
  readonly onProgress?: (progress: ReadProgress) => void;
  /** Bytes of a piece of the set; tests make it small. */
  readonly pieceBytes?: number;
}

export interface ReadImages {
  readonly images: ImageSet;
  readonly skipped: readonly SkippedFile[];
  /** What was done that the files did not ask for, in sentences. */
  readonly notes: readonly string[];
}
