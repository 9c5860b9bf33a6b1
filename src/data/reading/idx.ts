// IDX, the format of MNIST and its kin: a magic number, the lengths of the axes, then bytes (yann.lecun.com/exdb/mnist).

import { BadFile, baseName, type Content } from './files';
import { gunzipped } from './gunzip';

const BYTES = 0x08;
/** Magic numbers: the type of the numbers and how many axes there are. */
const LABELS_MAGIC = (BYTES << 8) | 1;
const IMAGES_MAGIC = (BYTES << 8) | 3;

export const isIdxImages = (head: Uint8Array): boolean => readWord(head, 0) === IMAGES_MAGIC;
export const isIdxLabels = (head: Uint8Array): boolean => readWord(head, 0) === LABELS_MAGIC;

const readWord = (bytes: Uint8Array, at: number): number | undefined =>
  bytes.length < at + 4 ? undefined : new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);

export interface IdxImages {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  /** One image at a time, [height, width]. @throws BadFile where the file ends before its last image or after it */
  images(): AsyncIterable<Uint8Array>;
}

/** A file of images; `.gz` is unpacked. @throws BadFile where it is none */
export async function readIdxImages(content: Content): Promise<IdxImages> {
  const bytes = new ByteQueue(gunzipped(content).chunks());
  const [count, height, width] = (await readHeader(bytes, IMAGES_MAGIC)) as [number, number, number];
  if (count === 0) throw new BadFile('holds 0 images');
  if (!(height >= 1 && height <= 4096 && width >= 1 && width <= 4096)) {
    throw new BadFile(`says that its images are ${width}×${height}, which no images are`);
  }
  return {
    count,
    height,
    width,
    async *images() {
      for (let i = 0; i < count; i++) {
        const image = await bytes.take(height * width);
        if (!image) throw tooShort(`${count} images of ${width}×${height}`, `${i} of them are there`);
        yield image;
      }
      if (!(await bytes.atEnd())) throw tooLong(`${count} images of ${width}×${height}`);
    },
  };
}

/** A file of labels, one byte each; `.gz` is unpacked. @throws BadFile where it is none, or has another length than it says */
export async function readIdxLabels(content: Content): Promise<Uint8Array> {
  const bytes = new ByteQueue(gunzipped(content).chunks());
  const [count] = (await readHeader(bytes, LABELS_MAGIC)) as [number];
  const labels = await bytes.take(count);
  if (!labels) throw tooShort(`${count} labels`, 'fewer are there');
  if (!(await bytes.atEnd())) throw tooLong(`${count} labels`);
  return labels;
}

const tooShort = (claim: string, found: string) =>
  new BadFile(`says that it has ${claim}, but ${found}: it is cut off`);
const tooLong = (claim: string) => new BadFile(`says that it has ${claim}, but has more bytes than those`);

/** The lengths of the axes. */
async function readHeader(bytes: ByteQueue, magic: number): Promise<number[]> {
  const start = await bytes.take(4);
  if (!start) throw new BadFile('is too short for an IDX file');
  const found = readWord(start, 0)!;
  if (found !== magic) {
    const hex = (word: number) => `0x${word.toString(16).padStart(8, '0')}`;
    const other = { [IMAGES_MAGIC]: ' (images)', [LABELS_MAGIC]: ' (labels)' }[found] ?? '';
    throw new BadFile(
      `its magic number is ${hex(found)}${other}, not the ${hex(magic)} of IDX ${magic === IMAGES_MAGIC ? 'images' : 'labels'}`,
    );
  }
  const axes = await bytes.take(4 * (magic & 0xff));
  if (!axes) throw new BadFile('is too short for an IDX file');
  return Array.from({ length: axes.length / 4 }, (_, i) => readWord(axes, 4 * i)!);
}

