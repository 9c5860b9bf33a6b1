// Images read from the disk: every kind there is, whole and malformed in every way, each refused in one sentence or passed over.

import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { createCanvas } from '@napi-rs/canvas';
import { Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import { packTar } from 'modern-tar';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ReadOptions, ReadProgress } from '../data/reading/options';
import { UserError } from '../math/errors';
import { imageLines, readImagesAt } from './images';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'webgan-images-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a file below the test's folder, with the folders on its way. */
function put(path: string, content: Uint8Array | string): string {
  const place = join(folder, path);
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, content);
  return place;
}

const word = (n: number) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
const idxImages = (count: number, height: number, width: number, pixels = bytes(count * height * width)) =>
  Uint8Array.from([...word(0x803), ...word(count), ...word(height), ...word(width), ...pixels]);
const idxLabels = (labels: readonly number[]) =>
  Uint8Array.from([...word(0x801), ...word(labels.length), ...labels]);
const bytes = (length: number, seed = 1) =>
  Uint8Array.from({ length }, (_, i) => Math.imul(i + seed, 0x9e3779b9) >>> 24);

type Format = 'png' | 'jpeg' | 'webp';
/** An image of one colour, or a picture with a left half of one and a right half of another. */
async function image(
  format: Format,
  width: number,
  height: number,
  left = '#204060',
  right = left,
): Promise<Uint8Array> {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  context.fillStyle = left;
  context.fillRect(0, 0, width, height);
  context.clearRect(width / 2, 0, width / 2, height);
  context.fillStyle = right;
  context.fillRect(width / 2, 0, width / 2, height);
  return format === 'png' ? canvas.encode('png') : canvas.encode(format, 100);
}

const crcTable = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});
const crc = (data: Uint8Array) =>
  ~data.reduce((c, byte) => (crcTable[(c ^ byte) & 255]! ^ (c >>> 8)) >>> 0, 0xffffffff) >>> 0;
const chunk = (type: string, data: Uint8Array) => {
  const body = Uint8Array.from([...Buffer.from(type), ...data]);
  return Uint8Array.from([...word(data.length), ...body, ...word(crc(body))]);
};
/** A PNG of one stored channel, which the canvas does not write. */
function greyPng(width: number, height: number, pixels: Uint8Array): Uint8Array {
  const rows = Array.from({ length: height }, (_, y) => [0, ...pixels.subarray(y * width, (y + 1) * width)]);
  const raw = deflateRawSync(Uint8Array.from(rows.flat()));
  let [a, b] = [1, 0];
  for (const byte of rows.flat()) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return Uint8Array.from([
    ...Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    ...chunk('IHDR', Uint8Array.from([...word(width), ...word(height), 8, 0, 0, 0, 0])),
    ...chunk('IDAT', Uint8Array.from([0x78, 1, ...raw, (b >> 8) & 255, b & 255, (a >> 8) & 255, a & 255])),
    ...chunk('IEND', new Uint8Array()),
  ]);
}

async function zip(
  entries: Readonly<Record<string, Uint8Array>>,
  options: Parameters<ZipWriter<unknown>['add']>[2] = {},
): Promise<Uint8Array> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  for (const [path, content] of Object.entries(entries))
    await writer.add(path, new Blob([content as Uint8Array<ArrayBuffer>]).stream(), options);
  return writer.close();
}

const tar = (entries: Readonly<Record<string, Uint8Array>>) =>
  packTar(
    Object.entries(entries).map(([name, body]) => ({
      header: { name, size: body.length, type: 'file' as const },
      body,
    })),
  );

const read = (path = '.', options: Partial<ReadOptions> = {}) => readImagesAt(join(folder, path), options);
const pixelsOf = async (path?: string, options?: Partial<ReadOptions>) =>
  Buffer.concat((await read(path, options)).images.pieces);

/** Expects one sentence that begins with the path of the file. */
async function refuses(
  path: string,
  message: RegExp | string,
  options: Partial<ReadOptions> = {},
  file = path,
) {
  const error = await read(path, options).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(UserError);
  const text = (error as Error).message.replaceAll(`${folder}/`, '').replace(folder, '.');
  expect(text.startsWith(`${file}: `), text).toBe(true);
  expect(text).toMatch(message);
  expect(text).toMatch(/^[^\n]*would do\.$/);
}

