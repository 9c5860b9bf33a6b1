import { describe, expect, test } from 'vitest';
import { useDevice } from '../gpu/test-device';
import { UserError } from '../math/errors';
import { type Game, recordGame } from './reference-game';
import { compare, parseReplayCase, replay } from './replay';

const device = useDevice();

/** A small congruential generator: any fixed numbers will do. */
function randomNumbers(): () => number {
  let state = 12345;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const dense = (units: number, bias = true) => ({ type: 'dense', units, bias });
const games: Record<string, Game> = {
  'minimax, SGD, k = 3, an odd batch': {
    noise: { type: 'normal', size: 3 },
    generator: [dense(7), { type: 'relu' }, dense(2)],
    discriminator: [dense(9), { type: 'leakyRelu', slope: 0.2 }, dense(5), { type: 'tanh' }, dense(1)],
    loss: 'minimax',
    optimizer: {
      generator: { type: 'sgd', learningRate: 0.05 },
      discriminator: { type: 'sgd', learningRate: 0.1 },
    },
    batchSize: 5,
    discriminatorSteps: 3,
  },
  'non-saturating, Adam, smooth activations': {
    noise: { type: 'uniform', size: 2 },
    generator: [dense(6), { type: 'silu' }, dense(11, false), { type: 'elu' }, dense(3)],
    discriminator: [dense(13), { type: 'softplus' }, dense(4), { type: 'sigmoid' }, dense(1)],
    loss: 'nonSaturating',
    optimizer: {
      generator: { type: 'adam', learningRate: 1e-2, beta1: 0.5, beta2: 0.9 },
      discriminator: { type: 'adam', learningRate: 2e-2 },
    },
    batchSize: 11,
    discriminatorSteps: 1,
  },
  'least squares, momentum, one sample': {
    noise: { type: 'normal', size: 1 },
    generator: [dense(1)],
    discriminator: [dense(1)],
    loss: 'leastSquares',
    optimizer: {
      generator: { type: 'sgd', learningRate: 0.02, momentum: 0.9 },
      discriminator: { type: 'sgd', learningRate: 0.03, momentum: 0.5 },
    },
    batchSize: 1,
    discriminatorSteps: 2,
  },
  'least squares, Adam without memory': {
    noise: { type: 'normal', size: 4 },
    generator: [dense(5), { type: 'tanh' }, dense(2)],
    discriminator: [dense(33), { type: 'relu' }, dense(1)],
    loss: 'leastSquares',
    optimizer: {
      generator: { type: 'adam', learningRate: 1e-2, beta1: 0 },
      discriminator: { type: 'adam', learningRate: 1e-2, beta1: 0, beta2: 0 },
    },
    batchSize: 17,
    discriminatorSteps: 1,
  },
};

describe('the trainer plays the game of the float64 reference', () => {
  test.each(Object.entries(games))('%s', async (_, game) => {
    const result = await replay(device(), parseReplayCase(recordGame(game, 4, randomNumbers())));
    expect(result.pass, JSON.stringify(result.worst)).toBe(true);
    // Gradients, results, losses and samples of every tensor were compared.
    expect(result.errors.length).toBeGreaterThanOrEqual(2 * 4 + 2);
  });
});

const recorded = () => recordGame(games['minimax, SGD, k = 3, an odd batch']!, 2, randomNumbers());
type Recorded = ReturnType<typeof recorded>;
/** A copy with one tensor's numbers changed. */
function withTensor(
  { metadata, tensors }: Recorded,
  name: string,
  change: (x: number, i: number) => number,
): Recorded {
  const { shape, data } = tensors.get(name)!;
  return {
    metadata,
    tensors: new Map([...tensors, [name, { shape, data: (data as Float32Array).map(change) }]]),
  };
}
const first = (f: (x: number) => number) => (x: number, i: number) => (i === 0 ? f(x) : x);

describe('a case that differs fails, and the tensor is named', () => {
  test.each([
    ['grad.discriminator.0.weight', (x: number) => x * 1.01],
    ['grad.generator.2.bias', (x: number) => -x],
    ['after.generator.0.weight', (x: number) => x + 1e-3],
    ['after.discriminator.4.bias', (x: number) => x + 1e-3],
    ['loss', (x: number) => x + 1e-3],
    ['sample', (x: number) => x * 1.01],
  ])('%s', async (name, change) => {
    const result = await replay(device(), parseReplayCase(withTensor(recorded(), name, change)));
    expect(result.pass).toBe(false);
    expect(result.worst.tensor).toBe(name);
    expect(result.worst.error).toBeGreaterThan(result.worst.tolerance);
  });

  test.each([
    'before.generator.0.weight',
    'real.0.0',
    'real.1.2',
    'noise.discriminator.0.1',
    'noise.generator.1',
  ])('another number in %s', async (name) => {
    const changed = withTensor(
      recorded(),
      name,
      first((x) => x + 0.1),
    );
    expect((await replay(device(), parseReplayCase(changed))).pass).toBe(false);
  });

  test.each(['config', 'iterations'])('another %s', async (key) => {
    const { metadata, tensors } = recorded();
    const other =
      key === 'config' ? metadata.get(key)!.replace('"learningRate":0.05', '"learningRate":0.051') : '1';
    const result = replay(
      device(),
      parseReplayCase({ metadata: new Map([...metadata, [key, other]]), tensors }),
    );
    if (key === 'config') expect((await result).pass).toBe(false);
    else await expect(result).rejects.toThrow(/^tensor loss: has shape \[2, 4\]; \[1, 4\] would do/);
  });

  test('a number that is not finite', async () => {
    const broken = withTensor(
      recorded(),
      'real.1.0',
      first(() => Number.NaN),
    );
    const result = await replay(device(), parseReplayCase(broken));
    expect(result).toMatchObject({
      pass: false,
      worst: { tensor: 'grad.discriminator.0.weight', error: Number.POSITIVE_INFINITY },
    });
  });
});

test('errors are relative to magnitudes, or to the change', () => {
  const tensor = (...data: number[]) => ({ shape: [data.length], data: Float32Array.from(data) });
  const recorded = new Map([
    ['before.w', tensor(100, 100)],
    ['after.w', tensor(100, 104)],
    ['loss', tensor(-8, 2)],
    ['sample', tensor(0, 0)],
  ]);
  const results = new Map([
    ['after.w', tensor(101, 104)],
    ['loss', tensor(-8, 4)],
    ['sample', tensor(0, 0)],
  ]);
  const tolerance = new Map([
    ['after.w', 0.25],
    ['loss', 0.2],
    ['sample', 0],
  ]);
  expect(compare(results, recorded, tolerance)).toEqual({
    pass: false,
    worst: { tensor: 'loss', error: 0.25, tolerance: 0.2 },
    errors: [
      { tensor: 'after.w', error: 0.25, tolerance: 0.25 },
      { tensor: 'loss', error: 0.25, tolerance: 0.2 },
      { tensor: 'sample', error: 0, tolerance: 0 },
    ],
  });
  for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const { pass, worst } = compare(
      new Map([['sample', tensor(0, wrong)]]),
      recorded,
      new Map([['sample', 1e9]]),
    );
    expect([pass, worst.error]).toEqual([false, Number.POSITIVE_INFINITY]);
  }
});

