// The trainer: the same seed gives the same bytes, a restored state goes on alike, nothing is read in the loop, and faults are named.

import { afterEach, describe, expect, test, vi } from 'vitest';
import { dataSources } from '../data';
import { useDevice } from '../gpu/test-device';
import { parseConfig, type RunConfig } from './config';
import { TrainingFault } from './fault';
import { TrainingLoop } from './loop';
import { historyPieces, type MetricsRow } from './metrics';
import type { Tensors } from './tensor';
import { Trainer } from './trainer';

const device = useDevice();
const trainers: Trainer[] = [];
afterEach(() => {
  for (const trainer of trainers.splice(0)) trainer.destroy();
});

const small = (changes: object = {}): RunConfig =>
  parseConfig({
    data: { source: 'ring' },
    noise: { type: 'normal', size: 3 },
    generator: [{ type: 'dense', units: 9 }, { type: 'relu' }, { type: 'dense', units: 2 }],
    discriminator: [
      { type: 'dense', units: 11 },
      { type: 'leakyRelu', slope: 0.2 },
      { type: 'dense', units: 1 },
    ],
    optimizer: {
      generator: { type: 'adam', learningRate: 1e-3, beta1: 0.5 },
      discriminator: { type: 'sgd', learningRate: 1e-2, momentum: 0.5, schedule: { type: 'linear' } },
    },
    batchSize: 13,
    steps: 1000,
    ...changes,
  });

async function create(config = small()): Promise<Trainer> {
  const trainer = await Trainer.create(device(), config);
  trainers.push(trainer);
  return trainer;
}

const bytes = (tensors: Tensors) =>
  [...tensors].map(([name, { data }]) => [
    name,
    Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex'),
  ]);
const changed = (before: Tensors, after: Tensors) =>
  [...before]
    .filter(([name, { data }]) => data.some((x, i) => x !== after.get(name)!.data[i]))
    .map(([name]) => name.split('.')[0]);

describe('bytes', () => {
  test('are the same for the same seed, however the iterations are cut into submits', async () => {
    const [one, two] = [await create(), await create()];
    one.advance(40);
    for (const iterations of [1, 7, 20, 12]) two.advance(iterations);
    expect(bytes(await one.readTensors())).toEqual(bytes(await two.readTensors()));
    expect(await one.readMetrics()).toEqual(await two.readMetrics());
    expect(bytes((await one.readState()).tensors)).toEqual(bytes((await two.readState()).tensors));
  });

  test('differ for another seed', async () => {
    const [one, two] = [await create(), await create(small({ seed: 2 }))];
    expect(bytes(await one.readTensors())).not.toEqual(bytes(await two.readTensors()));
  });

  test('are those of an unbroken run after a state was put back', async () => {
    const config = small({ discriminatorSteps: 3 });
    const [whole, first, second] = [await create(config), await create(config), await create(config)];
    whole.advance(30);
    first.advance(17);
    second.advance(3);
    second.writeState(await first.readState());
    second.advance(13);
    expect(second.step).toBe(30);
    expect(bytes((await second.readState()).tensors)).toEqual(bytes((await whole.readState()).tensors));
    expect((await second.readMetrics()).at(-1)).toEqual((await whole.readMetrics()).at(-1));
  });
});

