import { describe, expect, test } from 'vitest';
import { layers } from '../layers';
import { UserError } from '../math/errors';
import { parseConfig, parseReplayConfig } from './config';

const base = () => ({
  data: { source: 'ring' },
  noise: { type: 'normal', size: 2 },
  generator: [{ type: 'dense', units: 8 }, { type: 'relu' }, { type: 'dense', units: 2 }],
  discriminator: [
    { type: 'dense', units: 8 },
    { type: 'leakyRelu', slope: 0.2 },
    { type: 'dense', units: 1 },
  ],
  optimizer: {
    generator: { type: 'adam', learningRate: 1e-3 },
    discriminator: { type: 'sgd', learningRate: 0.1, momentum: 0.5 },
  },
});

test('what is not given has its default, PyTorch’s for the optimizers', () => {
  expect(parseConfig(base())).toMatchObject({
    data: { source: 'ring', modes: 8, radius: 1, standardDeviation: 0.02 },
    noise: { type: 'normal', size: 2 },
    generator: [
      { type: 'dense', units: 8, bias: true },
      { type: 'relu' },
      { type: 'dense', units: 2, bias: true },
    ],
    loss: 'nonSaturating',
    regularizers: [],
    optimizer: {
      generator: {
        type: 'adam',
        learningRate: 1e-3,
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
        schedule: { type: 'constant', warmup: 0 },
        clipNorm: null,
      },
      discriminator: { type: 'sgd', learningRate: 0.1, momentum: 0.5, schedule: { type: 'constant' } },
    },
    batchSize: 128,
    discriminatorSteps: 1,
    steps: 10_000,
    seed: 1,
    reportEvery: 100,
    evaluateEvery: 1000,
  });
});

