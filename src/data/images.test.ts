// Batches of images: the right pixels of the right images, each once an epoch, from one buffer or several.

import { parse, safeParse } from 'valibot';
import { describe, expect, test } from 'vitest';
import type { StreamSettings } from '../gpu/draw';
import { useDevice } from '../gpu/test-device';
import { runWork } from '../gpu/testing';
import type { Slot } from '../gpu/work';
import { UserError } from '../math/errors';
import { philox, seedWords } from '../math/philox';
import { shuffledIndex } from '../math/shuffle';
import { STREAMS } from '../math/streams';
import type { ImageSet } from './image-set';
import images from './images';
import type { DataSource } from './source';

const device = useDevice();
const seed = seedWords(5);

/** A set of images whose every byte says which image and which value it is. */
function setOf(
  count: number,
  [channels, height, width]: readonly [1 | 3, number, number],
  perPiece = count,
): ImageSet {
  const values = channels * height * width;
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for (let first = 0; first < count; first += perPiece) {
    const inPiece = Math.min(perPiece, count - first);
    pieces.push(Uint8Array.from({ length: inPiece * values }, (_, i) => byteOf(first * values + i)));
  }
  const labels = Uint16Array.from({ length: count }, (_, i) => (i * 7) % 10);
  const classes = Array.from({ length: 10 }, (_, i) => `class ${i}`);
  return { name: 'made', count, channels, height, width, pieces, labels, classes };
}
const byteOf = (i: number) => (Math.imul(i + 1, 0x9e3779b9) >>> 13) & 0xff;

function sourceOf(set: ImageSet, flip = false): DataSource {
  const { channels, height, width } = set;
  return images.create(parse(images.schema, { source: 'images', channels, height, width, flip }), {
    images: set,
  });
}

interface Wanted extends Partial<StreamSettings> {
  readonly iteration?: number;
}

async function run(kind: 'draw' | 'drawLabels', source: DataSource, batch: number, wanted: Wanted = {}) {
  const { iteration = 0, ...settings } = wanted;
  const clock = { name: 'clock', length: 4 };
  const sample = source.shape.reduce((product, length) => product * length, 1);
  const output = { name: 'batch', length: batch * (kind === 'draw' ? sample : 1) };
  const stream = { seed, stream: STREAMS.data, stride: 1, offset: 0, ...settings };
  const given = new Map<Slot, Float32Array | Uint32Array>([[clock, new Uint32Array([iteration])]]);
  const tables = Object.fromEntries(
    Object.entries(source.tables).map(([name, table]) => {
      const slot = { name, length: table.length };
      given.set(slot, table);
      return [name, slot];
    }),
  );
  const list = source[kind]!({ clock, output, batch, stream, tables });
  // What the draw does not read has no memory.
  const used = new Set(list.flatMap(({ bindings }) => Object.values(bindings)));
  for (const slot of given.keys()) if (!used.has(slot)) given.delete(slot);
  const [bytes] = await runWork(device(), list, given, [output]);
  return bytes!;
}

const draw = async (source: DataSource, batch: number, wanted?: Wanted) =>
  new Float32Array(await run('draw', source, batch, wanted));

/** What the batch should be, by the CPU's shuffling. */
function expected(
  set: ImageSet,
  flip: boolean,
  batch: number,
  { iteration = 0, stream = STREAMS.data }: Wanted,
) {
  const { count, height, width, channels } = set;
  const values = height * width * channels;
  const all = set.pieces.flatMap((piece) => [...piece]);
  return Array.from({ length: batch }, (_, row) => {
    const index = shuffledIndex(iteration * batch + row, count, stream, seed);
    const mirror = flip && philox([row, iteration, stream, 0], seed)[0] >= 2 ** 31;
    return Array.from({ length: values }, (_, value) => {
      const [line, rest] = [Math.floor(value / (width * channels)), value % (width * channels)];
      const [column, channel] = [Math.floor(rest / channels), rest % channels];
      const from = mirror ? (line * width + width - 1 - column) * channels + channel : value;
      return all[index * values + from]! / 127.5 - 1;
    });
  }).flat();
}

/** A float32's rounding near 1. */
const TOLERANCE = 1.2e-7;
function expectClose(found: Float32Array, wanted: readonly number[]) {
  expect(found.length).toBe(wanted.length);
  let worst = 0;
  for (const [i, x] of wanted.entries()) worst = Math.max(worst, Math.abs(found[i]! - x));
  expect(worst).toBeLessThan(TOLERANCE);
}

describe.each([
  { shape: [1, 8, 8], perPiece: 20 },
  { shape: [1, 8, 8], perPiece: 7 },
  { shape: [1, 3, 5], perPiece: 20 },
  { shape: [1, 3, 5], perPiece: 3 },
  { shape: [3, 5, 4], perPiece: 6 },
  { shape: [3, 1, 1], perPiece: 1 },
] as const)('20 images of $shape, $perPiece in a buffer', ({ shape, perPiece }) => {
  const set = setOf(20, shape, perPiece);
  test.each([false, true])('are what the CPU would draw, flips: %s', async (flip) => {
    const source = sourceOf(set, flip);
    expect(Object.keys(source.tables).length).toBe(Math.ceil(20 / perPiece) + 1);
    for (const wanted of [
      { iteration: 0 },
      { iteration: 3 },
      { iteration: 3, stream: STREAMS.evaluationData },
      // Positions beyond 32 bits.
      { iteration: 2 ** 32 - 1 },
    ]) {
      expectClose(await draw(source, 33, wanted), expected(set, flip, 33, wanted));
    }
  });
});