describe('metrics', () => {
  const normOf = (gradients: Tensors, network: string) =>
    Math.hypot(...[...gradients].flatMap(([name, { data }]) => (name.includes(network) ? [...data] : [])));

  test('of the last iteration have the norms of both gradients, before any clipping', async () => {
    const optimizer = (clipNorm?: number) => ({
      generator: { type: 'sgd', learningRate: 1e-2, ...(clipNorm && { clipNorm }) },
      discriminator: { type: 'sgd', learningRate: 1e-2, ...(clipNorm && { clipNorm }) },
    });
    const free = await create(small({ optimizer: optimizer() }));
    const limit = 1e-3;
    const clipped = await create(small({ optimizer: optimizer(limit) }));
    free.advance(5);
    const rows = await free.readMetrics();
    const gradients = await free.readGradients();
    expect(rows[3]).not.toHaveProperty('generatorGradientNorm');
    expect(rows[4]!.discriminatorGradientNorm! / normOf(gradients, 'discriminator')).toBeCloseTo(1, 5);
    expect(rows[4]!.generatorGradientNorm! / normOf(gradients, 'generator')).toBeCloseTo(1, 5);

    const first = await create(small({ optimizer: optimizer() }));
    first.advance(1);
    clipped.advance(1);
    const [[plain], [shortened]] = [await first.readMetrics(), await clipped.readMetrics()];
    // D's first gradient is the same with and without.
    expect(plain!.discriminatorGradientNorm! / shortened!.discriminatorGradientNorm!).toBeCloseTo(1, 5);
    expect(shortened!.generatorGradientNorm).toBeGreaterThan(limit);
    const short = await clipped.readGradients();
    expect(normOf(short, 'discriminator') / limit).toBeCloseTo(1, 2);
  });

  test('leave out the norm of D’s gradient where a lazy step has taken its place', async () => {
    const trainer = await create(small({ regularizers: [{ type: 'r1', gamma: 1, interval: 3 }] }));
    const known: boolean[] = [];
    for (let step = 1; step <= 4; step++) {
      trainer.advance(1);
      known.push('discriminatorGradientNorm' in (await trainer.readMetrics())[0]!);
    }
    expect(known).toEqual([false, true, true, false]);
  });

  test('say how often D takes real samples for real', async () => {
    const trainer = await create();
    const { batchSize } = trainer.config;
    const real = await trainer.real(batchSize, 5);
    // With a bias that parts the batch in two.
    const logits = [...(await trainer.score(real))].map((d) => Math.log(d / (1 - d))).sort((a, b) => a - b);
    const before = (await trainer.readTensors()).get('discriminator.2.bias')!.data[0]!;
    const bias = Float32Array.of(before - logits[3]! - 1e-4);
    trainer.writeTensors(new Map([['discriminator.2.bias', { shape: [1], data: bias }]]));
    const scores = await trainer.score(real);
    trainer.updateDiscriminatorWith(real, await trainer.noise(batchSize, 6));
    const { realSign, realScore } = await trainer.readLatest();
    const expected = scores.reduce((sum, d) => sum + Math.sign(d - 0.5), 0) / batchSize;
    expect(expected).toBeCloseTo((batchSize - 8) / batchSize, 6);
    expect(realSign).toBeCloseTo(expected, 6);
    expect(realScore).toBeCloseTo(scores.reduce((sum, d) => sum + d, 0) / batchSize, 5);
  });
});

describe('half an iteration', () => {
  test('moves one network only', async () => {
    const trainer = await create();
    const start = await trainer.readTensors();
    trainer.updateDiscriminator();
    const afterD = await trainer.readTensors();
    trainer.updateGenerator();
    const afterG = await trainer.readTensors();
    expect(new Set(changed(start, afterD))).toEqual(new Set(['discriminator']));
    expect(new Set(changed(afterD, afterG))).toEqual(new Set(['generator']));
  });

  test('and its other half make an iteration', async () => {
    const [halves, whole] = [await create(), await create()];
    halves.updateDiscriminator();
    halves.updateGenerator();
    whole.advance(1);
    expect(bytes(await halves.readTensors())).toEqual(bytes(await whole.readTensors()));
  });

  test("shows D's new metrics at once", async () => {
    const trainer = await create();
    trainer.advance(2);
    const before = await trainer.readLatest();
    expect(before.step).toBe(2);
    trainer.updateDiscriminator();
    const after = await trainer.readLatest();
    expect(after.value).not.toBe(before.value);
    expect(after.value).toBeCloseTo(-after.discriminatorLoss, 6);
  });
});

test('a timed iteration is an iteration, its parts timed where the adapter can', async () => {
  const [timed, plain] = [await create(), await create()];
  const phases = await timed.timeIteration();
  plain.advance(1);
  expect(bytes(await timed.readTensors())).toEqual(bytes(await plain.readTensors()));
  const parts = ['drawForDiscriminator', 'updateDiscriminator', 'drawForGenerator', 'updateGenerator'];
  expect(Object.keys(phases)).toEqual(device().canMeasureTime ? parts : []);
});

