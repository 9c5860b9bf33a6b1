// Training on images: layouts at the border, batch norm's and dropout's modes, the averaged generator, and all of it restored.

import { afterEach, describe, expect, test } from 'vitest';
import type { ImageSet } from '../data/image-set';
import { useDevice } from '../gpu/test-device';
import { normals } from '../math/philox';
import { weightOfNew } from './average';
import { compileRun } from './compile';
import { parseConfig, parseReplayConfig, type RunConfig } from './config';
import type { Tensors } from './tensor';
import { Trainer } from './trainer';

const device = useDevice();
const trainers: Trainer[] = [];
afterEach(() => {
  for (const trainer of trainers.splice(0)) trainer.destroy();
});

const SIDE = 4;
const COUNT = 10;
/** No two bytes of an image are alike, so that no order of axes passes for another. */
const images: ImageSet = {
  name: 'ten images',
  count: COUNT,
  channels: 3,
  height: SIDE,
  width: SIDE,
  pieces: [Uint8Array.from({ length: COUNT * 3 * SIDE * SIDE }, (_, i) => (i * 53) % 251)],
};

const optimizer = { type: 'adam', learningRate: 1e-3, beta1: 0.5 };
const config = (changes: object = {}): RunConfig =>
  parseConfig({
    data: { source: 'images', channels: 3, height: SIDE, width: SIDE },
    noise: { type: 'normal', size: 5 },
    generator: [
      { type: 'dense', units: 24, bias: false },
      { type: 'reshape', shape: [6, 2, 2] },
      { type: 'batchNorm' },
      { type: 'relu' },
      { type: 'convTranspose2d', channels: 3, kernel: 4, stride: 2, padding: 1 },
      { type: 'tanh' },
    ],
    discriminator: [
      { type: 'conv2d', channels: 7, kernel: 3, stride: 1, padding: 1, bias: false },
      { type: 'batchNorm' },
      { type: 'leakyRelu', slope: 0.2 },
      { type: 'dropout', p: 0.3 },
      { type: 'flatten' },
      { type: 'dense', units: 1 },
    ],
    optimizer: { generator: optimizer, discriminator: optimizer },
    average: { halfLife: 40, ramp: 0.5 },
    batchSize: 6,
    steps: 100,
    ...changes,
  });

async function create(given = config()): Promise<Trainer> {
  const trainer = await Trainer.create(device(), given, { images });
  trainers.push(trainer);
  return trainer;
}

const bytes = (tensors: Tensors) =>
  [...tensors].map(([name, { data }]) => [
    name,
    Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex'),
  ]);

describe('a layout of PyTorch outside', () => {
  /** A linear G and D of images with two channels: every number can be computed by hand. */
  const linear = parseReplayConfig({
    noise: { type: 'normal', size: 4 },
    generator: [
      { type: 'dense', units: 12 },
      { type: 'reshape', shape: [2, 3, 2] },
    ],
    discriminator: [{ type: 'flatten' }, { type: 'dense', units: 1 }],
    optimizer: { generator: optimizer, discriminator: optimizer },
    batchSize: 3,
  });
  const rows = (data: Float32Array, width: number) =>
    Array.from({ length: data.length / width }, (_, i) => data.slice(i * width, (i + 1) * width));

  test('of generated samples and of what is scored', async () => {
    const trainer = await create(linear as RunConfig);
    const tensors = await trainer.readTensors();
    const get = (name: string) => tensors.get(name)!.data;
    const noise = normals(8, { seed: [1, 0], stream: 99, draw: 0 });
    const generated = rows(await trainer.generate(noise), 12);
    rows(noise, 4).forEach((z, i) => {
      const expected = rows(get('generator.0.weight'), 4).map(
        (row, unit) => row.reduce((sum, w, k) => sum + w * z[k]!, 0) + get('generator.0.bias')[unit]!,
      );
      expected.forEach((x, k) => {
        expect(generated[i]![k]).toBeCloseTo(x, 5);
      });
    });
    const scores = await trainer.score(Float32Array.from(generated.flatMap((row) => [...row])));
    generated.forEach((x, i) => {
      const logit = x.reduce(
        (sum, value, k) => sum + value * get('discriminator.1.weight')[k]!,
        get('discriminator.1.bias')[0]!,
      );
      expect(scores[i]).toBeCloseTo(1 / (1 + Math.exp(-logit)), 5);
    });
  });

  test('of real images', async () => {
    const trainer = await create();
    const known = Array.from({ length: COUNT }, (_, i) =>
      Array.from({ length: 3 * SIDE * SIDE }, (_, at) => {
        const [channel, pixel] = [Math.floor(at / SIDE ** 2), at % SIDE ** 2];
        const byte = images.pieces[0]![i * 3 * SIDE ** 2 + pixel * 3 + channel]!;
        return Math.fround(byte / 127.5 - 1).toFixed(5);
      }).join(),
    );
    const real = rows(await trainer.real(COUNT, 1), 3 * SIDE ** 2).map((row) =>
      Array.from(row, (x) => x.toFixed(5)).join(),
    );
    expect(real.toSorted()).toEqual(known.toSorted());
  });

  test('of weights, whatever the kernels’ is: what was written is read again, also by another run', async () => {
    const [one, other] = [await create(), await create(config({ seed: 2 }))];
    const tensors = await one.readTensors();
    expect(tensors.get('generator.4.weight')!.shape).toEqual([6, 3, 4, 4]);
    expect(tensors.get('discriminator.0.weight')!.shape).toEqual([7, 3, 3, 3]);
    other.writeTensors(tensors);
    expect(bytes(await other.readTensors())).toEqual(bytes(tensors));
    const noise = normals(10, { seed: [1, 0], stream: 99, draw: 0 });
    const raw = { averaged: false };
    expect([...(await other.generate(noise, raw))]).toEqual([...(await one.generate(noise, raw))]);
  });
});