type Base = Record<string, unknown> & ReturnType<typeof base>;
/** What is done to a good configuration, and the one sentence that should answer it. */
const wrong: [string, (config: Base) => unknown, string][] = [
  ['nothing', () => undefined, 'configuration: nothing given; a JSON object would do.'],
  ['a list', () => [], 'configuration: [] given; a JSON object would do.'],
  ['a text', () => 'ring', 'configuration: "ring" given; a JSON object would do.'],
  ['null', () => null, 'configuration: null given; a JSON object would do.'],
  ['no data', ({ data: _, ...rest }) => rest, 'data: is missing; an object such as { "source": "'],
  [
    'an unknown field',
    (c) => ({ ...c, batchsize: 3 }),
    'batchsize: there is no such field; did you mean batchSize? configuration takes data, noise, generator, discriminator, loss, ' +
      'labelSmoothing, auxiliaryClassifier, augment, regularizers, optimizer, weightClip, batchSize, discriminatorSteps, steps, seed, reportEvery, evaluateEvery, checkpointEvery, average.',
  ],
  [
    'a field named __proto__',
    (c) => JSON.parse(JSON.stringify(c).replace('{', '{"__proto__":{"steps":1},')),
    '__proto__: there is no such field; configuration takes data,',
  ],
  [
    'a misspelt field of a layer, though a required one is missing',
    (c) => ({ ...c, generator: [{ type: 'dense', unit: 2 }] }),
    'generator[0].unit: there is no such field; did you mean units? generator[0] takes type, units, bias',
  ],
  [
    'a missing field of a layer',
    (c) => ({ ...c, generator: [{ type: 'dense' }] }),
    'generator[0].units: is missing; a number would do.',
  ],
  ['a layer without a type', (c) => ({ ...c, generator: [{ units: 2 }] }), 'generator[0].type: is missing; '],
  [
    'a layer that is a text',
    (c) => ({ ...c, generator: ['relu'] }),
    'generator[0]: "relu" given; an object such as { "type": "',
  ],
  [
    'a layer that is null',
    (c) => ({ ...c, generator: [null] }),
    'generator[0]: null given; an object such as { "type": "',
  ],
  [
    'a network that is none',
    (c) => ({ ...c, generator: { type: 'dense' } }),
    'generator: {"type":"dense"} given; a list of layers would do.',
  ],
  [
    'no layers',
    (c) => ({ ...c, discriminator: [] }),
    'discriminator: [] given; a list of at least one layer would do.',
  ],
  [
    'a layer not built',
    (c) => ({ ...c, generator: [{ type: 'attention', channels: 3 }] }),
    `generator[0].type: "attention" given; the layers here are ${layers.names.join(', ')}.`,
  ],
  ['a misspelt layer', (c) => ({ ...c, generator: [{ type: 'Dense', units: 2 }] }), '; did you mean dense?'],
  [
    'a layer named as an object’s own',
    (c) => ({ ...c, generator: [{ type: 'constructor' }] }),
    'generator[0].type: "constructor" given; the layers',
  ],
  [
    'a loss not built',
    (c) => ({ ...c, loss: 'dragan' }),
    'loss: "dragan" given; the losses here are hinge, leastSquares, minimax, nonSaturating, relativistic, wasserstein.',
  ],
  ['a misspelt loss', (c) => ({ ...c, loss: 'nonsaturating' }), 'did you mean nonSaturating?'],
  [
    'a loss that is a number',
    (c) => ({ ...c, loss: 3 }),
    'loss: 3 given; the name of a loss would do: hinge, leastSquares, minimax, nonSaturating, relativistic, wasserstein.',
  ],
  [
    'a regularizer that there is not',
    (c) => ({ ...c, regularizers: [{ type: 'r3' }] }),
    'regularizers[0].type: "r3" given; the regularizers here are gradientPenalty, r1, r2; did you mean r1?',
  ],
  [
    'a negative weight of a regularizer',
    (c) => ({ ...c, regularizers: [{ type: 'r1', gamma: -1 }] }),
    'regularizers[0].gamma: -1 given; a number of at least 0 would do.',
  ],
  [
    'an interval of no updates',
    (c) => ({ ...c, regularizers: [{ type: 'gradientPenalty', interval: 0 }] }),
    'regularizers[0].interval: 0 given; a whole number from 1 to 1000000 would do.',
  ],
  [
    'a regularizer twice',
    (c) => ({ ...c, regularizers: [{ type: 'r1' }, { type: 'r1' }] }),
    'regularizers[1]: a second r1 given; one of them, with the sum of both weights, would do.',
  ],
  [
    'regularizers of two intervals',
    (c) => ({
      ...c,
      regularizers: [
        { type: 'r1', interval: 16 },
        { type: 'r2', interval: 8 },
      ],
    }),
    'regularizers[1].interval: 8 given beside another of 16; the same for both would do, or 1.',
  ],
  [
    'a regularizer for a D with batch norm',
    (c) => ({
      ...c,
      regularizers: [{ type: 'r1' }],
      discriminator: [{ type: 'dense', units: 4 }, { type: 'batchNorm' }, { type: 'dense', units: 1 }],
    }),
    'regularizers: r1 given, but discriminator[1] is batchNorm, with which a sample’s gradient depends on all the others of its batch; layerNorm, instanceNorm or no normalisation in D would do.',
  ],
  [
    'smoothed labels where there are none',
    (c) => ({ ...c, loss: 'hinge', labelSmoothing: 0.1 }),
    'labelSmoothing: 0.1 given with the loss hinge, which has no labels; 0 would do, or one of the losses minimax, nonSaturating.',
  ],
  [
    'labels smoothed away',
    (c) => ({ ...c, labelSmoothing: 1 }),
    'labelSmoothing: 1 given; a number from 0 to below 1 would do.',
  ],
  [
    'weights clipped to nothing',
    (c) => ({ ...c, weightClip: 0 }),
    'weightClip: 0 given; a number above 0, or null for no limit, would do.',
  ],
  [
    'gradients clipped to a negative length',
    (c) => ({ ...c, optimizer: { ...c.optimizer, generator: { ...c.optimizer.generator, clipNorm: -1 } } }),
    'optimizer.generator.clipNorm: -1 given; a number above 0 would do.',
  ],
  [
    'a warm-up of half an update',
    (c) => ({
      ...c,
      optimizer: {
        ...c.optimizer,
        generator: { ...c.optimizer.generator, schedule: { type: 'linear', warmup: 0.5 } },
      },
    }),
    'optimizer.generator.schedule.warmup: 0.5 given; a whole number of updates would do.',
  ],
  [
    'regularizers that are no list',
    (c) => ({ ...c, regularizers: 'r1' }),
    'regularizers: "r1" given; a list of regularizers such as [{ "type": "gradientPenalty" }] would do, or an empty one',
  ],
  [
    'a data source not built',
    (c) => ({ ...c, data: { source: 'mnist' } }),
    'data.source: "mnist" given; the data sources here are ',
  ],
  [
    'a noise not built',
    (c) => ({ ...c, noise: { type: 'pink', size: 2 } }),
    'noise.type: "pink" given; the kinds of noise here are ',
  ],
  ['no noise numbers', (c) => ({ ...c, noise: { type: 'normal', size: 0 } }), 'noise.size: 0 given; '],
  [
    'an optimizer not built',
    (c) => ({ ...c, optimizer: { ...c.optimizer, generator: { type: 'lion', learningRate: 1 } } }),
    'optimizer.generator.type: "lion" given; the optimizers here are adam, adamw, rmsprop, sgd',
  ],
  [
    'half an optimizer',
    (c) => ({ ...c, optimizer: { generator: c.optimizer.generator } }),
    'optimizer.discriminator: is missing; an object such as { "type": "adam" } would do.',
  ],
  [
    'a negative learning rate',
    (c) => ({ ...c, optimizer: { ...c.optimizer, generator: { type: 'adam', learningRate: -1 } } }),
    'optimizer.generator.learningRate: -1 given; ',
  ],
  [
    'a decay of 1',
    (c) => ({ ...c, optimizer: { ...c.optimizer, generator: { type: 'adam', learningRate: 1, beta1: 1 } } }),
    'optimizer.generator.beta1: 1 given; ',
  ],
  [
    'a schedule not built',
    (c) => ({
      ...c,
      optimizer: { ...c.optimizer, generator: { type: 'adam', learningRate: 1, schedule: { type: 'step' } } },
    }),
    'optimizer.generator.schedule.type: "step" given; ',
  ],
  [
    'a negative batch',
    (c) => ({ ...c, batchSize: -4 }),
    'batchSize: -4 given; a whole number from 1 to 65536 would do.',
  ],
  ['a batch of none', (c) => ({ ...c, batchSize: 0 }), 'batchSize: 0 given; a whole number'],
  ['half a sample', (c) => ({ ...c, batchSize: 1.5 }), 'batchSize: 1.5 given; a whole number'],
  ['a batch in words', (c) => ({ ...c, batchSize: 'many' }), 'batchSize: "many" given; a whole number'],
  [
    'a batch that is not a number',
    (c) => ({ ...c, batchSize: Number.NaN }),
    'batchSize: NaN given; a whole number',
  ],
  ['a batch of null', (c) => ({ ...c, batchSize: null }), 'batchSize: null given; a whole number'],
  ['no steps', (c) => ({ ...c, steps: 0 }), 'steps: 0 given; a whole number'],
  [
    'endless steps',
    (c) => ({ ...c, steps: Number.POSITIVE_INFINITY }),
    'steps: Infinity given; a whole number',
  ],
  ['no steps of D', (c) => ({ ...c, discriminatorSteps: 0 }), 'discriminatorSteps: 0 given; a whole number'],
  [
    'more draws than counters',
    (c) => ({ ...c, steps: 1_000_000_000, discriminatorSteps: 5 }),
    'steps: 1000000000 given with discriminatorSteps 5; a product below 4294967296 would do.',
  ],
  ['a negative seed', (c) => ({ ...c, seed: -1 }), 'seed: -1 given; a whole number'],
  ['no reports', (c) => ({ ...c, reportEvery: 0 }), 'reportEvery: 0 given; a whole number'],
  ['no evaluations', (c) => ({ ...c, evaluateEvery: false }), 'evaluateEvery: false given; a whole number'],
  [
    'a D that ends in two numbers',
    (c) => ({ ...c, discriminator: [{ type: 'dense', units: 2 }] }),
    'discriminator: its output has shape [2]; it has to end in one logit, for example with { "type": "dense", "units": 1 }.',
  ],
  [
    'a D that ends in a plane of one',
    (c) => ({
      ...c,
      discriminator: [
        { type: 'dense', units: 1 },
        { type: 'reshape', shape: [1, 1] },
      ],
    }),
    'discriminator: its output has shape [1, 1]; it has to end in one logit',
  ],
  [
    'a D that ends in a probability',
    (c) => ({ ...c, discriminator: [{ type: 'dense', units: 1 }, { type: 'sigmoid' }] }),
    'discriminator[1]: "sigmoid" given as the last layer; without it',
  ],
  [
    'a G of another shape than the data',
    (c) => ({ ...c, generator: [{ type: 'dense', units: 3 }] }),
    'generator: its output has shape [3], but a sample of the data "ring" has shape [2]; a last layer that gives [2] would do.',
  ],
  [
    'an average over no images',
    (c) => ({ ...c, average: { halfLife: 0 } }),
    'average.halfLife: 0 given; a number of images above 0 would do.',
  ],
  [
    'a ramp above all images',
    (c) => ({ ...c, average: { halfLife: 1000, ramp: 1.5 } }),
    'average.ramp: 1.5 given; a number from 0 to 1 would do.',
  ],
  [
    'an average that is a number',
    (c) => ({ ...c, average: 1000 }),
    'average: 1000 given; an object would do.',
  ],
  [
    'a misspelt half-life',
    (c) => ({ ...c, average: { halflife: 1000 } }),
    'average.halflife: there is no such field; did you mean halfLife? average takes halfLife, ramp.',
  ],
  [
    'no checkpoints',
    (c) => ({ ...c, checkpointEvery: 0 }),
    'checkpointEvery: 0 given; a whole number from 1 to 1000000000 would do.',
  ],
  [
    'a G of another shape than the images, which are not read for that',
    (c) => ({ ...c, data: { source: 'images', channels: 3, height: 8, width: 6 } }),
    'generator: its output has shape [2], but a sample of the data "images" has shape [3, 8, 6]; a last layer that gives [3, 8, 6] would do.',
  ],
  [
    'a convolution whose weights are too large for any GPU',
    (c) => ({
      ...c,
      discriminator: [
        { type: 'dense', units: 4096 },
        { type: 'reshape', shape: [1024, 2, 2] },
        { type: 'conv2d', channels: 4096, kernel: 3, padding: 1 },
      ],
    }),
    'discriminator[2] (conv2d): its weight has 37748736 numbers; at most 33554432 would do.',
  ],
  [
    'layers that do not fit',
    (c) => ({
      ...c,
      generator: [
        { type: 'dense', units: 10 },
        { type: 'reshape', shape: [3, 3] },
      ],
    }),
    'generator[1] (reshape): reshape to [3, 3] needs 9 numbers, but its input [10] has 10.',
  ],
  [
    'a layer too large for any GPU',
    (c) => ({
      ...c,
      generator: [
        { type: 'dense', units: 1e9 },
        { type: 'dense', units: 2 },
      ],
    }),
    'generator[0] (dense): its weight has 2000000000 numbers; at most 33554432 would do.',
  ],
  [
    'an output too large for any GPU',
    (c) => ({
      ...c,
      batchSize: 65_536,
      generator: [
        { type: 'dense', units: 1000 },
        { type: 'dense', units: 2 },
      ],
    }),
    'generator[0] (dense): its output over a batch of 65536 has',
  ],
];

