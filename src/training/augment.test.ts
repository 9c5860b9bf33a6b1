// What D sees of images, against the definition in float64; that its way back is its transpose; and how its strength adapts.

import * as v from 'valibot';
import { afterEach, describe, expect, test } from 'vitest';
import { useDevice } from '../gpu/test-device';
import { runWork } from '../gpu/testing';
import type { Slot } from '../gpu/work';
import { normals } from '../math/philox';
import { Augmentation, augmentSchema, OPERATIONS } from './augment';
import { parseConfig } from './config';
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
  const drawn = view.work[0]!.bindings.drawn as Slot;
  const results = await runWork(
    device(),
    [...view.work, ...back.work],
    new Map<Slot, Float32Array | Uint32Array>([
      [samples, x],
      [outputGrad, g],
      [clockSlot, Uint32Array.of(clock)],
      [state, Float32Array.of(probability, 0)],
    ]),
    [view.output, back.inputGrad, drawn],
  );
  const [y, grad, augmentations] = results.map((bytes) => new Float32Array(bytes)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  return { x, g, y, grad, augmentations };
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, x, i) => sum + x * b[i]!, 0);

const SHAPES = [
  [1, 7, 9],
  [3, 8, 5],
] as const;

describe.each(SHAPES)('images of [%i, %i, %i]', (...shape) => {
  const [channels, height, width] = shape;
  const pixels = height * width;

  test.each([
    { operations: [...OPERATIONS] },
    ...OPERATIONS.map((operation) => ({ operations: [operation] })),
  ])('$operations: as the definition says, and back by the transpose', async ({ operations }) => {
    const { x, g, y, grad, augmentations } = await run({ operations }, shape);
    const values = channels * pixels;
    let changed = 0;
    for (let sample = 0; sample < BATCH; sample++) {
      const [own, pixel, image, b, moveX, moveY, cutX, cutY] = augmentations.slice(
        8 * sample,
        8 * sample + 8,
      ) as unknown as number[];
      const at = (row: number, column: number, c: number) =>
        sample * values + (row * width + column) * channels + c;
      let whole = 0;
      for (let i = 0; i < values; i++) whole += x[sample * values + i]! / values;
      for (let row = 0; row < height; row++) {
        for (let column = 0; column < width; column++) {
          const [fromRow, fromColumn] = [row - moveY!, column - moveX!];
          const inside = fromRow >= 0 && fromRow < height && fromColumn >= 0 && fromColumn < width;
          const cutHeight = Math.round(height / 2);
          const cutWidth = Math.round(width / 2);
          const cut = row >= cutY! && row < cutY! + cutHeight && column >= cutX! && column < cutX! + cutWidth;
          let mean = 0;
          if (inside) for (let c = 0; c < channels; c++) mean += x[at(fromRow, fromColumn, c)]! / channels;
          for (let c = 0; c < channels; c++) {
            const expected =
              inside && !cut
                ? own! * x[at(fromRow, fromColumn, c)]! + pixel! * mean + image! * whole + b!
                : 0;
            expect(Math.abs(y[at(row, column, c)]! - expected)).toBeLessThan(1e-5);
            if (Math.abs(expected - x[at(row, column, c)]!) > 1e-3) changed++;
          }
        }
      }
    }
    // Saturation leaves grey alone.
    expect(changed > 0).toBe(!(channels === 1 && operations.join() === 'saturation'));
    // ⟨A x, g⟩ = ⟨x, Aᵀ g⟩ for the linear part A, which is what is left without what becomes of 0.
    const zero = await run({ operations }, shape, { input: new Float32Array(x.length) });
    const linear = y.map((value, i) => value - zero.y[i]!);
    const [there, back] = [dot(linear, g), dot(x, grad)];
    expect(Math.abs(there - back)).toBeLessThan(1e-4 * Math.sqrt(dot(linear, linear) * dot(g, g)));
  });

  test('numbers are in their ranges, and other ones in every draw', async () => {
    const draws = await Promise.all(
      [1, 2, 3, 4].map((clock) => run({ operations: ['brightness', 'translation'] }, shape, { clock })),
    );
    const all = draws.flatMap(({ augmentations }) =>
      Array.from({ length: BATCH }, (_, i) => [...augmentations.slice(8 * i, 8 * i + 8)]),
    );
    expect(new Set(all.map(([, , , b]) => b)).size).toBe(all.length);
    for (const [, , , b, moveX, moveY] of all) {
      expect(Math.abs(b!)).toBeLessThanOrEqual(0.5);
      expect(Math.abs(moveX!)).toBeLessThanOrEqual(Math.floor(width / 8 + 0.5));
      expect(Math.abs(moveY!)).toBeLessThanOrEqual(Math.floor(height / 8 + 0.5));
    }
    expect(new Set(all.map(([, , , , moveX]) => moveX)).size).toBe(2 * Math.floor(width / 8 + 0.5) + 1);
  });

  test('nothing happens with probability 0', async () => {
    const { x, g, y, grad } = await run({}, shape, { probability: 0 });
    expect([...y]).toEqual([...x]);
    expect([...grad]).toEqual([...g]);
  });
});

test.each([
  { logits: [1, 2, 3, 4], before: 0.3, after: 0.3 + 4 / 100, sign: 1 },
  { logits: [1, -2, 3, -4], before: 0.3, after: 0.3 - 4 / 100, sign: 0 },
  { logits: [1, 2, 3, 4], before: 0.79, after: 0.8, sign: 1 },
  { logits: [-1, -2, -3, -4], before: 0.01, after: 0, sign: -1 },
])('logits $logits move p from $before to $after', async ({ logits, before, after, sign }) => {
  const config = v.parse(augmentSchema, { adaptive: { images: 100 } });
  const augmentation = new Augmentation(config, [1, 4, 4]);
  const [state] = augmentation.group.arena.slots as [Slot];
  // The logit is the first of the numbers that D gives a sample.
  const slot: Slot = { name: 'logits', length: 8 };
  const [bytes] = await runWork(
    device(),
    augmentation.adapt(slot, 4, 2),
    new Map([
      [slot, Float32Array.from(logits.flatMap((logit) => [logit, -9]))],
      [state, Float32Array.of(before, 0)],
    ]),
    [state],
  );
  const [p, r] = new Float32Array(bytes!);
  expect([p, r]).toEqual([expect.closeTo(after, 6), sign]);
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
    loss: 'relativistic',
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
  const [p] = a.tensors.get('augmentation')!.data;
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
    'augment.operations[0]: "flip" given; one of brightness, saturation, contrast, translation, cutout would do.',
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