describe('IDX', () => {
  test('plain and gzipped, with its labels beside it, by folder and by file', async () => {
    const pixels = bytes(5 * 3 * 4);
    put('plain/train-images-idx3-ubyte', idxImages(5, 3, 4, pixels));
    put('plain/train-labels-idx1-ubyte', idxLabels([3, 0, 1, 1, 2]));
    put('zipped/train-images-idx3-ubyte.gz', gzipSync(idxImages(5, 3, 4, pixels)));
    put('zipped/train-labels-idx1-ubyte.gz', gzipSync(idxLabels([3, 0, 1, 1, 2])));
    for (const path of [
      'plain',
      'plain/train-images-idx3-ubyte',
      'zipped',
      'zipped/train-images-idx3-ubyte.gz',
    ]) {
      const { images, skipped } = await read(path);
      expect(images, path).toMatchObject({ count: 5, channels: 1, height: 3, width: 4 });
      expect(Buffer.concat(images.pieces).equals(pixels)).toBe(true);
      expect([...images.labels!]).toEqual([3, 0, 1, 1, 2]);
      expect(images.classes).toEqual(['0', '1', '2', '3']);
      expect(skipped).toEqual([]);
    }
  });

  test('train before t10k; files that are there twice are read once', async () => {
    const [first, second] = [bytes(4, 1), bytes(8, 9)];
    put('t10k-images-idx3-ubyte', idxImages(1, 2, 2, first));
    put('train-images-idx3-ubyte', idxImages(2, 2, 2, second));
    put('train-images-idx3-ubyte.gz', gzipSync(idxImages(2, 2, 2, second)));
    put('t10k-labels-idx1-ubyte', idxLabels([7]));
    put('train-labels-idx1-ubyte', idxLabels([8, 9]));
    const { images } = await read();
    expect([...Buffer.concat(images.pieces)]).toEqual([...second, ...first]);
    expect([...images.labels!]).toEqual([8, 9, 7]);
  });

  test('EMNIST is stored with rows and columns exchanged, and its letters count from 1', async () => {
    const path = 'emnist-letters-train-images-idx3-ubyte';
    put(path, idxImages(2, 2, 2, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)));
    put('emnist-letters-train-labels-idx1-ubyte', idxLabels([1, 3]));
    const { images } = await read(path);
    expect([...images.pieces[0]!]).toEqual([1, 3, 2, 4, 5, 7, 6, 8]);
    expect([...images.labels!].map((label) => images.classes![label])).toEqual(['A', 'C']);
  });

  test('Fashion-MNIST and KMNIST are known by their folders', async () => {
    for (const [name, eighth] of [
      ['fashion', 'Bag'],
      ['KMNIST', 'れ'],
      ['EMNIST/byclass', '8'],
    ]) {
      put(`${name}/t10k-images-idx3-ubyte`, idxImages(2, 1, 1));
      put(`${name}/t10k-labels-idx1-ubyte`, idxLabels([8, name!.startsWith('EMNIST') ? 61 : 9]));
      const { images } = await read(name);
      expect(images.classes![images.labels![0]!]).toBe(eighth);
    }
  });

  test.each([
    ['EMNIST/train-images-idx3-ubyte', true],
    ['emnist/byclass/train-images-idx3-ubyte', true],
    ['emnist-trials/mnist/train-images-idx3-ubyte', false],
    ['emnist/fashion-mnist/train-images-idx3-ubyte', false],
  ])('the last name of a path tells the set, and exchanging is said: %s', async (path, turned) => {
    put(path, idxImages(1, 2, 2, Uint8Array.of(1, 2, 3, 4)));
    const found = await read(path);
    expect([...found.images.pieces[0]!]).toEqual(turned ? [1, 3, 2, 4] : [1, 2, 3, 4]);
    expect(imageLines(found).join()).toMatch(turned ? /,Rows and columns were exchanged/ : /ubyte\.$/);
  });

  test('a file of no images is told from one that is bad', async () => {
    put('train-images-idx3-ubyte', idxImages(0, 28, 28));
    await expect(read()).rejects.toThrow(/train-images-idx3-ubyte: holds 0 images; skipping/);
  });

  test('of any name, where the file itself is named', async () => {
    put('digits.dat', gzipSync(idxImages(2, 2, 2)));
    expect((await read('digits.dat')).images.count).toBe(2);
  });

  test.each<[string, string, Uint8Array, RegExp]>([
    [
      'cut off',
      'a-images-idx3-ubyte',
      idxImages(3, 2, 2).subarray(0, -1),
      /3 images of 2×2, but 2 of them are there: it is cut off/,
    ],
    ['too long', 'a-images-idx3-ubyte', Uint8Array.of(...idxImages(3, 2, 2), 0), /has more bytes than those/],
    ['of a few bytes', 'a-images-idx3-ubyte', Uint8Array.of(0, 0, 8), /too short for an IDX file/],
    ['without its axes', 'a-images-idx3-ubyte', Uint8Array.from(word(0x803)), /too short for an IDX file/],
    ['empty', 'a-images-idx3-ubyte', new Uint8Array(), /too short for an IDX file/],
    [
      'of a wrong magic number',
      'a-images-idx3-ubyte',
      Uint8Array.from([...word(0x804), ...word(1)]),
      /its magic number is 0x00000804, not the 0x00000803 of IDX images/,
    ],
    ['labels under an images’ name', 'a-images-idx3-ubyte', idxLabels([1]), /0x00000801 \(labels\), not/],
    ['images of no pixels', 'a-images-idx3-ubyte', idxImages(1, 0, 5), /5×0, which no images are/],
    [
      'billions of images',
      'a-images-idx3-ubyte',
      Uint8Array.from([...word(0x803), ...word(0xffffffff), ...word(28), ...word(28)]),
      /4294967295 images of 28×28, but 0 of them are there/,
    ],
    [
      'gzip cut off',
      'a-images-idx3-ubyte.gz',
      gzipSync(idxImages(30, 9, 9)).subarray(0, -20),
      /no whole gzip file/,
    ],
    [
      'gzip damaged',
      'a-images-idx3-ubyte.gz',
      damaged(gzipSync(idxImages(30, 9, 9))),
      /no whole gzip file|cut off|magic/,
    ],
    [
      'a gzip bomb',
      'a-images-idx3-ubyte.gz',
      gzipSync(Buffer.concat([idxImages(1, 28, 28), Buffer.alloc(2 ** 25)])),
      /more bytes than those/,
    ],
    [
      'a gzip bomb that says so',
      'a-images-idx3-ubyte.gz',
      gzipSync(
        Buffer.concat([
          Uint8Array.from([...word(0x803), ...word(2 ** 15), ...word(32), ...word(32)]),
          Buffer.alloc(2 ** 25),
        ]),
      ),
      /as zip bombs do/,
    ],
  ])('%s', async (_, name, content, message) => {
    put(name, content);
    await refuses('.', message, {}, name);
    await refuses(name, message);
  });

  test('labels that do not belong to the images', async () => {
    put('a-images-idx3-ubyte', idxImages(3, 2, 2));
    put('a-labels-idx1-ubyte', idxLabels([1, 2]));
    await refuses('.', /has 3 images, but a-labels-idx1-ubyte has 2 labels/, {}, 'a-images-idx3-ubyte');
    put('a-labels-idx1-ubyte', idxLabels([1, 2, 3]).subarray(0, -1));
    await refuses('.', /says that it has 3 labels, but fewer are there/, {}, 'a-labels-idx1-ubyte');
    put('a-labels-idx1-ubyte', Uint8Array.of(...idxLabels([1, 2, 3]), 4));
    await refuses('.', /has more bytes than those/, {}, 'a-labels-idx1-ubyte');
  });

  test('labels alone, of one half only, or several sets', async () => {
    put('a-labels-idx1-ubyte', idxLabels([1, 2]));
    await refuses('.', /holds labels, but not the images/, {}, '.');
    await refuses('a-labels-idx1-ubyte', /holds labels, but not the images/);
    put('two/train-images-idx3-ubyte', idxImages(1, 2, 2));
    put('two/train-labels-idx1-ubyte', idxLabels([1]));
    put('two/t10k-images-idx3-ubyte', idxImages(1, 2, 2));
    await refuses(
      'two',
      /has no labels beside it, where other images have train-labels/,
      {},
      'two/t10k-images-idx3-ubyte',
    );
    put('sets/mnist-train-images-idx3-ubyte', idxImages(1, 2, 2));
    put('sets/other-train-images-idx3-ubyte', idxImages(1, 2, 2));
    await refuses('sets', /holds several sets/);
  });

  test('halves of different sizes', async () => {
    put('train-images-idx3-ubyte', idxImages(1, 2, 2));
    put('t10k-images-idx3-ubyte', idxImages(1, 3, 2));
    await refuses(
      '.',
      /is 2×3 pixels, where those before it are 2×2; one size for all/,
      {},
      't10k-images-idx3-ubyte',
    );
    expect((await read('.', { size: { height: 2, width: 2 } })).images.count).toBe(2);
    const { images, skipped } = await read('.', { skipBad: true });
    expect([images.count, skipped.length]).toEqual([1, 1]);
  });
});