describe('metrics', () => {
  test('have a row an iteration, in order, and none twice', async () => {
    const trainer = await create();
    trainer.advance(5);
    const first = await trainer.readMetrics();
    trainer.advance(3);
    const second = await trainer.readMetrics();
    expect([...first, ...second].map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(await trainer.readMetrics()).toEqual([]);
    for (const row of first) expect(Object.values(row).every(Number.isFinite)).toBe(true);
  });

  test('go on across the end of the history', async () => {
    const trainer = await create();
    trainer.writeState({ tensors: new Map(), updates: { discriminator: 4000, generator: 4000 } });
    trainer.advance(200);
    expect((await trainer.readMetrics()).map(({ step }) => step)).toEqual(
      Array.from({ length: 200 }, (_, i) => 4001 + i),
    );
  });

  test('that were overwritten unread are left out', () => {
    const history = { buffer: {} as GPUBuffer, offset: 0, size: 4096 * 32 };
    const rows = historyPieces(history, 0, 4100).map(({ offset, size }) => [offset / 32, size / 32]);
    expect(rows).toEqual([
      [4, 4092],
      [0, 4],
    ]);
    expect(historyPieces(history, 7, 7)).toEqual([]);
  });
});

describe('questions', () => {
  test('are answered from the weights of when they were asked', async () => {
    const trainer = await create();
    await trainer.sample(5, 9);
    const early = trainer.sample(5, 9);
    trainer.advance(50);
    const late = trainer.sample(5, 9);
    const [a, b] = [await early, await late];
    expect([...a]).not.toEqual([...b]);
    expect([...(await trainer.sample(5, 9))]).toEqual([...b]);
  });

  test('about samples do not depend on how many are asked for', async () => {
    const trainer = await create();
    const many = await trainer.sample(2500, 3);
    expect(many.length).toBe(5000);
    expect([...(await trainer.sample(3, 3))]).toEqual([...many.slice(0, 6)]);
    expect([...many.slice(0, 6)]).not.toEqual([...(await trainer.sample(3, 4))]);
    // The second batch is another draw of the noise.
    expect([...many.slice(0, 6)]).not.toEqual([...many.slice(2048, 2054)]);
  });

  test("about D's scores are those of a float64 forward pass", async () => {
    const trainer = await create();
    trainer.advance(20);
    const tensors = await trainer.readTensors();
    const get = (name: string) => tensors.get(`discriminator.${name}`)!.data;
    const points = await trainer.real(1500, 1);
    const scores = await trainer.score(points);
    for (const i of [0, 1, 700, 1024, 1499]) {
      const hidden = Array.from({ length: 11 }, (_, u) => {
        const sum =
          get('0.weight')[2 * u]! * points[2 * i]! +
          get('0.weight')[2 * u + 1]! * points[2 * i + 1]! +
          get('0.bias')[u]!;
        return Math.max(sum, 0.2 * sum);
      });
      const logit = hidden.reduce((sum, h, u) => sum + h * get('2.weight')[u]!, get('2.bias')[0]!);
      expect(scores[i]).toBeCloseTo(1 / (1 + Math.exp(-logit)), 5);
    }
  });

  test('about quality say what V, JS and the modes are', async () => {
    const evaluation = await (await create()).evaluate();
    expect(evaluation.modesTotal).toBe(8);
    expect(evaluation.js!).toBeGreaterThan(0.5);
    expect(evaluation.jsFloor!).toBeLessThan(0.02);
    expect(evaluation.lowerBound).toBeCloseTo((evaluation.value + 2 * Math.LN2) / 2, 12);
    // Of the eight modes, each as likely; their own spread of 0.02 hardly counts.
    const centers = dataSources
      .get('ring')
      .create(small().data)
      .distribution!.modes!.map(({ center }) => center);
    const chords = centers.flatMap(([x, y]) => centers.map(([u, v]) => Math.hypot(x! - u!, y! - v!)));
    const expected = chords.reduce((sum, chord) => sum + chord, 0) / chords.length;
    expect(Math.abs(evaluation.spreadReal / expected - 1)).toBeLessThan(0.03);
    expect(evaluation.spread).toBeLessThan(0.5 * evaluation.spreadReal);
  });
});

describe('the loop', () => {
  test('reads nothing back and waits for nothing while it trains', async () => {
    const trainer = await create();
    const { queue } = device().gpu;
    const submit = vi.spyOn(queue, 'submit');
    const map = vi.spyOn(GPUBuffer.prototype, 'mapAsync');
    try {
      for (let i = 0; i < 10; i++) trainer.advance(100);
      expect(trainer.step).toBe(1000);
      expect(submit).toHaveBeenCalledTimes(10);
      expect(map).not.toHaveBeenCalled();
    } finally {
      submit.mockRestore();
      map.mockRestore();
    }
    expect((await trainer.readMetrics()).length).toBe(1000);
  });

  test('maps once a report and once an evaluation over 1,000 steps, and never between', async () => {
    const trainer = await create();
    const map = vi.spyOn(GPUBuffer.prototype, 'mapAsync');
    const advance = vi.spyOn(trainer, 'advance');
    const reports: number[] = [];
    const evaluations: number[] = [];
    const exact: number[] = [];
    await new Promise<void>((resolve, reject) => {
      new TrainingLoop(trainer, {
        until: 1000,
        reportEvery: 100,
        evaluateEvery: 400,
        onReport: (rows) => reports.push(rows.at(-1)!.step),
        onEvaluation: ({ step }) => evaluations.push(step),
        atEvaluation: (step) => exact.push(step),
        onDone: resolve,
        onError: reject,
      }).start();
    });
    expect(reports).toEqual([100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);
    expect(evaluations).toEqual([400, 800, 1000]);
    expect(exact).toEqual(evaluations);
    expect(map).toHaveBeenCalledTimes(reports.length + evaluations.length);
    expect(advance.mock.calls.reduce((sum, [iterations]) => sum + iterations, 0)).toBe(1000);
    map.mockRestore();
  });

  test('submits nothing while something is measured, and goes on behind it', async () => {
    const trainer = await create();
    const onDone = vi.fn();
    const options = { until: 50, reportEvery: 1000, evaluateEvery: Number.POSITIVE_INFINITY };
    const loop = new TrainingLoop(trainer, { ...options, onDone });
    loop.start();
    let measured = () => {};
    const quiet = device().quiet.during(
      () =>
        new Promise<void>((resolve) => {
          measured = resolve;
        }),
    );
    const { step } = trainer;
    expect(step).toBeLessThan(50);
    // It can be paused meanwhile, also with something under way.
    await loop.pause();
    loop.start();
    for (let turn = 0; turn < 20; turn++) await device().gpu.queue.onSubmittedWorkDone();
    expect(trainer.step).toBe(step);
    measured();
    await quiet;
    await vi.waitFor(() => expect(onDone).toHaveBeenCalled(), 30_000);
    expect(trainer.step).toBe(50);
  });

  test('pauses with everything reported, and goes on to the same bytes', async () => {
    const [straight, paused] = [await create(), await create()];
    straight.advance(300);
    const rows: MetricsRow[] = [];
    await new Promise<void>((resolve, reject) => {
      const loop = new TrainingLoop(paused, {
        until: 300,
        reportEvery: 1000,
        evaluateEvery: Number.POSITIVE_INFINITY,
        onReport: (reported) => rows.push(...reported),
        onDone: resolve,
        onError: reject,
      });
      loop.start();
      void loop.pause().then(() => {
        expect(loop.running).toBe(false);
        expect(rows.length).toBe(paused.step);
        loop.start();
      });
    });
    expect(rows.map(({ step }) => step)).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
    expect(bytes(await paused.readTensors())).toEqual(bytes(await straight.readTensors()));
  });
});

describe('a fault', () => {
  test('names the step and the tensor, and keeps the weights', async () => {
    const trainer = await create();
    trainer.advance(3);
    const before = await trainer.readTensors();
    const weight = before.get('generator.2.weight')!;
    const broken = Float32Array.from(weight.data, (x, i) => (i === 4 ? Number.NaN : x));
    trainer.writeTensors(new Map([['generator.2.weight', { shape: weight.shape, data: broken }]]));
    trainer.advance(5);
    const fault = await trainer.readMetrics().catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(TrainingFault);
    expect(fault).toMatchObject({ step: 4, tensor: 'discriminatorLoss' });
    expect((fault as TrainingFault).rows.map(({ step }) => step)).toEqual([1, 2, 3]);
    const after = await trainer.readTensors();
    expect(after.get('generator.0.weight')!.data).toEqual(before.get('generator.0.weight')!.data);
  });

  test('in a single gradient is named by its tensor', async () => {
    // Squared distances from targets: a learning rate of 1e30 sends weights beyond float32 within two updates.
    const config = small({
      loss: 'leastSquares',
      optimizer: {
        generator: { type: 'sgd', learningRate: 1e-3 },
        discriminator: { type: 'sgd', learningRate: 1e38 },
      },
    });
    const trainer = await create(config);
    trainer.advance(10);
    const fault = (await trainer.readMetrics().catch((error: unknown) => error)) as TrainingFault;
    expect(fault).toBeInstanceOf(TrainingFault);
    expect(fault.step).toBeLessThanOrEqual(2);
    expect(fault.message).toContain(`at step ${fault.step}`);
  });

  test('ends a loop with an error', async () => {
    const trainer = await create();
    const bias = new Float32Array([Number.POSITIVE_INFINITY]);
    trainer.writeTensors(new Map([['discriminator.2.bias', { shape: [1], data: bias }]]));
    const error = await new Promise((resolve, reject) => {
      const options = { until: 500, reportEvery: 10, evaluateEvery: Number.POSITIVE_INFINITY };
      new TrainingLoop(trainer, {
        ...options,
        onDone: () => reject(new Error('done')),
        onError: resolve,
      }).start();
    });
    expect(error).toMatchObject({ name: 'TrainingFault', step: 1, tensor: 'discriminatorLoss' });
  });
});