/** Takes so many bytes at a time from chunks of any lengths; no room is made for bytes before they are there. */
class ByteQueue {
  readonly #source: AsyncIterator<Uint8Array>;
  #chunk: Uint8Array = new Uint8Array();

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#source = chunks[Symbol.asyncIterator]();
  }

  /** The next `count` bytes, or nothing where there are not as many. */
  async take(count: number): Promise<Uint8Array | undefined> {
    const parts: Uint8Array[] = [];
    let missing = count;
    while (missing > 0) {
      if (this.#chunk.length === 0 && !(await this.#fill())) return undefined;
      const part = this.#chunk.subarray(0, missing);
      this.#chunk = this.#chunk.subarray(part.length);
      parts.push(part);
      missing -= part.length;
    }
    if (parts.length === 1) return parts[0]!;
    const bytes = new Uint8Array(count);
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  async atEnd(): Promise<boolean> {
    return this.#chunk.length === 0 && !(await this.#fill());
  }

  async #fill(): Promise<boolean> {
    do {
      const { done, value } = await this.#source.next();
      if (done) return false;
      this.#chunk = value;
    } while (this.#chunk.length === 0);
    return true;
  }
}

/** Whether a file is of IDX images or labels, by its name: `train-images-idx3-ubyte.gz`, `t10k-labels.idx1-ubyte`. */
export function idxRole(path: string): 'images' | 'labels' | undefined {
  const name = baseName(path).toLowerCase();
  if (!/ubyte(?:\.gz)?$|\.idx\d?(?:\.gz)?$/.test(name)) return undefined;
  if (/images|imgs|idx3/.test(name)) return 'images';
  return /labels|idx1/.test(name) ? 'labels' : undefined;
}

/** The names that the labels of a file of images may have. */
export function labelPaths(images: string): string[] {
  const plain = images.replace(/\.gz$/i, '');
  const slash = plain.lastIndexOf('/') + 1;
  const labels =
    plain.slice(0, slash) + plain.slice(slash).replace('images', 'labels').replace('idx3', 'idx1');
  return labels === plain ? [] : [labels, `${labels}.gz`];
}

/** What remains of a name without the part that tells training from test images: the same for the two halves of a set. */
export const idxFamily = (path: string): string =>
  path.replace(/\.gz$/i, '').replace(/(?:train|t10k|test)(?=[^/]*$)/i, '');

const FASHION = 'T-shirt/top,Trouser,Pullover,Dress,Coat,Sandal,Shirt,Sneaker,Bag,Ankle boot'.split(',');
const KUZUSHIJI = [...'おきすつなはまやれを'];
const DIGITS = [...'0123456789'];
const CAPITALS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
/** EMNIST's by number of classes (Cohen, Afshar, Tapson and van Schaik, 2017). */
const EMNIST: Readonly<Record<number, readonly string[]>> = {
  47: [...DIGITS, ...CAPITALS, ...'abdefghnqrt'],
  62: [...DIGITS, ...CAPITALS, ...'abcdefghijklmnopqrstuvwxyz'],
};

/** What a path says of the set that its file is of: its end, from the last name on that names one. */
function setPart(place: string): string {
  const names = place.split(/[/\\]/);
  const at = names.findLastIndex((name) => /mnist|kuzushiji|fashion/i.test(name));
  return at < 0 ? '' : names.slice(at).join('/');
}

/** EMNIST's images are stored with rows and columns exchanged. */
export const isTransposed = (place: string): boolean => /emnist/i.test(setPart(place));

/** Labels counted from 0, with the names of their classes: what is known by the files' names, or the numbers. */
export function nameClasses(
  labels: readonly number[],
  place: string,
): { labels: Uint16Array<ArrayBuffer>; classes: readonly string[] } {
  const most = labels.reduce((largest, label) => Math.max(largest, label), 0);
  const set = setPart(place);
  if (isTransposed(place) && /letters/i.test(set) && !labels.includes(0)) {
    return { labels: Uint16Array.from(labels, (label) => label - 1), classes: CAPITALS.slice(0, most) };
  }
  const known = isTransposed(place)
    ? EMNIST[most + 1]
    : most < 10 && /fashion/i.test(set)
      ? FASHION
      : most < 10 && /kmnist|kuzushiji/i.test(set)
        ? KUZUSHIJI
        : undefined;
  const classes = known ?? Array.from({ length: most + 1 }, (_, i) => `${i}`);
  return { labels: Uint16Array.from(labels), classes };
}