/** With a byte in the middle changed. */
function damaged(content: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(content);
  copy[copy.length >> 1]! ^= 0xff;
  return copy;
}

/** A batch of CIFAR-10: red, green and blue planes that tell them apart. */
const cifarBatch = (labels: readonly number[]) =>
  Uint8Array.from(
    labels.flatMap((label, i) => [
      label,
      ...Array.from({ length: 3072 }, (_, k) => (k < 1024 ? 10 + i : k < 2048 ? 100 + (k % 32) : 200)),
    ]),
  );

describe('CIFAR', () => {
  test('batches in a folder, with their classes', async () => {
    put('data_batch_2.bin', cifarBatch([2]));
    put('data_batch_1.bin', cifarBatch([3, 1]));
    put('test_batch.bin', cifarBatch([9]));
    put('batches.meta.txt', `${[...'abcdefghij'].join('\n')}\n\n`);
    put('readme.html', '<html>');
    const { images } = await read();
    expect(images).toMatchObject({
      count: 4,
      channels: 3,
      height: 32,
      width: 32,
      classes: [...'abcdefghij'],
    });
    expect([...images.labels!]).toEqual([3, 1, 2, 9]);
    // Pixel by pixel, no longer plane by plane.
    const pixels = Buffer.concat(images.pieces);
    expect([...pixels.subarray(3072, 3078)]).toEqual([11, 100, 200, 11, 101, 200]);
  });

  test('CIFAR-100 has the finer of its labels', async () => {
    put('train.bin', Uint8Array.from([4, 77, ...new Array(3072).fill(5), 0, 99, ...new Array(3072).fill(6)]));
    const { images } = await read();
    expect([...images.labels!]).toEqual([77, 99]);
    expect(images.classes).toHaveLength(100);
    expect([...images.pieces[0]!.subarray(3070, 3074)]).toEqual([5, 5, 6, 6]);
  });

  test('in an archive, whatever its order', async () => {
    const entries = {
      'cifar-10-batches-bin/data_batch_2.bin': cifarBatch([2]),
      'cifar-10-batches-bin/batches.meta.txt': Buffer.from([...'abcdefghij'].join('\n')),
      'cifar-10-batches-bin/data_batch_1.bin': cifarBatch([3, 1]),
    };
    put('cifar.tar.gz', gzipSync(await tar(entries)));
    put('cifar.tar', await tar(entries));
    put('alone/cifar.zip', await zip(entries));
    for (const path of ['cifar.tar.gz', 'cifar.tar', 'alone/cifar.zip', 'alone']) {
      const { images } = await read(path);
      expect([...images.labels!], path).toEqual([3, 1, 2]);
      expect(images.classes![3]).toBe('d');
    }
  });

  test('made grey and smaller', async () => {
    put('data_batch_1.bin', cifarBatch([0]));
    const { images } = await read('.', { channels: 1, size: { height: 16, width: 16 } });
    expect(images).toMatchObject({ channels: 1, height: 16, width: 16 });
    expect(images.pieces[0]![0]).toBe(Math.round(0.299 * 10 + 0.587 * 100.625 + 0.114 * 200));
  });

  test.each<[string, string, Uint8Array, RegExp]>([
    [
      'cut off',
      'data_batch_1.bin',
      cifarBatch([1, 2]).subarray(0, -5),
      /has 6141 bytes, which are no whole number of CIFAR-10 records of 3073/,
    ],
    ['empty', 'data_batch_1.bin', new Uint8Array(), /is empty/],
    [
      'something else',
      'data_batch_1.bin',
      bytes(3073, 77),
      /is no file of CIFAR-10: image 0 has class \d+ of 10/,
    ],
    [
      'of CIFAR-10 under CIFAR-100’s name',
      'train.bin',
      cifarBatch([1]),
      /no whole number of CIFAR-100 records of 3074/,
    ],
  ])('%s', async (_, name, content, message) => {
    put(name, content);
    await refuses('.', message, {}, name);
  });

  test('both kinds, or a kind and pictures', async () => {
    put('data_batch_1.bin', cifarBatch([1]));
    put('train.bin', new Uint8Array(3074));
    await refuses('.', /holds files of CIFAR-10 and of CIFAR-100/, {}, '.');
    rmSync(join(folder, 'train.bin'));
    put('a.png', await image('png', 32, 32));
    await refuses('.', /holds a\.png and data_batch_1\.bin, which belong to no one set/, {}, '.');
  });
});