describe('a state with batch norm, dropout, an average and shuffled images', () => {
  test('goes on to the bytes of an unbroken run', async () => {
    const [whole, first, second] = [await create(), await create(), await create()];
    whole.advance(20);
    first.advance(11);
    second.advance(2);
    second.writeState(await first.readState());
    second.advance(9);
    const state = (await second.readState()).tensors;
    expect(bytes(state)).toEqual(bytes((await whole.readState()).tensors));
    for (const name of [
      'generator.2.running_mean',
      'discriminator.1.running_var',
      'average.generator.0.weight',
      'average.generator.2.running_var',
    ])
      expect([...state.keys()]).toContain(name);
  });

  test('is left as it is by samples, scores and evaluations', async () => {
    const trainer = await create();
    trainer.advance(3);
    const before = bytes((await trainer.readState()).tensors);
    await trainer.score(await trainer.sample(70, 1));
    const evaluation = await trainer.evaluate();
    expect(bytes((await trainer.readState()).tensors)).toEqual(before);
    expect(Number.isFinite(evaluation.value)).toBe(true);
    // D and G judge and generate with running statistics: a sample does not depend on its batch.
    const noise = normals(15, { seed: [1, 0], stream: 99, draw: 0 });
    const alone = await trainer.generate(noise.slice(0, 5));
    expect([...(await trainer.generate(noise)).slice(0, alone.length)]).toEqual([...alone]);
  });

  test('has running statistics that move in every update of either network', async () => {
    const trainer = await create();
    const moved = async (update: () => void) => {
      const before = await trainer.readTensors();
      update();
      const after = await trainer.readTensors();
      return ['generator.2.running_mean', 'discriminator.1.running_mean'].map((name) =>
        after.get(name)!.data.some((x, i) => x !== before.get(name)!.data[i]),
      );
    };
    expect(await moved(() => trainer.updateDiscriminator())).toEqual([true, true]);
    expect(await moved(() => trainer.updateGenerator())).toEqual([true, true]);
  });
});

test('a D that mixes its batch has the gradients of both of its passes', async () => {
  const trainer = await create();
  trainer.updateDiscriminator();
  const { realScore, fakeScore } = await trainer.readLatest();
  const gradients = await trainer.readGradients();
  // By the bias of the logit, sp(−r) + sp(f) has the derivative (σ(r) − 1) + σ(f).
  expect(gradients.get('grad.discriminator.5.bias')!.data[0]).toBeCloseTo(realScore - 1 + fakeScore, 5);
  // Neither pass alone gives that.
  expect(Math.abs(realScore - 1)).toBeGreaterThan(0.1);
  expect(fakeScore).toBeGreaterThan(0.1);
});

describe('an evaluation of images', () => {
  test('is the mean over batches of V with both networks as they are sampled from', async () => {
    const trainer = await create();
    trainer.advance(5);
    const { value, realScore, fakeScore, step } = await trainer.evaluate();
    expect(step).toBe(5);
    const count = 2048;
    const [real, fake] = [
      await trainer.score(await trainer.real(count, 3)),
      await trainer.score(await trainer.sample(count, 3)),
    ];
    const mean = (scores: Float32Array, of: (p: number) => number) =>
      scores.reduce((sum, p) => sum + of(p), 0) / count;
    // The images are few and drawn evenly; of generated ones the mean is good to a few hundredths of their deviation.
    expect(realScore).toBeCloseTo(
      mean(real, (p) => p),
      2,
    );
    expect(fakeScore).toBeCloseTo(
      mean(fake, (p) => p),
      1,
    );
    expect(value).toBeCloseTo(mean(real, Math.log) + mean(fake, (p) => Math.log(1 - p)), 1);
    expect(await trainer.evaluate()).toMatchObject({ value });
  });
});