describe('what is wrong is named in one sentence, with what would do', () => {
  test.each(wrong)('%s', (_, change, message) => {
    const parse = () => parseConfig(change(base() as unknown as Base));
    expect(parse).toThrow(UserError);
    expect(parse).toThrow(message);
    expect(parse).toThrow(/^[^\n]*[.?]$/);
  });
});

test('an average has a ramp unless told otherwise, and there is none unless asked for', () => {
  expect(parseConfig(base()).average).toBeNull();
  expect(parseConfig({ ...base(), average: { halfLife: 1000 } }).average).toEqual({
    halfLife: 1000,
    ramp: 0.05,
  });
  expect(parseConfig({ ...base(), average: null, checkpointEvery: 50 })).toMatchObject({
    average: null,
    checkpointEvery: 50,
  });
  expect('checkpointEvery' in parseConfig(base())).toBe(false);
});

test('a recorded run brings its data along, and its shape is G’s', () => {
  const { data: _, ...recorded } = base();
  expect(parseReplayConfig(recorded).data).toBeUndefined();
  expect(() => parseReplayConfig(base())).toThrow(/^data: there is no such field/);
  expect(parseReplayConfig({ ...recorded, weightClip: 0.1 }).weightClip).toBe(0.1);
  expect(parseReplayConfig({ ...recorded, regularizers: [{ type: 'r1' }] }).regularizers).toEqual([
    { type: 'r1', gamma: 1, interval: 1 },
  ]);
  expect(() => parseReplayConfig({ ...recorded, discriminator: [{ type: 'dense', units: 2 }] })).toThrow(
    /one logit/,
  );
  const wide = { ...recorded, generator: [{ type: 'dense', units: 5 }] };
  expect(parseReplayConfig(wide).generator).toHaveLength(1);
});