describe('pictures', () => {
  test('PNG, JPEG and WebP in a folder, in the order of their names', async () => {
    put('c.webp', await image('webp', 8, 6, '#0000ff'));
    put('a.png', await image('png', 8, 6, '#ff0000'));
    put('b.JPG', await image('jpeg', 8, 6, '#00ff00'));
    put('.hidden', 'x');
    put('__MACOSX/a.png', 'x');
    put('Thumbs.db', 'x');
    const { images } = await read();
    expect(images).toMatchObject({ count: 3, channels: 3, height: 6, width: 8 });
    expect(images).not.toHaveProperty('labels');
    const pixels = Buffer.concat(images.pieces);
    const of = (i: number) =>
      [...pixels.subarray(144 * i, 144 * i + 3)].map((x) => (x > 240 ? 1 : x < 15 ? 0 : x));
    expect([of(0), of(1), of(2)]).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
  });

  test('subfolders are classes, as people count, where all images lie in some', async () => {
    for (const [path, colour] of [
      ['10/a.png', '#0a0000'],
      ['2/deep/b.png', '#020000'],
      ['2/a.png', '#030000'],
    ] as const)
      put(`set/${path}`, await image('png', 2, 2, colour));
    const { images } = await read('set');
    expect(images.classes).toEqual(['2', '10']);
    const pixels = images.pieces[0]!;
    const classes = Object.fromEntries([...images.labels!].map((label, i) => [pixels[12 * i]!, label]));
    expect(classes).toEqual({ 10: 1, 2: 0, 3: 0 });
    // Halves for training and testing are no classes.
    for (const [path, colour] of [
      ['test/cat/a.png', '#010000'],
      ['train/cat/a.png', '#020000'],
      ['train/dog/a.png', '#030000'],
    ] as const)
      put(`halves/${path}`, await image('png', 2, 2, colour));
    expect((await read('halves')).images.classes).toEqual(['cat', 'dog']);
    put('set/c.png', await image('png', 2, 2));
    expect((await read('set')).images).not.toHaveProperty('labels');
  });

  test('are brought to a size and cropped around their centre', async () => {
    // A wide one: the left and right thirds fall away.
    const canvas = createCanvas(30, 10);
    const context = canvas.getContext('2d');
    for (const [x, colour] of ['#ff0000', '#00ff00', '#0000ff'].entries()) {
      context.fillStyle = colour;
      context.fillRect(10 * x, 0, 10, 10);
    }
    put('a.png', await canvas.encode('png'));
    const { images } = await read('.', { size: { height: 5, width: 5 } });
    expect(images).toMatchObject({ height: 5, width: 5, channels: 3 });
    const row = images.pieces[0]!.subarray(30, 45);
    expect([...row.subarray(6, 9)]).toEqual([0, 255, 0]);
    // The filter reaches half an output pixel beyond: a quarter of red mixes in at the edge, no more.
    expect(row[0]).toBeLessThan(64);
  });

  test('grey ones have one channel, unless three are asked for', async () => {
    const pixels = bytes(12);
    put('a.png', greyPng(4, 3, pixels));
    expect((await read()).images).toMatchObject({ channels: 1, height: 3, width: 4 });
    expect([...(await pixelsOf())]).toEqual([...pixels]);
    const three = await pixelsOf('.', { channels: 3 });
    expect([...three]).toEqual([...pixels].flatMap((x) => [x, x, x]));
  });

  test('coloured ones are made grey as asked for', async () => {
    put('a.png', await image('png', 2, 2, '#64c832'));
    expect([...(await pixelsOf('.', { channels: 1 }))]).toEqual(
      new Array(4).fill(Math.round(0.299 * 100 + 0.587 * 200 + 0.114 * 50)),
    );
  });

  test('what is transparent is white behind', async () => {
    put('a.png', await image('png', 2, 1, '#000000', 'rgba(0, 0, 0, 0)'));
    expect([...(await pixelsOf())]).toEqual([0, 0, 0, 255, 255, 255]);
  });

  test('lie in as many pieces as they fill', async () => {
    for (let i = 0; i < 7; i++) put(`${i}.png`, greyPng(2, 2, bytes(4, i * 4)));
    const { images } = await read('.', { pieceBytes: 13 });
    expect(images.pieces.map((piece) => piece.length)).toEqual([12, 12, 4]);
    expect(Buffer.concat(images.pieces).equals(await pixelsOf())).toBe(true);
  });

  const malformed: [string, string, () => Promise<Uint8Array> | Uint8Array, RegExp][] = [
    ['text', 'x.png', () => Buffer.from('no image at all, really'), /is no PNG, JPEG or WebP image/],
    ['an empty file', 'x.jpg', () => new Uint8Array(), /is empty/],
    ['a file of another kind', 'notes.txt', () => Buffer.from('notes'), /is no PNG, JPEG or WebP image/],
    ['a GIF', 'x.png', () => Buffer.from('GIF89a............'), /is no PNG, JPEG or WebP image/],
    [
      'an SVG',
      'x.png',
      () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      /is no PNG/,
    ],
    [
      'a PNG that is cut off',
      'x.png',
      async () => (await image('png', 8, 8, 'red', 'blue')).subarray(0, -15),
      /is cut off/,
    ],
    [
      'a PNG of its first bytes',
      'x.png',
      async () => (await image('png', 8, 8)).subarray(0, 20),
      /is cut off/,
    ],
    [
      'a JPEG that is cut off',
      'x.jpg',
      async () => (await image('jpeg', 64, 64, 'red', 'blue')).subarray(0, -40),
      /is cut off/,
    ],
    [
      'a JPEG of its first bytes',
      'x.jpg',
      async () => (await image('jpeg', 8, 8)).subarray(0, 100),
      /is cut off/,
    ],
    [
      'a WebP that is cut off',
      'x.webp',
      async () => (await image('webp', 8, 8, 'red', 'blue')).subarray(0, -8),
      /is cut off/,
    ],
    [
      'a WebP of its first bytes',
      'x.webp',
      async () => (await image('webp', 8, 8)).subarray(0, 20),
      /is cut off/,
    ],
    [
      'a damaged PNG',
      'x.png',
      async () => damaged(await image('png', 8, 8, 'red', 'blue')),
      /is damaged: a checksum is wrong|is cut off/,
    ],
    [
      'a WebP whose pixels are rubbish',
      'x.webp',
      () =>
        Uint8Array.from([
          ...Buffer.from('RIFF'),
          ...[48, 0, 0, 0],
          ...Buffer.from('WEBPVP8L'),
          ...[36, 0, 0, 0, 0x2f, 7, 0x40, 0, 0],
          ...bytes(31),
        ]),
      /cannot be decoded/,
    ],
    [
      'a PNG that claims a terapixel',
      'x.png',
      () => pngOf(2 ** 20, 2 ** 20, bytes(40)),
      /1048576×1048576 pixels, more than/,
    ],
    ['a PNG without pixels', 'x.png', () => pngOf(0, 5, bytes(4)), /has no pixels/],
    [
      'a PNG without a header',
      'x.png',
      () =>
        Uint8Array.from([...Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...chunk('IEND', new Uint8Array())]),
      /begins with its size/,
    ],
    [
      'a JPEG of noise',
      'x.jpg',
      () => Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 3, 4, 5, 6, 7, 8]),
      /has a marker where this has none/,
    ],
    [
      'a JPEG without a size',
      'x.jpg',
      () => Uint8Array.from([0xff, 0xd8, 0xff, 0xda, 0, 4, 1, 2, 3, 4, 0xff, 0xd9]),
      /says its size before its pixels/,
    ],
    [
      'a WebP of no kind',
      'x.webp',
      () =>
        Uint8Array.from([
          ...Buffer.from('RIFF'),
          22,
          0,
          0,
          0,
          ...Buffer.from('WEBPVP9 '),
          ...new Uint8Array(16),
        ]),
      /is of no kind of WebP/,
    ],
    [
      'another size',
      'x.png',
      () => image('png', 9, 8),
      /is 9×8 pixels, where those before it are 8×8; one size for all \(--image-size\)/,
    ],
    [
      'another number of channels',
      'x.png',
      () => greyPng(8, 8, bytes(64)),
      /is grey, where those before it are in colour; asking for 1 or 3 channels for all \(--channels\)/,
    ],
  ];
  test.each(malformed)(
    '%s is refused, and passed over where asked for',
    async (_, name, content, message) => {
      put('a/1.png', await image('png', 8, 8, '#ff0000'));
      put('z/2.png', await image('png', 8, 8, '#00ff00'));
      put(`m/${name}`, await content());
      await refuses('.', message, {}, `m/${name}`);
      const { images, skipped } = await read('.', { skipBad: true });
      expect(images.count).toBe(2);
      expect(skipped).toEqual([
        { file: join(folder, 'm', name), reason: expect.stringMatching(message.source.split(';')[0]!) },
      ]);
      expect([...images.pieces[0]!.subarray(192, 195)]).toEqual([0, 255, 0]);
    },
  );

  test('links are not followed', async () => {
    put('a.png', await image('png', 2, 2));
    symlinkSync(folder, join(folder, 'round'));
    await refuses('.', /is a link, which may lead anywhere/, {}, 'round');
    expect((await read('.', { skipBad: true })).images.count).toBe(1);
  });

  test('larger images than are trained on', async () => {
    put('a.png', await image('png', 1500, 2));
    await refuses('.', /its images are 1500×2 pixels; a size up to 1024 \(--image-size\)/, {}, '.');
  });

  test('nothing to read', async () => {
    await refuses('.', /is empty/, {}, '.');
    await refuses('none', /there is no such file or folder/);
    put('a.txt', 'x');
    await refuses('.', /holds no images that can be read/, {}, 'a.txt');
    put('b.txt', 'x');
    await refuses('.', /holds no images, but files such as a\.txt/, {}, '.');
    await refuses('a.txt', /holds no images that can be read/);
    put('bad/a.png', 'x');
    await refuses('bad', /holds no images but bad ones, such as .*a\.png, which is no PNG/, {
      skipBad: true,
    });
  });
});

