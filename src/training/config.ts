// The one description of a run: what a configuration may say, its defaults, and whether the networks fit together.

import * as v from 'valibot';
import { dataSources } from '../data';
import { layers } from '../layers';
import { type LayerConfig, type Shape, sizeOf } from '../layers/layer';
import { losses } from '../losses';
import { nameOf, pluginOf } from '../math/choice';
import { UserError } from '../math/errors';
import { describe } from '../math/phrases';
import { numberFrom, wholeFrom } from '../math/ranges';
import { noises } from '../noise';
import { optimizers } from '../optimizers';
import { penalties } from '../penalties';
import { type AugmentConfig, augmentProblem, augmentSchema } from './augment';
import { type AverageConfig, averageSchema } from './average';
import { parseWith, problemsWith } from './explain';
import { type Field, fieldsOf, type Kind } from './fields';
import { checkClasses, checkConditions, conditionOf } from './labels';

export type { LayerConfig };

/** A plug-in's part of a configuration: its name, and the options that its own schema has checked and filled in. */
export interface NoiseConfig {
  readonly type: string;
  readonly size: number;
  readonly [option: string]: unknown;
}
export interface OptimizerConfig {
  readonly type: string;
  readonly learningRate: number;
  readonly clipNorm?: number | null;
  readonly [option: string]: unknown;
}
export interface RegularizerConfig {
  readonly type: string;
  readonly interval: number;
  readonly [option: string]: unknown;
}
export interface DataConfig {
  readonly source: string;
  readonly [option: string]: unknown;
}

/** What a trainer needs to know, with every default filled in. Replayed runs bring their batches and have no `data`. */
export interface TrainerConfig {
  readonly data?: DataConfig;
  readonly noise: NoiseConfig;
  readonly generator: readonly LayerConfig[];
  readonly discriminator: readonly LayerConfig[];
  /** Name of a loss. */
  readonly loss: string;
  /** What the target of a real sample is below 1, in the losses that are cross entropies. */
  readonly labelSmoothing: number;
  /** D ends in a number for each class too, and both networks minimise `weight` times the cross entropy of those (ACGAN). */
  readonly auxiliaryClassifier?: { readonly weight: number };
  /** What is done to images before D sees them; nothing where null. */
  readonly augment: AugmentConfig | null;
  /** Penalties on D's gradient, added to its loss. */
  readonly regularizers: readonly RegularizerConfig[];
  readonly optimizer: { readonly generator: OptimizerConfig; readonly discriminator: OptimizerConfig };
  /** Every parameter of D is held between this and its negative; null for no limit. */
  readonly weightClip: number | null;
  readonly batchSize: number;
  /** k: discriminator updates in one iteration, before its one generator update. */
  readonly discriminatorSteps: number;
  /** Iterations of the whole run; learning-rate schedules stretch over them. */
  readonly steps: number;
  readonly seed: number;
  /** Iterations between two lines of metrics. */
  readonly reportEvery: number;
  /** Iterations between two evaluations. */
  readonly evaluateEvery: number;
  /** Iterations between two checkpoints; at every evaluation where absent. */
  readonly checkpointEvery?: number;
  /** The exponential moving average of the generator; none where null. */
  readonly average: AverageConfig | null;
}

/** A run that draws its own data. */
export interface RunConfig extends TrainerConfig {
  readonly data: DataConfig;
}

/** A run's configuration as a person would write it: checked by `parseConfig`, which fills in the rest. */
export type ConfigInput = Pick<TrainerConfig, 'generator' | 'discriminator' | 'optimizer'> &
  Partial<Omit<TrainerConfig, 'data' | 'noise' | 'regularizers' | 'auxiliaryClassifier'>> & {
    readonly data: DataConfig;
    readonly noise: { readonly type: string; readonly [option: string]: unknown };
    readonly regularizers?: readonly unknown[];
    readonly auxiliaryClassifier?: { readonly weight?: number };
  };

const network = v.pipe(
  v.array(
    pluginOf<LayerConfig>('layers', 'type', () => layers),
    'a list of layers would do',
  ),
  v.minLength(1, 'a list of at least one layer would do'),
);

