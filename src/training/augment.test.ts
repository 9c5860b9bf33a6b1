// What D sees of images, against the definition in float64; that its way back is its transpose; and how its strength adapts.

import * as v from 'valibot';
import { afterEach, describe, expect, test } from 'vitest';
import { useDevice } from '../gpu/test-device';
import { runWork } from '../gpu/testing';
import type { Slot } from '../gpu/work';
import { normals, philox, type Seed, seedWords, unitFloat } from '../math/philox';
import { STREAMS } from '../math/streams';
import { Augmentation, augmentSchema } from './augment';
import { parseConfig, parseReplayConfig } from './config';
import { Trainer } from './trainer';

const device = useDevice();
const trainers: Trainer[] = [];
afterEach(() => {
  for (const trainer of trainers.splice(0)) trainer.destroy();
});

const BATCH = 9;
const numbers = (length: number, draw: number) => normals(length, { seed: [6, 0], stream: 94, draw });

/** Augments and goes back, with numbers of draw `clock`. Images lie [batch, height, width, channels]. */
async function run(
  config: object,
  [channels, height, width]: readonly [number, number, number],
  { probability = 1, clock = 3, input }: { probability?: number; clock?: number; input?: Float32Array } = {},
) {
  const augmentation = new Augmentation(v.parse(augmentSchema, config), [channels, height, width]);
  const length = BATCH * channels * height * width;
  const samples: Slot = { name: 'samples', length };
  const outputGrad: Slot = { name: 'outputGrad', length };
  const clockSlot: Slot = { name: 'clock', length: 1 };
  const [state] = augmentation.group.arena.slots as [Slot];
  const stream = { seed: [5, 1], stream: 7, stride: 1, offset: 0 } as const;
  const view = augmentation.see(samples, BATCH, { clock: clockSlot, stream });
  const back = view.back(outputGrad);
  const x = input ?? numbers(length, 1);
  const g = numbers(length, 2);
  const results = await runWork(
    device(),
    [...view.work, ...back.work],
    new Map<Slot, Float32Array | Uint32Array>([
      [samples, x],
      [outputGrad, g],
      [clockSlot, Uint32Array.of(clock)],
      [state, Float32Array.of(probability)],
    ]),
    [view.output, back.inputGrad],
  );
  const [y, grad] = results.map((bytes) => new Float32Array(bytes)) as [Float32Array, Float32Array];
  return { x, g, y, grad };
}

const OPERATIONS = ['brightness', 'saturation', 'contrast', 'translation', 'cutout'];

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, x, i) => sum + x * b[i]!, 0);

interface Definition {
  readonly operations: readonly string[];
  readonly probability: number;
  readonly clock: number;
  readonly stream: number;
  readonly seed: Seed;
}

/** One sample [height, width, channels] through the operations, one behind the other, by random numbers of its own. */
function augmented(
  x: Float64Array,
  [channels, height, width]: readonly [number, number, number],
  sample: number,
  { operations, probability, clock, stream, seed }: Definition,
): Float64Array {
  const words = [0, 1, 2, 3].map((lane) => philox([sample, clock, stream, lane], seed).map(unitFloat));
  const [colour, place, happens, cut] = words as [number[], number[], number[], number[]];
  const does = (operation: string, chance: number) => operations.includes(operation) && chance < probability;
  const whole = (unit: number, count: number) => Math.min(Math.floor(unit * count), count - 1);
  const mean = (numbers: Float64Array) => numbers.reduce((a, b) => a + b, 0) / numbers.length;
  const pixelOf = (i: number) => Math.floor(i / channels);
  let y = x;
  if (does('brightness', happens[0]!)) y = y.map((value) => value + colour[0]! - 0.5);
  if (does('saturation', happens[1]!)) {
    const s = 2 * colour[1]!;
    const before = y;
    y = y.map((value, i) => {
      const first = pixelOf(i) * channels;
      return s * value + (1 - s) * mean(before.slice(first, first + channels));
    });
  }
  if (does('contrast', happens[2]!)) {
    const [k, all] = [colour[2]! + 0.5, mean(y)];
    y = y.map((value) => k * value + (1 - k) * all);
  }
  const moved = (from: Float64Array, source: (row: number, column: number) => [number, number] | undefined) =>
    from.map((_, i) => {
      const at = source(Math.floor(pixelOf(i) / width), pixelOf(i) % width);
      if (!at || at[0] < 0 || at[0] >= height || at[1] < 0 || at[1] >= width) return 0;
      return from[(at[0] * width + at[1]) * channels + (i % channels)]!;
    });
  if (does('translation', happens[3]!)) {
    // As Python rounds a half up: int(side/8 + ½).
    const [most, mostDown] = [Math.floor(width / 8 + 0.5), Math.floor(height / 8 + 0.5)];
    const right = whole(colour[3]!, 2 * most + 1) - most;
    const down = whole(place[0]!, 2 * mostDown + 1) - mostDown;
    y = moved(y, (row, column) => [row - down, column - right]);
  }
  if (does('cutout', cut[0]!)) {
    const [cutWidth, cutHeight] = [Math.floor(width / 2 + 0.5), Math.floor(height / 2 + 0.5)];
    const left = whole(place[1]!, width + 1 - (cutWidth % 2)) - Math.floor(cutWidth / 2);
    const top = whole(place[2]!, height + 1 - (cutHeight % 2)) - Math.floor(cutHeight / 2);
    const isCut = (row: number, column: number) =>
      row >= top && row < top + cutHeight && column >= left && column < left + cutWidth;
    y = moved(y, (row, column) => (isCut(row, column) ? undefined : [row, column]));
  }
  return y;
}