describe('archives', () => {
  test('a second file of the same path is bad, and not read', async () => {
    const entry = (name: string, body: Uint8Array) => ({
      header: { name, size: body.length, type: 'file' as const },
      body,
    });
    const [first, second] = [await image('png', 2, 2, '#202020'), await image('png', 2, 2, '#606060')];
    put('twice.tar', await packTar([entry('a.png', first), entry('b.png', first), entry('a.png', second)]));
    await expect(read('twice.tar')).rejects.toThrow('is in the archive more than once');
    const { images, skipped } = await read('twice.tar', { skipBad: true });
    expect(images.count).toBe(2);
    expect(skipped).toHaveLength(1);
    expect(new Set(Buffer.concat(images.pieces))).toEqual(new Set([0x20]));
  });

  test('a zip of pictures in folders, stored and deflated', async () => {
    const entries = {
      'digits/': new Uint8Array(),
      'digits/1/a.png': greyPng(2, 2, bytes(4)),
      'digits/0/b.png': greyPng(2, 2, bytes(4, 5)),
      '__MACOSX/digits/._a.png': Buffer.from('x'),
    };
    for (const level of [0, 6]) {
      put('set.zip', await zip(entries, { level }));
      const { images } = await read('set.zip');
      expect(images).toMatchObject({ name: join(folder, 'set.zip'), count: 2, classes: ['0', '1'] });
      expect([...images.labels!].sort()).toEqual([0, 1]);
      const pixels = Buffer.concat(images.pieces);
      expect([...pixels.subarray(0, 4)]).toEqual([...bytes(4, images.labels![0] === 1 ? 1 : 5)]);
    }
  });

  test('IDX, gzipped, in a zip', async () => {
    put(
      'emnist.zip',
      await zip({
        'gzip/a-train-images-idx3-ubyte.gz': gzipSync(idxImages(2, 2, 2)),
        'gzip/a-train-labels-idx1-ubyte.gz': gzipSync(idxLabels([1, 0])),
      }),
    );
    expect([...(await read('emnist.zip')).images.labels!]).toEqual([1, 0]);
  });

  test('a tar of pictures', async () => {
    put(
      'set.tar.gz',
      gzipSync(await tar({ 'x/b.png': greyPng(2, 2, bytes(4, 5)), 'x/a.png': greyPng(2, 2, bytes(4)) })),
    );
    const { images } = await read('set.tar.gz');
    expect([...images.pieces[0]!]).toEqual([...bytes(4, 5), ...bytes(4)]);
  });

  const good = { 'good.png': greyPng(2, 2, bytes(4)) };
  const evil = greyPng(2, 2, bytes(4, 9));
  const malformed: [string, string, () => Promise<Uint8Array>, RegExp, string?][] = [
    [
      'a path that leads out',
      'a.zip',
      () => zip({ ...good, '../evil.png': evil }),
      /has a path that leads out of the archive/,
      '../evil.png',
    ],
    [
      'a path that leads out later',
      'a.zip',
      () => zip({ ...good, 'x/../../evil.png': evil }),
      /leads out/,
      'x/../../evil.png',
    ],
    [
      'an absolute path',
      'a.tar',
      () => tar({ ...good, '/etc/evil.png': evil }),
      /leads out/,
      '/etc/evil.png',
    ],
    [
      'a path that leads out of a tar',
      'a.tar',
      () => tar({ ...good, '../evil.png': evil }),
      /leads out/,
      '../evil.png',
    ],
    [
      'a path of Windows that leads out',
      'a.tar',
      () => tar({ ...good, '..\\evil.png': evil }),
      /leads out/,
      '..\\evil.png',
    ],
    [
      'a link in a zip',
      'a.zip',
      () => zip({ ...good, 'evil.png': Buffer.from('/etc/passwd') }, { unixMode: 0o120777 } as never),
      /is a link|cannot/,
    ],
    [
      'a link in a tar',
      'a.tar',
      () =>
        packTar([
          {
            header: { name: 'good.png', size: good['good.png'].length, type: 'file' },
            body: good['good.png'],
          },
          { header: { name: 'evil.png', size: 0, type: 'symlink', linkname: '/etc/passwd' } },
        ]),
      /is a link to \/etc\/passwd/,
      'evil.png',
    ],
    [
      'an encrypted file',
      'a.zip',
      () => zip({ 'good.png': evil }, { password: 'x', zipCrypto: true }),
      /is encrypted/,
      'good.png',
    ],
    [
      'a zip bomb',
      'a.zip',
      () => zip({ ...good, 'evil.png': new Uint8Array(2 ** 25) }),
      /unpacks from .* KiB to 32 MiB and more, as zip bombs do/,
      'evil.png',
    ],
    [
      'what is no image',
      'a.zip',
      () => zip({ ...good, 'readme.txt': Buffer.from('x') }),
      /is no PNG/,
      'readme.txt',
    ],
  ];
  test.each(malformed)('%s', async (_, name, content, message, file) => {
    put(name, await content());
    await refuses(name, message, {}, file === undefined ? `${name}/good.png` : `${name}/${file}`);
    if (/encrypted|link in a zip/.test(_)) return;
    const { images, skipped } = await read(name, { skipBad: true });
    expect(images.count).toBe(1);
    expect(skipped).toHaveLength(1);
  });

  test('many small bombs', async () => {
    const zeros = new Uint8Array(2 ** 24);
    const entries = Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`${i}.png`, zeros]));
    put('a.zip', await zip(entries));
    await refuses('a.zip', /as zip bombs do; a whole archive/);
  });

  test('files that share their bytes, as the quine bombs do', async () => {
    const one = await zip({ 'a.png': evil });
    put('a.zip', withSecondEntry(one));
    await refuses('a.zip', /cannot be unpacked \(|zip archive|more than once/, {}, 'a.zip/b.png');
  });

  test('archives that are cut off, damaged or empty', async () => {
    const whole = await zip({ 'a.png': evil, 'b.png': evil });
    put('cut.zip', whole.subarray(0, -30));
    await refuses('cut.zip', /is no whole zip archive/);
    put('damaged.zip', damaged(await zip({ 'a.png': bytes(5000) }, { level: 0 })));
    await refuses('damaged.zip', /cannot be unpacked/, {}, 'damaged.zip/a.png');
    put('empty.zip', await zip({}));
    await refuses('empty.zip', /is empty/);
    const packed = await tar({ 'a.png': evil, 'b.png': bytes(2000) });
    put('cut.tar', packed.subarray(0, 1900));
    await refuses('cut.tar', /is no whole tar archive/);
    put('cut.tar.gz', gzipSync(packed).subarray(0, -30));
    await refuses('cut.tar.gz', /no whole/);
    put('damaged.tar', damaged(packed.subarray(0, 1024)));
    await refuses('damaged.tar', /would do/);
  });
});

