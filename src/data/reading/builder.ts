// Collects images, brought to one shape, into the pieces of an image set.

import { UserError } from '../../math/errors';
import { type ImageSet, PIECE_BYTES } from '../image-set';
import { BadFile, type FileList, type Skipping } from './files';
import type { ReadOptions } from './options';
import { type Channels, type ImageShape, type Raster, resized } from './resample';

/** The largest side that a network here is given. */
const MAX_SIDE = 1024;
/** What larger ones are brought to that are only looked at. */
const SIDE_TO_LOOK_AT = 256;
/** A piece begins with room for so many bytes and grows. */
const FIRST_BYTES = 2 ** 20;

type Labelled = Pick<ImageSet, 'labels' | 'classes'>;

export class ImageSetBuilder {
  /** How many images there will be, as far as is known; bad ones included. */
  total = 0;
  /** Turns the labels of all images into those of the set. */
  nameClasses: ((labels: readonly number[]) => Labelled) | undefined;
  readonly #notes = new Set<string>();
  /** Sizes that were met. */
  readonly #sizes = new Map<string, { readonly height: number; readonly width: number }>();
  readonly #list: FileList;
  readonly #skipping: Skipping;
  readonly #options: ReadOptions;
  readonly #labels: number[] = [];
  /** What the first image was: others have to be the same where nothing was asked for. */
  #first: ImageShape | undefined;
  #target: ImageShape | undefined;
  #pieces: Uint8Array<ArrayBuffer>[] = [];
  #count = 0;

  constructor(list: FileList, skipping: Skipping, options: ReadOptions) {
    this.#list = list;
    this.#skipping = skipping;
    this.#options = options;
  }

  /**
   * How an image of a shape becomes one of the set's: pixels [height, width, channels].
   * @throws BadFile where those before it had another shape and none was asked for
   */
  expect({ channels, height, width }: ImageShape): (image: Raster) => Uint8Array {
    this.#first ??= { channels, height, width };
    const first = this.#first;
    const { size, anySize, channels: wanted } = this.#options;
    this.#sizes.set(`${width}×${height}`, { height, width });
    if (!size && !anySize && (height !== first.height || width !== first.width)) {
      throw new BadFile(
        `is ${width}×${height} pixels, where those before it are ${first.width}×${first.height}`,
        'one size for all (--image-size)',
      );
    }
    if (!wanted && channels !== first.channels) {
      throw new BadFile(
        `is ${colour(channels)}, where those before it are ${colour(first.channels)}`,
        'asking for 1 or 3 channels for all (--channels)',
      );
    }
    const target = {
      ...(size ?? (anySize ? toLookAt(first) : { height: first.height, width: first.width })),
      channels: wanted ?? first.channels,
    };
    if (target.height > MAX_SIDE || target.width > MAX_SIDE) {
      throw new UserError(
        `${this.#list.name}: its images are ${target.width}×${target.height} pixels; a size up to ${MAX_SIDE} (--image-size) would do.`,
      );
    }
    this.#target = target;
    return (image) => resized(image, target);
  }

  /** Takes in what `expect` made of an image. */
  add(pixels: Uint8Array, label: number | undefined): void {
    const limit = Math.max(1, Math.floor((this.#options.pieceBytes ?? PIECE_BYTES) / pixels.length));
    const place = this.#count % limit;
    if (place === 0) this.#pieces.push(new Uint8Array(pixels.length));
    let piece = this.#pieces.at(-1)!;
    if (piece.length < (place + 1) * pixels.length) {
      const room = Math.min(limit, Math.max(2 * place, Math.ceil(FIRST_BYTES / pixels.length)));
      const larger = new Uint8Array(room * pixels.length);
      larger.set(piece);
      piece = larger;
      this.#pieces[this.#pieces.length - 1] = piece;
    }
    piece.set(pixels, place * pixels.length);
    this.#count++;
    if (label !== undefined) this.#labels.push(label);
  }

  /** What whoever named the files should know. */
  get notes(): string[] {
    const { size, anySize } = this.#options;
    const { width, height } = this.#target ?? {};
    const isOne = this.#sizes.size === 1 && this.#sizes.has(`${width}×${height}`);
    if (size || !anySize || isOne) return [...this.#notes];
    const sorted = [...this.#sizes.values()].sort((a, b) => a.width * a.height - b.width * b.height);
    const [least, most] = [sorted[0]!, sorted.at(-1)!].map((each) => `${each.width}×${each.height}`);
    const sizes =
      sorted.length === 1 ? `They are ${most}` : `They have ${sorted.length} sizes, ${least} to ${most}`;
    return [
      ...this.#notes,
      `${sizes}; to be looked at all are brought to ${width}×${height}, and training takes --image-size.`,
    ];
  }

  /** Something that whoever named the files should know; said once. */
  note(sentence: string): void {
    this.#notes.add(sentence);
  }

  /** Tells whoever listens how far the reading is; `more` images are read and not yet added. */
  progress(more = 0): void {
    const images = this.#count + more;
    const skipped = this.#skipping.skipped.length;
    this.#options.onProgress?.({ images, total: Math.max(this.total, images), skipped });
  }

  /** The set, or nothing where no image was added. */
  build(): ImageSet | undefined {
    if (!this.#target || this.#count === 0) return undefined;
    const values = this.#target.channels * this.#target.height * this.#target.width;
    let left = this.#count * values;
    const pieces = this.#pieces.map((piece) => {
      const whole = piece.length <= left ? piece : piece.slice(0, left);
      left -= whole.length;
      return whole;
    });
    // Labels of some images only say nothing about the rest.
    const labelled = this.#labels.length === this.#count ? this.nameClasses?.(this.#labels) : undefined;
    return { name: this.#list.name, count: this.#count, ...this.#target, pieces, ...labelled };
  }
}

/** As it is, or smaller. */
function toLookAt({ height, width }: ImageShape): { height: number; width: number } {
  const side = Math.max(height, width);
  if (side <= MAX_SIDE) return { height, width };
  const scaled = (length: number) => Math.max(1, Math.round((length * SIDE_TO_LOOK_AT) / side));
  return { height: scaled(height), width: scaled(width) };
}

const colour = (channels: Channels) => (channels === 1 ? 'grey' : 'in colour');