const regularizers = v.pipe(
  v.array(
    pluginOf<RegularizerConfig>('regularizers', 'type', () => penalties),
    () =>
      `a list of regularizers such as [{ "type": ${describe(penalties.names[0])} }] would do, or an empty one`,
  ),
  v.description('Penalties on D’s gradient by its input, added to its loss.'),
);

const loss = v.pipe(
  nameOf('losses', 'a loss', () => losses),
  v.description(
    'What D and G minimise the means of, with the logits r = D(x) and f = D(G(z)), and sp(a) = log(1 + eᵃ).',
  ),
);

const labelSmoothing = v.pipe(
  v.number('a number from 0 to below 1 would do'),
  v.check((s) => s >= 0 && s < 1, 'a number from 0 to below 1 would do'),
  v.description('D’s target for real samples is 1 less this, in losses that are cross entropies.'),
);

const auxiliaryClassifier = v.pipe(
  v.strictObject({
    weight: v.optional(
      v.pipe(numberFrom(1e-6, 1e6), v.description('Of the cross entropy, beside the loss of the logit.')),
      1,
    ),
  }),
  v.description(
    'D also says which class a sample is of, in a number for each behind its logit, and both networks want it to be right (Odena et al. 2017).',
  ),
);

const weightClip = v.pipe(
  v.number('a number above 0, or null for no limit, would do'),
  v.check((c) => c > 0 && c < Infinity, 'a number above 0, or null for no limit, would do'),
  v.description(
    'Every parameter of D is held between this and its negative, as the first Wasserstein GAN has it.',
  ),
  v.examples([0.01]),
);

const optimizer = (description: string) =>
  v.pipe(
    pluginOf<OptimizerConfig>('optimizers', 'type', () => optimizers),
    v.description(description),
  );

/** A whole number of something, with what it is. */
const counted = (low: number, high: number, description: string) =>
  v.pipe(wholeFrom(low, high), v.description(description));

const MOST = 1_000_000_000;

const common = {
  noise: v.pipe(
    pluginOf<NoiseConfig>('kinds of noise', 'type', () => noises),
    v.description('What G is given: z.'),
  ),
  generator: v.pipe(
    network,
    v.description('G: the layers that turn noise into samples, the first one first.'),
  ),
  discriminator: v.pipe(
    network,
    v.description('D: the layers that turn a sample into one logit, high where it takes it for real.'),
  ),
  loss: v.optional(loss, 'nonSaturating'),
  labelSmoothing: v.optional(labelSmoothing, 0),
  auxiliaryClassifier: v.optional(auxiliaryClassifier),
  augment: v.optional(
    v.pipe(
      v.nullable(augmentSchema),
      v.description('Changes images by chance before D sees them, so that few of them last longer.'),
    ),
    null,
  ),
  regularizers: v.optional(regularizers, []),
  optimizer: v.pipe(
    v.strictObject({
      generator: optimizer('How G’s parameters move.'),
      discriminator: optimizer('How D’s parameters move.'),
    }),
    v.description('How parameters move along their gradients.'),
  ),
  weightClip: v.optional(v.nullable(weightClip), null),
  batchSize: v.optional(counted(1, 65_536, 'Samples in a batch, real ones and generated ones each.'), 128),
  discriminatorSteps: v.optional(
    counted(1, 1000, 'k: updates of D in one iteration, before its one update of G.'),
    1,
  ),
  steps: v.optional(counted(1, MOST, 'Iterations of the whole run; schedules stretch over them.'), 10_000),
  seed: v.optional(counted(0, Number.MAX_SAFE_INTEGER, 'The same seed draws the same random numbers.'), 1),
  reportEvery: v.optional(
    counted(1, MOST, 'Iterations between two lines of metrics that the command writes.'),
    100,
  ),
  evaluateEvery: v.optional(counted(1, MOST, 'Iterations between two evaluations.'), 1000),
  checkpointEvery: v.optional(
    counted(
      1,
      MOST,
      'Iterations between two checkpoints that the command writes; at every evaluation where it is not given.',
    ),
  ),
  average: v.optional(
    v.pipe(
      v.nullable(averageSchema),
      v.description('Samples are drawn by a moving average of G’s parameters.'),
    ),
    null,
  ),
};