/** A zip of one file whose directory names it a second time: its last record, once more under another name. */
function withSecondEntry(archive: Uint8Array): Uint8Array {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.length);
  const end = archive.length - 22;
  const [size, start] = [view.getUint32(end + 12, true), view.getUint32(end + 16, true)];
  const record = Uint8Array.from(archive.subarray(start, start + size));
  record[46] = 'b'.charCodeAt(0);
  const result = Uint8Array.from([...archive.subarray(0, end), ...record, ...archive.subarray(end)]);
  const ending = new DataView(result.buffer, end + size);
  ending.setUint16(8, 2, true);
  ending.setUint16(10, 2, true);
  ending.setUint32(12, 2 * size, true);
  return result;
}

function pngOf(width: number, height: number, pixels: Uint8Array): Uint8Array {
  return Uint8Array.from([
    ...Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    ...chunk('IHDR', Uint8Array.from([...word(width), ...word(height), 8, 0, 0, 0, 0])),
    ...chunk('IDAT', pixels),
    ...chunk('IEND', new Uint8Array()),
  ]);
}

test('progress is told while files are read', async () => {
  const told: ReadProgress[] = [];
  for (let i = 0; i < 20; i++) put(`${i}.png`, greyPng(2, 2, bytes(4)));
  put('bad.png', 'x');
  const { decode, inputAt } = await import('./images');
  const { readImages } = await import('../data/reading/read-images');
  await readImages(inputAt(folder), { decode, skipBad: true, onProgress: (progress) => told.push(progress) });
  expect(told.at(-1)).toEqual({ images: 20, total: 21, skipped: 1 });
  expect(told.length).toBeGreaterThan(10);
});