describe('a file that is no case is refused', () => {
  const change = (file: Recorded, key: string, value?: string): Recorded => {
    const metadata = new Map(file.metadata);
    if (value === undefined) metadata.delete(key);
    else metadata.set(key, value);
    return { metadata, tensors: file.tensors };
  };
  test.each<[string, (file: Recorded) => Recorded, RegExp]>([
    ['no configuration', (f) => change(f, 'config'), /^metadata field "config" is missing/],
    [
      'a configuration that is not JSON',
      (f) => change(f, 'config', '{'),
      /^metadata field "config" is not JSON/,
    ],
    ['a configuration that is a list', (f) => change(f, 'config', '[]'), /^configuration: \[\] given/],
    ['a configuration that is null', (f) => change(f, 'config', 'null'), /^configuration: null given/],
    [
      'a part that is not built',
      (f) => change(f, 'config', f.metadata.get('config')!.replace('minimax', 'dragan')),
      /"dragan" given/,
    ],
    ['no iterations', (f) => change(f, 'iterations', '0'), /^iterations: 0 given/],
    ['iterations in words', (f) => change(f, 'iterations', 'two'), /^iterations: two given/],
    ['no tolerance', (f) => change(f, 'tolerance', '{}'), /^tolerance: names no tensor/],
    [
      'a tolerance in words',
      (f) => change(f, 'tolerance', '{"loss":"small"}'),
      /^tolerance of loss: "small" given/,
    ],
    ['a negative tolerance', (f) => change(f, 'tolerance', '{"loss":-1}'), /^tolerance of loss: -1 given/],
    [
      'integers',
      (f) => ({ ...f, tensors: new Map([...f.tensors, ['x', { shape: [1], data: new Uint32Array(1) }]]) }),
      /^tensor x: holds integers/,
    ],
  ])('%s', (_, spoil, message) => {
    const parse = () => parseReplayCase(spoil(recorded()));
    expect(parse).toThrow(UserError);
    expect(parse).toThrow(message);
  });

  test.each<
    [
      string,
      (tensors: Map<string, Recorded['tensors'] extends ReadonlyMap<string, infer T> ? T : never>) => unknown,
      RegExp,
    ]
  >([
    [
      'no weight',
      (t) => t.delete('before.generator.0.weight'),
      /^tensor before\.generator\.0\.weight: is missing; one of shape \[7, 3\] would do/,
    ],
    ['no batch', (t) => t.delete('real.1.2'), /^tensor real\.1\.2: is missing; one of shape \[5, 2\]/],
    [
      'no result',
      (t) => t.delete('after.generator.0.weight'),
      /^tensor after\.generator\.0\.weight: is missing/,
    ],
    [
      'a turned weight',
      (t) => t.set('before.generator.0.weight', { shape: [3, 7], data: new Float32Array(21) }),
      /has shape \[3, 7\]; \[7, 3\] would do/,
    ],
    [
      'a weight of no layer',
      (t) => t.set('before.generator.9.weight', { shape: [1], data: new Float32Array(1) }),
      /belongs to no layer/,
    ],
  ])('%s', async (_, spoil, message) => {
    const { metadata, tensors } = recorded();
    const spoilt = new Map(tensors);
    spoil(spoilt);
    const result = replay(device(), parseReplayCase({ metadata, tensors: spoilt }));
    await expect(result).rejects.toThrow(UserError);
    await expect(result).rejects.toThrow(message);
  });

  test('a tolerance for a tensor that the run does not have', async () => {
    const { metadata, tensors } = recorded();
    const file = {
      metadata: new Map([...metadata, ['tolerance', '{"after.generator.0.weigth":1}']]),
      tensors,
    };
    await expect(replay(device(), parseReplayCase(file))).rejects.toThrow(
      /^tolerance of after\.generator\.0\.weigth: the run has no such tensor/,
    );
  });
});

describe('a gradient that is recorded as next to nothing', () => {
  const name = 'grad.discriminator.2.bias';
  const judge = (recorded: number, found: number) => {
    const tensors = (small: number) =>
      new Map([
        ['grad.discriminator.0.weight', { shape: [1], data: Float32Array.of(0.5) }],
        [name, { shape: [1], data: Float32Array.of(small) }],
      ]);
    return compare(tensors(found), tensors(recorded), new Map([[name, 2e-4]]));
  };

  test('is 0 but for rounding below a 10¹²th of the largest: an error is measured against that one', () => {
    expect(judge(-6.9e-18, 2e-8).pass).toBe(true);
    expect(judge(0, 2e-8).pass).toBe(true);
    expect(judge(-6.9e-18, 2e-4).pass).toBe(false);
  });

  test('is a gradient like any other above that', () => {
    expect(judge(1e-11, 2e-8).pass).toBe(false);
    expect(judge(1e-6, 1.1e-6).pass).toBe(false);
  });
});