test('every image comes once an epoch, over batches that do not divide it, with its label', async () => {
  const set = setOf(50, [1, 1, 4], 13);
  const source = sourceOf(set);
  const image = (values: ArrayLike<number>, i: number) => [0, 1, 2, 3].map((k) => values[4 * i + k]!).join();
  const bytes = set.pieces.flatMap((piece) => [...piece]);
  const indices = new Map(Array.from({ length: 50 }, (_, i) => [image(bytes, i), i]));
  const seen: number[] = [];
  for (let iteration = 0; iteration < 15; iteration++) {
    const values = (await draw(source, 20, { iteration })).map((x) => Math.round((x + 1) * 127.5));
    const labels = new Uint32Array(await run('drawLabels', source, 20, { iteration }));
    for (let row = 0; row < 20; row++) {
      const index = indices.get(image(values, row))!;
      expect(labels[row]).toBe(set.labels![index]);
      seen.push(index);
    }
  }
  const epochs = Array.from({ length: 6 }, (_, e) => seen.slice(50 * e, 50 * e + 50));
  for (const epoch of epochs) expect(new Set(epoch).size).toBe(50);
  expect(new Set(epochs.map(String)).size).toBe(6);
});

test('half of the images are mirrored', async () => {
  // One image, black on the left and white on the right.
  const set: ImageSet = {
    ...setOf(1, [1, 1, 2]),
    pieces: [Uint8Array.from([0, 255])],
  };
  const values = await draw(sourceOf(set, true), 10_000);
  const mirrored = values.filter((x, i) => i % 2 === 0 && x === 1).length;
  expect(values.filter((x) => x === -1).length).toBe(10_000);
  expect(Math.abs(mirrored - 5000)).toBeLessThan(4.5 * 50);
});

test('knows its shape, classes and pixels; labels only where there are some', () => {
  const source = sourceOf(setOf(3, [3, 4, 5]));
  expect(source).toMatchObject({
    shape: [3, 4, 5],
    image: { channels: 3, height: 4, width: 5 },
    classes: 10,
  });
  const { labels, classes, ...unlabelled } = setOf(3, [3, 4, 5]);
  expect(sourceOf(unlabelled)).not.toHaveProperty('drawLabels');
  expect(sourceOf({ ...unlabelled, labels: Uint16Array.from([0, 4, 2]) }).classes).toBe(5);
});

test('without its images it knows its shape, and says what is missing when it is drawn from', () => {
  const config = { source: 'images', channels: 1, height: 4, width: 5 } as const;
  const slots = {} as Parameters<DataSource['draw']>[0];
  const unread = images.create({ ...config, flip: false, stack: false, path: 'digits' });
  expect(unread.shape).toEqual([1, 4, 5]);
  expect(() => unread.draw(slots)).toThrow(
    new UserError('data.path: the images of digits have not been read; a run with them at hand would do.'),
  );
  expect(() => images.create({ ...config, flip: false, stack: false }).draw(slots)).toThrow(
    new UserError('data: no images were given; the path of a folder or file with images (--data) would do.'),
  );
});

test('refuses images of another shape, and configurations that make no sense', () => {
  const config = { source: 'images', channels: 1, height: 4, width: 5, flip: false, stack: false } as const;
  expect(() => images.create(config, { images: setOf(2, [3, 4, 5]) })).toThrow(
    new UserError(
      'made: its images are of shape [3, 4, 5], but data says [1, 4, 5]; as many channels and pixels would do.',
    ),
  );
  for (const bad of [{ channels: 2 }, { height: 0 }, { width: 1.5 }, { height: undefined }, { flip: 1 }]) {
    expect(safeParse(images.schema, { ...config, ...bad }).success, JSON.stringify(bad)).toBe(false);
  }
});

test('a stack is three grey draws behind each other, as channels', async () => {
  const set = setOf(11, [1, 3, 5]);
  const grey = sourceOf(set);
  const config = parse(images.schema, { source: 'images', channels: 1, height: 3, width: 5, stack: true });
  const stack = images.create(config, { images: set });
  expect([stack.shape, stack.classes]).toEqual([[3, 3, 5], undefined]);
  const drawn = new Float32Array(await run('draw', stack, 4, { iteration: 2, stride: 1, offset: 0 }));
  for (const channel of [0, 1, 2]) {
    const own = new Float32Array(await run('draw', grey, 4, { iteration: 2, stride: 3, offset: channel }));
    expect([...own]).toEqual([...own].map((_, i) => drawn[3 * i + channel]!));
  }
  const coloured = parse(images.schema, { ...config, channels: 3 });
  expect(() => images.create(coloured, {})).toThrow(
    new UserError('data.stack: true given with 3 channels; grey images, 1 channel, would do.'),
  );
});