test('of images with many pixels only so many are decoded at a time', async () => {
  for (let i = 0; i < 12; i++) put(`${i}.png`, greyPng(2, 2, bytes(4)));
  const large = pngOf(4096, 4096, bytes(4));
  for (const i of [3, 4, 5, 6]) put(`${i}.png`, large);
  const { inputAt } = await import('./images');
  const { readImages } = await import('../data/reading/read-images');
  let small = 0;
  let big = 0;
  const most = { small: 0, big: 0 };
  const { images } = await readImages(inputAt(folder), {
    size: { height: 2, width: 2 },
    async decode(file) {
      const side = file.length === large.length ? 4096 : 2;
      const begun = side === 2 ? ++small : ++big;
      const kind = side === 2 ? 'small' : 'big';
      most[kind] = Math.max(most[kind], begun);
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (side === 2) small--;
      else big--;
      return { width: 2, height: 2, data: new Uint8Array(16) };
    },
  });
  expect(images.count).toBe(12);
  expect(most.big).toBe(2);
  expect(most.small).toBeGreaterThan(2);
});

test('what was read is told in lines', async () => {
  put('0/a.png', greyPng(4, 3, bytes(12)));
  put('1/a.png', greyPng(4, 3, bytes(12)));
  put('1/b.png', 'x');
  const lines = imageLines(await read('.', { skipBad: true })).map((line) =>
    line.replaceAll(`${folder}/`, ''),
  );
  expect(lines).toEqual([
    '2 images of 2 classes, 4×3 grey, from .'.replace(' .', ` ${folder}.`),
    'Passed over 1 bad file:',
    '  1/b.png: is no PNG, JPEG or WebP image',
  ]);
});

