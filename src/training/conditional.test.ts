// Conditional runs: samples are of the class asked for, by every way to tell a network of it, and drawn again the same.

import { afterEach, expect, test } from 'vitest';
import { dataSources } from '../data';
import type { ImageSet } from '../data/image-set';
import { useDevice } from '../gpu/test-device';
import { parseConfig, parseReplayConfig, type RunConfig } from './config';
import { classGrid, gridLabels } from './labels';
import { takeSnapshot } from './recording';
import { Trainer } from './trainer';

const device = useDevice();
const trainers: Trainer[] = [];
afterEach(() => {
  for (const trainer of trainers.splice(0)) trainer.destroy();
});

const MODES = 4;
const classes = MODES;
const told = { type: 'labelEmbedding', classes, size: 4 };
const dense = (units: number) => ({ type: 'dense', units });
const leaky = { type: 'leakyRelu', slope: 0.2 };
const optimizer = { type: 'adam', learningRate: 2e-3, beta1: 0.5, beta2: 0.9 };

const ring = (changes: object): RunConfig =>
  parseConfig({
    data: { source: 'ring', modes: MODES, standardDeviation: 0.1 },
    noise: { type: 'normal', size: 2 },
    generator: [told, dense(32), { type: 'relu' }, dense(2)],
    discriminator: [dense(32), leaky, { type: 'projection', classes }],
    optimizer: { generator: optimizer, discriminator: optimizer },
    batchSize: 64,
    steps: 10_000,
    seed: 3,
    ...changes,
  });

async function create(config: RunConfig, images?: ImageSet): Promise<Trainer> {
  const trainer = await Trainer.create(device(), config, images && { images });
  trainers.push(trainer);
  return trainer;
}

const COUNT = 400;
const asked = Uint32Array.from({ length: COUNT }, (_, i) => i % MODES);

/** Share of the samples that are nearest to the mode they were asked for. */
async function agreement(trainer: Trainer): Promise<number> {
  const points = await trainer.sample(COUNT, 1, { labels: asked });
  const { classAt } = dataSources.get('ring').create(trainer.config.data as never);
  return (
    asked.reduce(
      (sum, label, i) => sum + (classAt!(points.subarray(2 * i, 2 * i + 2)) === label ? 1 : 0),
      0,
    ) / COUNT
  );
}

const ways: Record<string, object> = {
  'embeddings in both networks': { discriminator: [told, dense(32), leaky, dense(1)] },
  'a projection discriminator': {},
  'conditional batch norm': {
    generator: [dense(32), { type: 'conditionalBatchNorm', classes }, { type: 'relu' }, dense(2)],
  },
  'an auxiliary classifier': {
    discriminator: [dense(32), leaky, dense(1 + classes)],
    auxiliaryClassifier: {},
  },
  'an auxiliary classifier behind batch norm': {
    discriminator: [dense(32), { type: 'batchNorm' }, leaky, dense(1 + classes)],
    auxiliaryClassifier: { weight: 0.5 },
  },
  'a loss of pairs with a penalty': {
    loss: 'relativistic',
    regularizers: [
      { type: 'r1', gamma: 0.1 },
      { type: 'r2', gamma: 0.1 },
    ],
  },
};

test.each(Object.keys(ways))('samples are of the class asked for: %s', async (way) => {
  const trainer = await create(ring(ways[way]!));
  expect(await agreement(trainer)).toBeLessThan(0.7);
  trainer.advance(600);
  await trainer.readMetrics();
  expect(await agreement(trainer)).toBeGreaterThan(0.9);
});

test('samples without classes of their own get drawn ones, the same for the same seed', async () => {
  const trainer = await create(ring({}));
  trainer.advance(600);
  const points = await trainer.sample(COUNT, 1);
  expect(await trainer.sample(COUNT, 1)).toEqual(points);
  const { classAt } = dataSources.get('ring').create(trainer.config.data as never);
  const counts = new Array<number>(MODES).fill(0);
  for (let i = 0; i < COUNT; i++) counts[classAt!(points.subarray(2 * i, 2 * i + 2))]! += 1;
  // Five deviations of a binomial.
  for (const count of counts)
    expect(Math.abs(count - COUNT / MODES)).toBeLessThan(5 * Math.sqrt(COUNT * 0.1875));
});