describe('the average of the generator', () => {
  test.each([
    { halfLife: 30, ramp: 0.7 },
    { halfLife: 30, ramp: 0 },
    { halfLife: 1e6, ramp: 0.05 },
  ])('follows float64: %o', async (average) => {
    const given = config({ average });
    const trainer = await create(given);
    const read = async () => {
      const { tensors } = await trainer.readState();
      return (prefix: string) =>
        new Map([...tensors].filter(([name]) => name.startsWith(prefix)).map(([n, { data }]) => [n, data]));
    };
    const start = await read();
    const expected = new Map([...start('generator.')].map(([name, data]) => [name, Float64Array.from(data)]));
    const compare = (state: typeof start) => {
      for (const [name, wanted] of expected) {
        const actual = state('average.').get(`average.${name}`)!;
        const scale = Math.max(...wanted.map(Math.abs)) || 1;
        const worst = wanted.reduce((most, x, i) => Math.max(most, Math.abs(x - actual[i]!)), 0);
        expect(worst / scale, name).toBeLessThan(1e-6);
      }
    };
    compare(start);
    for (let t = 1; t <= 6; t++) {
      trainer.advance(1);
      const state = await read();
      const weight = weightOfNew(average, given.batchSize, t);
      for (const [name, data] of state('generator.')) {
        const mean = expected.get(name)!;
        data.forEach((x, i) => {
          mean[i]! += weight * (x - mean[i]!);
        });
      }
      compare(state);
    }
  });

  test('is what samples come from unless the raw one is asked for', async () => {
    const trainer = await create(config({ average: { halfLife: 1e6, ramp: 0 } }));
    const plain = await create(config());
    const first = await trainer.sample(3, 1);
    expect([...(await trainer.sample(3, 1, { averaged: false }))]).toEqual([...first]);
    trainer.advance(20);
    plain.advance(20);
    const [averaged, raw] = [await trainer.sample(3, 1), await trainer.sample(3, 1, { averaged: false })];
    const distance = (a: Float32Array, b: Float32Array) =>
      a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0);
    // A half-life of a million images has hardly moved.
    expect(distance(averaged, first)).toBeLessThan(1e-3);
    expect(distance(raw, first)).toBeGreaterThan(0.01);
    // Averaging changes nothing of the training.
    expect([...raw]).toEqual([...(await plain.sample(3, 1, { averaged: false }))]);
  });
});

describe('questions about images', () => {
  test('are answered in small batches that do not show', async () => {
    const trainer = await create();
    const size = 3 * SIDE ** 2;
    const many = await trainer.sample(150, 3);
    expect(many.length).toBe(150 * size);
    expect([...(await trainer.sample(2, 3))]).toEqual([...many.slice(0, 2 * size)]);
    expect([...many.slice(0, size)]).not.toEqual([...many.slice(64 * size, 65 * size)]);
    const noise = await trainer.noise(150, 3);
    expect([...(await trainer.generate(noise))]).toEqual([...many]);
  });

  test('take memory when they are first asked', async () => {
    const trainer = await create();
    const before = trainer.memory;
    await trainer.sample(2, 3);
    const after = trainer.memory;
    expect(after.other).toBeGreaterThan(before.other);
    expect({ ...after, other: before.other, total: before.total }).toEqual(before);
    expect(before.data).toBeGreaterThanOrEqual(COUNT * 3 * SIDE ** 2);
    expect(before.average).toBeGreaterThan(0);
  });
});

test('each pass draws random numbers of its own, and its backward pass the same again', () => {
  const dropout = { type: 'dropout' };
  const flat = { type: 'flatten' };
  const dense = (units: number) => ({ type: 'dense', units });
  const drawn = (discriminator: object[]) => {
    const given = config({
      generator: [dense(48), dropout, { type: 'reshape', shape: [3, SIDE, SIDE] }],
      discriminator: [flat, ...discriminator, dropout, dense(1)],
    });
    const {
      updateDiscriminator,
      updateGenerator,
      discriminator: d,
      generator: g,
    } = compileRun(given, { images });
    return [updateDiscriminator, updateGenerator].map((list) =>
      list
        .filter(({ kernel }) => kernel.entryPoint === 'dropout')
        .map(({ bindings }) => {
          const { stream, lane } = bindings.settings as unknown as { stream: number; lane: number };
          const clock = bindings.clock === d.clock ? 'd' : bindings.clock === g.clock ? 'g' : '?';
          return `${clock} ${stream} ${lane}`;
        }),
    );
  };
  expect(drawn([dense(5)])).toEqual([
    ['d 9 1', 'd 10 2', 'd 10 2'],
    ['g 12 1', 'g 13 2', 'g 13 2', 'g 12 1'],
  ]);
});