const MNIST_SHA256 = '6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161';
const mnist = fileURLToPath(new URL('../../../shared/data/mnist', import.meta.url));
test.skipIf(!existsSync(mnist))('the 10,000 digits of MNIST’s test half', async () => {
  const { images } = await readImagesAt(mnist, {});
  expect(images).toMatchObject({
    count: 10_000,
    channels: 1,
    height: 28,
    width: 28,
    classes: [...'0123456789'],
  });
  const counts = new Array<number>(10).fill(0);
  for (const label of images.labels!) counts[label]!++;
  expect(counts).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
  const sum = images.pieces[0]!.reduce((total, x) => total + x, 0);
  // The known mean of the test half is 0.1325.
  expect(sum / 7_840_000 / 255).toBeCloseTo(0.1325, 3);
  // Of the file's bytes behind its header, as Python reads them.
  expect(createHash('sha256').update(images.pieces[0]!).digest('hex')).toBe(MNIST_SHA256);
});

test('a file that grows shorter while it is read', async () => {
  const path = put('a-images-idx3-ubyte', idxImages(3, 40, 40));
  const { inputAt, decode } = await import('./images');
  const { readImages } = await import('../data/reading/read-images');
  const input = inputAt(path);
  truncateSync(path, 100);
  await expect(readImages(input, { decode })).rejects.toThrow(/grew shorter while it was read/);
});