test('rows of a grid have the same noise', async () => {
  const trainer = await create(ring({}));
  const labels = new Uint32Array(6).fill(2);
  const points = await trainer.sample(6, 1, { labels, columns: 3 });
  expect(points.slice(6)).toEqual(points.slice(0, 6));
  expect(await trainer.sample(3, 1, { labels: labels.subarray(3) })).toEqual(points.slice(0, 6));
  const other = await trainer.sample(6, 1, { labels: Uint32Array.of(2, 2, 2, 1, 1, 1), columns: 3 });
  expect(other.slice(0, 6)).toEqual(points.slice(0, 6));
  expect(other.slice(6)).not.toEqual(points.slice(0, 6));
});

test('labels that do not fit are refused', async () => {
  const trainer = await create(ring({}));
  await expect(trainer.sample(2, 1, { labels: Uint32Array.of(0, MODES) })).rejects.toThrow(RangeError);
  await expect(trainer.sample(2, 1, { labels: Uint32Array.of(0) })).rejects.toThrow(RangeError);
  await expect((async () => trainer.generate(new Float32Array(4)))()).rejects.toThrow('without labels');
});

test('a run that goes on from a state ends in the same bytes, however it is cut', async () => {
  const config = ring({
    ...(ways['conditional batch norm'] as object),
    discriminator: [told, dense(32), leaky, dense(1 + classes)],
    auxiliaryClassifier: {},
    average: { halfLife: 500 },
  });
  const [whole, first, second] = [await create(config), await create(config), await create(config)];
  whole.advance(12);
  for (const steps of [3, 1, 2]) first.advance(steps);
  second.writeState(await first.readState());
  second.advance(6);
  expect(await second.readState()).toEqual(await whole.readState());
  expect(await second.sample(40, 1)).toEqual(await whole.sample(40, 1));
});

const SIDE = 4;
const images = (labels?: Uint16Array<ArrayBuffer>): ImageSet => ({
  name: 'twelve images',
  count: 12,
  channels: 1,
  height: SIDE,
  width: SIDE,
  pieces: [Uint8Array.from({ length: 12 * SIDE * SIDE }, (_, i) => (i * 53) % 251)],
  ...(labels && { labels }),
});
const ofImages = (count: number) =>
  ring({
    data: { source: 'images', channels: 1, height: SIDE, width: SIDE },
    generator: [
      { type: 'labelEmbedding', classes: count, size: 3 },
      dense(SIDE * SIDE),
      { type: 'reshape', shape: [1, SIDE, SIDE] },
    ],
    discriminator: [{ type: 'flatten' }, { type: 'projection', classes: count }],
  });

test('images need labels, of as many classes as the networks are told of', async () => {
  const labels = Uint16Array.from({ length: 12 }, (_, i) => i % 3);
  await expect(create(ofImages(3), images())).rejects.toThrow(/^data: the samples of images have no classes/);
  await expect(create(ofImages(4), images(labels))).rejects.toThrow(
    /^classes: 4 given, but the data images have 3/,
  );
  await expect(create(ofImages(3))).rejects.toThrow(/no images were given/);
  const trainer = await create(ofImages(3), images(labels));
  trainer.advance(1);
  expect((await trainer.readMetrics())[0]!.discriminatorLoss).toBeGreaterThan(0);
});

test('a snapshot shows images class by class', async () => {
  const labels = Uint16Array.from({ length: 12 }, (_, i) => i % 3);
  const trainer = await create(ofImages(3), images(labels));
  const grid = classGrid(3);
  const samples = grid.rows * grid.columns;
  const { generated, scored } = await takeSnapshot(trainer, {
    samples,
    seed: 1,
    points: new Float32Array(),
    scored: 5,
  });
  const shown = await trainer.sample(samples, 1, { labels: gridLabels(grid), columns: grid.columns });
  expect(generated).toEqual(shown);
  expect(scored).toEqual(await trainer.sample(5, 1));
});