/** The schema of a run. */
const runSchema = v.strictObject({
  data: v.pipe(
    pluginOf<DataConfig>('data sources', 'source', () => dataSources),
    v.description('What is real: x.'),
  ),
  ...common,
});
const replaySchema = v.strictObject(common);

/** What a run's configuration may say, for forms and explanations. */
export const runFields: readonly Field[] = fieldsOf(runSchema);
export const runKind: Kind = { is: 'object', fields: runFields };

/** Everything that is wrong with a run's configuration, in the sentences of `parseConfig`; none where it is right. */
export function problemsIn(input: unknown): readonly string[] {
  const found = isObject(input) ? problemsWith(runSchema, input, 'configuration') : [];
  if (found.length > 0) return found;
  try {
    parseConfig(input);
    return [];
  } catch (error) {
    if (error instanceof UserError) return [error.message];
    throw error;
  }
}

/**
 * Checks a run's configuration and fills in its defaults. Throws a `UserError` of one sentence that names the
 * field, what was given and what would do: for a field's value, and for networks that do not fit together.
 */
export function parseConfig(input: unknown): RunConfig {
  const config = parseObject(runSchema, input) as RunConfig;
  checkDraws(config);
  const source = dataSources.get(config.data.source).create(config.data);
  const { shape } = source;
  const generated = outputShape(config, 'generator', [config.noise.size]);
  if (!sameShape(generated, shape)) {
    throw new UserError(
      `generator: its output has shape ${text(generated)}, but a sample of the data "${config.data.source}" has shape ${text(shape)}; ` +
        `a last layer that gives ${text(shape)} would do.`,
    );
  }
  checkDiscriminator(config, shape);
  const classes = conditionOf(config);
  // Whether images have labels is known when they are read.
  if (classes && (source.drawLabels || !source.image)) checkClasses(classes, source, config.data.source);
  // The losses take the logit: a squashing last layer would be squashed twice.
  const last = config.discriminator.at(-1)!;
  if (last.type === 'sigmoid') {
    const at = config.discriminator.length - 1;
    throw new UserError(
      `discriminator[${at}]: "sigmoid" given as the last layer; without it D ends in a logit, which would do (the losses apply the sigmoid).`,
    );
  }
  return config;
}

/** As `parseConfig` for a recorded run, whose batches are given and which therefore has no `data`. */
export function parseReplayConfig(input: unknown): TrainerConfig {
  const config = parseObject(replaySchema, input) as TrainerConfig;
  checkDiscriminator(config, outputShape(config, 'generator', [config.noise.size]));
  if (conditionOf(config)) {
    throw new UserError(
      'generator: is told the classes of samples, which recorded runs do not have; layers without classes would do.',
    );
  }
  return config;
}

/** How many updates of D there are from one that has a second step, on lazy penalties, to the next. */
export const lazyIntervalOf = ({ regularizers }: Pick<TrainerConfig, 'regularizers'>): number | undefined =>
  regularizers.find(({ interval }) => interval > 1)?.interval;

/** Penalties are of each sample by itself, once of a kind, and those that are lazy come together. */
function checkRegularizers({ regularizers, discriminator }: TrainerConfig, input: Shape): void {
  regularizers.forEach(({ type, interval }, i) => {
    const field = `regularizers[${i}]`;
    const same = regularizers.findIndex((other) => other.type === type);
    if (same < i) {
      throw new UserError(
        `${field}: a second ${type} given; one of them, with the sum of both weights, would do.`,
      );
    }
    const lazy = lazyIntervalOf({ regularizers });
    if (interval > 1 && interval !== lazy) {
      throw new UserError(
        `${field}.interval: ${interval} given beside another of ${lazy}; the same for both would do, or 1.`,
      );
    }
  });
  if (regularizers.length === 0) return;
  let shape = input;
  discriminator.forEach((layerConfig, i) => {
    const layer = layers.get(layerConfig.type).create(layerConfig, shape);
    if (layer.mixesBatch) {
      throw new UserError(
        `regularizers: ${regularizers[0]!.type} given, but discriminator[${i}] is ${layerConfig.type}, with which a sample’s gradient depends on all the others of its batch; layerNorm, instanceNorm or no normalisation in D would do.`,
      );
    }
    shape = layer.outputShape(shape);
  });
}