const SHAPES = [
  [1, 7, 9],
  [3, 8, 5],
] as const;

describe.each(SHAPES)('images of [%i, %i, %i]', (...shape) => {
  const [channels, height, width] = shape;
  const values = channels * height * width;
  const cases = [
    { operations: OPERATIONS, probability: 1 },
    { operations: OPERATIONS, probability: 0.4 },
    ...OPERATIONS.map((operation) => ({ operations: [operation], probability: 1 })),
  ];

  test.each(cases)('$operations, p = $probability: as defined, and back by the transpose', async (given) => {
    const { operations, probability } = given;
    const { x, g, y, grad } = await run({ operations }, shape, { probability });
    const definition = { operations, probability, clock: 3, stream: 7, seed: [5, 1] as const };
    let changed = 0;
    for (let sample = 0; sample < BATCH; sample++) {
      const own = Float64Array.from(x.slice(sample * values, (sample + 1) * values));
      augmented(own, shape, sample, definition).forEach((expected, i) => {
        expect(Math.abs(y[sample * values + i]! - expected)).toBeLessThan(1e-5);
        if (Math.abs(expected - own[i]!) > 1e-3) changed++;
      });
    }
    // Saturation leaves grey alone.
    expect(changed > 0).toBe(!(channels === 1 && operations.join() === 'saturation'));
    // ⟨A x, g⟩ = ⟨x, Aᵀ g⟩ for the linear part A, which is what is left without what becomes of 0.
    const zero = await run({ operations }, shape, { probability, input: new Float32Array(x.length) });
    const linear = y.map((value, i) => value - zero.y[i]!);
    const [there, back] = [dot(linear, g), dot(x, grad)];
    expect(Math.abs(there - back)).toBeLessThan(1e-4 * Math.sqrt(dot(linear, linear) * dot(g, g)));
  });

  test('nothing happens with probability 0', async () => {
    const { x, g, y, grad } = await run({}, shape, { probability: 0 });
    expect([...y]).toEqual([...x]);
    expect([...grad]).toEqual([...g]);
  });
});

test.each([
  { logits: [1, 2, 3, 4], before: 0.3, after: 0.3 + 4 / 100 },
  { logits: [1, -2, 3, -4], before: 0.3, after: 0.3 - 4 / 100 },
  { logits: [1, 2, 3, 4], before: 0.79, after: 0.8 },
  { logits: [-1, -2, -3, -4], before: 0.01, after: 0 },
])('logits $logits move p from $before to $after', async ({ logits, before, after }) => {
  const config = v.parse(augmentSchema, { adaptive: { images: 100 } });
  const augmentation = new Augmentation(config, [1, 4, 4]);
  const [state] = augmentation.group.arena.slots as [Slot];
  // The logit is the first of the numbers that D gives a sample.
  const slot: Slot = { name: 'logits', length: 8 };
  const clock: Slot = { name: 'clock', length: 1 };
  const fault: Slot = { name: 'fault', length: 4 };
  const [bytes] = await runWork(
    device(),
    augmentation.adapt(slot, { batch: 4, outputs: 2, clock, fault }),
    new Map([
      [slot, Float32Array.from(logits.flatMap((logit) => [logit, -9]))],
      [state, Float32Array.of(before)],
    ]),
    [state],
  );
  expect(new Float32Array(bytes!)[0]).toBeCloseTo(after, 6);
});

const config = (augment: unknown, more: object = {}) =>
  parseConfig({
    data: { source: 'glyphs' },
    noise: { type: 'normal', size: 4 },
    generator: [
      { type: 'dense', units: 49 },
      { type: 'reshape', shape: [1, 7, 7] },
      { type: 'upsample', scale: 4 },
      { type: 'tanh' },
    ],
    discriminator: [
      { type: 'conv2d', channels: 2, kernel: 4, stride: 4 },
      { type: 'silu' },
      { type: 'flatten' },
      { type: 'dense', units: 1 },
    ],
    loss: 'hinge',
    regularizers: [{ type: 'r1' }, { type: 'gradientPenalty', interval: 2 }],
    optimizer: {
      generator: { type: 'adam', learningRate: 1e-3 },
      discriminator: { type: 'adam', learningRate: 1e-2 },
    },
    augment,
    batchSize: 8,
    steps: 100,
    ...more,
  });