const refused: [what: string, changes: object, message: string][] = [
  [
    'D alone is told',
    { generator: [dense(2)] },
    'discriminator: looks at the classes of samples, but no layer of the generator is told them',
  ],
  [
    'a classifier of what G is not told',
    { generator: [dense(2)], discriminator: [dense(5)], auxiliaryClassifier: {} },
    'auxiliaryClassifier: looks at the classes',
  ],
  [
    'G alone is told',
    { discriminator: [dense(1)] },
    'generator: is told classes that the discriminator does not look at',
  ],
  [
    'two numbers of classes',
    { discriminator: [dense(8), { type: 'projection', classes: 5 }] },
    'discriminator: classes 5 given, but the generator is told of 4',
  ],
  [
    'two in one network',
    { generator: [told, { type: 'conditionalBatchNorm', classes: 3 }, dense(2)] },
    'generator: classes: 4 and 3 given',
  ],
  [
    'other classes than the data',
    { data: { source: 'ring', modes: 8 } },
    'classes: 4 given, but the data ring have 8',
  ],
  ['data without classes', { data: { source: 'moons' } }, 'data: the samples of moons have no classes'],
  [
    'too few numbers for a classifier',
    { discriminator: [dense(4)], auxiliaryClassifier: {} },
    'discriminator: its output has shape [4]; with auxiliaryClassifier',
  ],
];
test.each(refused)('%s: refused in a sentence', (_, changes, message) => {
  expect(() => ring(changes)).toThrow(message);
});

test('recorded runs have no labels', () => {
  const { data: _, ...rest } = ring({});
  expect(() => parseReplayConfig(rest)).toThrow(
    'generator: is told the classes of samples, which recorded runs do not have',
  );
});

test('tables that are alike for all classes make the unconditional game, their gradients together its gradient', async () => {
  const image = { source: 'glyphs', size: 8 };
  const generator = (norm: object) => [
    dense(32),
    { type: 'reshape', shape: [8, 2, 2] },
    norm,
    { type: 'relu' },
    { type: 'convTranspose2d', channels: 4, kernel: 4, stride: 2, padding: 1 },
    norm,
    { type: 'relu' },
    { type: 'convTranspose2d', channels: 1, kernel: 4, stride: 2, padding: 1 },
    { type: 'tanh' },
  ];
  const discriminator = (last: object) => [
    { type: 'conv2d', channels: 4, kernel: 4, stride: 2, padding: 1 },
    { type: 'batchNorm' },
    leaky,
    { type: 'flatten' },
    last,
  ];
  const told = await create(
    ring({
      data: image,
      generator: generator({ type: 'conditionalBatchNorm', classes: 10 }),
      discriminator: discriminator({ type: 'projection', classes: 10 }),
    }),
  );
  const plain = await create(
    ring({
      data: image,
      generator: generator({ type: 'batchNorm' }),
      discriminator: discriminator(dense(1)),
    }),
  );
  const initial = await plain.readTensors();
  const tables = await told.readTensors();
  const alike = [...tables].map(([name, { shape, data }]) => {
    const one = initial.get(name)?.data ?? new Float32Array(1);
    return [name, { shape, data: data.map((_, i) => one[i % one.length]!) }] as const;
  });
  told.writeTensors(new Map(alike));
  told.updateDiscriminator();
  plain.updateDiscriminator();
  const compare = async () => {
    const [own, wanted] = [await told.readGradients(), await plain.readGradients()];
    for (const network of ['grad.discriminator', 'grad.generator']) {
      const tensors = [...wanted].filter(([name]) => name.startsWith(network));
      const scale = Math.max(...tensors.flatMap(([, { data }]) => Array.from(data, Math.abs)));
      for (const [name, { data }] of tensors) {
        const found = own.get(name)!.data;
        data.forEach((x, i) => {
          const sum = found.reduce((sum, y, at) => sum + (at % data.length === i ? y : 0), 0);
          expect(Math.abs(sum - x), name).toBeLessThanOrEqual(1e-5 * scale);
        });
      }
    }
  };
  await compare();
  // D has moved, its embeddings too: G is to meet the same one again.
  const moved = await plain.readTensors();
  const embedding = tables.get('discriminator.4.embedding')!;
  told.writeTensors(
    new Map([
      ...[...moved].filter(([name]) => name.startsWith('discriminator')),
      ['discriminator.4.embedding', { ...embedding, data: embedding.data.map(() => 0) }],
    ]),
  );
  told.updateGenerator();
  plain.updateGenerator();
  await compare();
});