/** The random draws of a run are numbered by 32-bit counters. */
function checkDraws(config: TrainerConfig): void {
  if (config.steps * config.discriminatorSteps < 2 ** 32) return;
  throw new UserError(
    `steps: ${config.steps} given with discriminatorSteps ${config.discriminatorSteps}; a product below ${2 ** 32} would do.`,
  );
}

function parseObject<Schema extends v.GenericSchema>(schema: Schema, input: unknown): v.InferOutput<Schema> {
  if (!isObject(input))
    throw new UserError(`configuration: ${describe(input)} given; a JSON object would do.`);
  return parseWith(schema, input, 'configuration');
}

const isObject = (input: unknown): input is object =>
  typeof input === 'object' && input !== null && !Array.isArray(input);

/** D must end in one number a sample, its logit: σ(logit) is the probability that the sample is real. */
function checkDiscriminator(config: TrainerConfig, input: Shape): void {
  const output = outputShape(config, 'discriminator', input);
  checkRegularizers(config, input);
  const problem = config.augment && augmentProblem(config.augment, losses.get(config.loss));
  if (problem) throw new UserError(`${problem.field}: ${problem.sentence}.`);
  if (config.augment && input.length !== 3) {
    throw new UserError(
      `augment: given with samples of shape ${text(input)}; images, [channels, height, width], would do, or null.`,
    );
  }
  if (config.labelSmoothing > 0 && !losses.get(config.loss).hasLabels) {
    const having = losses.names.filter((name) => losses.get(name).hasLabels);
    throw new UserError(
      `labelSmoothing: ${config.labelSmoothing} given with the loss ${config.loss}, which has no labels; 0 would do, or one of the losses ${having.join(', ')}.`,
    );
  }
  const classes = checkConditions(config, input);
  if (config.auxiliaryClassifier) {
    const outputs = 1 + classes!;
    if (output.length === 1 && output[0] === outputs) return;
    throw new UserError(
      `discriminator: its output has shape ${text(output)}; with auxiliaryClassifier it has to end in one logit and a number for each of ${classes} classes, for example with { "type": "dense", "units": ${outputs} }.`,
    );
  }
  if (output.length !== 1 || output[0] !== 1) {
    throw new UserError(
      `discriminator: its output has shape ${text(output)}; it has to end in one logit, for example with { "type": "dense", "units": 1 }.`,
    );
  }
}

/** The shape that a network gives for an input, layer by layer; throws naming the layer that does not fit. */
function outputShape(config: TrainerConfig, network: 'generator' | 'discriminator', input: Shape): Shape {
  let shape = input;
  config[network].forEach((layerConfig, index) => {
    const name = `${network}[${index}] (${layerConfig.type})`;
    try {
      const layer = layers.get(layerConfig.type).create(layerConfig, shape);
      const output = layer.outputShape(shape);
      for (const parameter of layer.parameters(shape))
        checkSize(sizeOf(parameter.shape), `${name}: its ${parameter.name}`);
      // D sees the real and the generated batch as one.
      checkSize(
        2 * config.batchSize * sizeOf(output),
        `${name}: its output over a batch of ${config.batchSize}`,
      );
      shape = output;
    } catch (error) {
      if (!(error instanceof UserError) || error.message.startsWith(name)) throw error;
      throw new UserError(`${name}: ${error.message.replace(`${layerConfig.type}: `, '')}`);
    }
  });
  return shape;
}

/** What a storage binding holds on every WebGPU device: 128 MiB of 32-bit numbers. */
const MAX_NUMBERS = 2 ** 25;

function checkSize(numbers: number, what: string): void {
  if (numbers <= MAX_NUMBERS) return;
  throw new UserError(`${what} has ${numbers} numbers; at most ${MAX_NUMBERS} would do.`);
}

const sameShape = (a: Shape, b: Shape) => a.length === b.length && a.every((length, i) => length === b[i]);
const text = (shape: Shape) => `[${shape.join(', ')}]`;