test('a run goes on from its state in the same bytes, strength included', async () => {
  const adaptive = config({ adaptive: { images: 200, target: 0 }, probability: 0.2 });
  const make = async () => {
    const trainer = await Trainer.create(device(), adaptive);
    trainers.push(trainer);
    return trainer;
  };
  const [whole, first, second] = [await make(), await make(), await make()];
  whole.advance(7);
  first.advance(3);
  second.writeState(await first.readState());
  second.advance(4);
  const [a, b] = [await whole.readState(), await second.readState()];
  expect([...b.tensors]).toEqual([...a.tensors]);
  const [p] = a.tensors.get('augmentation.probability')!.data;
  expect(p).not.toBeCloseTo(0.2, 3);
  expect((await whole.evaluate()).augmentProbability).toBe(p);
});

test('changes what both networks learn', async () => {
  const states = await Promise.all(
    [null, {}].map(async (augment) => {
      const trainer = await Trainer.create(device(), config(augment));
      trainers.push(trainer);
      trainer.advance(1);
      return trainer.readTensors();
    }),
  );
  for (const name of ['generator.0.weight', 'discriminator.0.weight'])
    expect([...states[0]!.get(name)!.data]).not.toEqual([...states[1]!.get(name)!.data]);
});

test.each([
  [{ operations: [] }, 'augment.operations: [] given; a list of at least one operation would do.'],
  [
    { operations: ['flip'] },
    'augment.operations[0]: "flip" given; the operations here are brightness, saturation, contrast, translation, cutout',
  ],
  [
    { adaptive: { limit: 0.5 }, probability: 0.6 },
    'augment.probability: 0.6 given with a limit of 0.5; at most that would do.',
  ],
  [{ probability: 2 }, 'augment.probability: 2 given; a number from 0 to 1 would do.'],
])('%j is refused', (augment, sentence) => {
  expect(() => config(augment)).toThrow(sentence);
});

test('points are not augmented', () => {
  const points = {
    data: { source: 'ring' },
    generator: [{ type: 'dense', units: 2 }],
    discriminator: [{ type: 'dense', units: 1 }],
  };
  expect(() => config({}, points)).toThrow(
    'augment: given with samples of shape [2]; images, [channels, height, width], would do, or null.',
  );
});

test('does not adapt to logits whose sign says nothing', () => {
  expect(() => config({ adaptive: {} }, { loss: 'relativistic' })).toThrow(
    'augment.adaptive: given with the loss relativistic, in which the sign of a logit says nothing of how sure D is; null, for a fixed probability, would do.',
  );
});

test('begins with p = 1, or, where it adapts, with 0', () => {
  const initial = (augment: object) =>
    new Augmentation(v.parse(augmentSchema, augment), [1, 4, 4]).initial[0];
  expect([initial({}), initial({ adaptive: {} }), initial({ probability: 0.3, adaptive: {} })]).toEqual([
    1,
    0,
    Math.fround(0.3),
  ]);
});

test('G’s gradient goes through what is done to its images', async () => {
  // D is linear, logit = w · A x + c, and G's loss −logit: the gradient by an image is −Aᵀ w / batch, and the sum of those is the bias's.
  const shape = [1, 7, 9] as const;
  const sgd = { type: 'sgd', learningRate: 0.1 };
  const linear = parseReplayConfig({
    noise: { type: 'normal', size: 3 },
    generator: [
      { type: 'dense', units: 63 },
      { type: 'reshape', shape },
    ],
    discriminator: [{ type: 'flatten' }, { type: 'dense', units: 1 }],
    loss: 'wasserstein',
    optimizer: { generator: sgd, discriminator: sgd },
    augment: { probability: 0.7 },
    batchSize: 5,
    seed: 12,
  });
  const trainer = await Trainer.create(device(), linear);
  trainers.push(trainer);
  const weight = (await trainer.readTensors()).get('discriminator.1.weight')!.data;
  trainer.updateGeneratorWith(numbers(15, 3));
  const gradient = (await trainer.readGradients()).get('grad.generator.0.bias')!.data;
  const definition = {
    operations: OPERATIONS,
    probability: Math.fround(0.7),
    clock: 0,
    stream: STREAMS.generatorAugmentation,
    seed: seedWords(12),
  };
  // Differences of something linear are exact.
  gradient.forEach((actual, i) => {
    let expected = 0;
    for (let sample = 0; sample < 5; sample++) {
      const at = (value: number) =>
        dot(augmented(new Float64Array(63).fill(0).with(i, value), shape, sample, definition), weight);
      expected -= (at(1) - at(0)) / 5;
    }
    expect(Math.abs(actual - expected)).toBeLessThan(1e-6);
  });
});
