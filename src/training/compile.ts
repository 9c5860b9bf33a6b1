// From a configuration to lists of work: what one update of D and one of G do, on which slots.

import { drawNoise } from '../../shaders/unitNoise.wgsl';
import { dataSources } from '../data';
import type { DataContent, DataSource, TableSlots } from '../data/source';
import type { Slot, Work } from '../gpu/work';
import { sizeOf } from '../layers/layer';
import { losses } from '../losses';
import { seedWords } from '../math/philox';
import { STREAMS, type StreamName } from '../math/streams';
import { noises } from '../noise';
import { type NoiseSource, noiseWork } from '../noise/noise';
import { Augmentation } from './augment';
import { type AveragedNetwork, averageOf } from './average-network';
import { lazyIntervalOf, type TrainerConfig } from './config';
import { discriminatorUpdate } from './discriminator-update';
import { FAULT_WORDS } from './fault';
import type { Game } from './game';
import { generatorUpdate } from './generator-update';
import { gradientNorm } from './gradient-norm';
import { checkClasses, classesIn, type LabelSlots, randomLabels } from './labels';
import { HISTORY_WORDS } from './metrics';
import { mixes } from './penalize';
import { buildTrainedNetwork, type TrainedNetwork } from './trained-network';

/** A run as slots and work, before any buffer exists. */
export interface CompiledRun {
  readonly generator: TrainedNetwork;
  readonly discriminator: TrainedNetwork;
  readonly noise: NoiseSource;
  readonly data: DataSource | undefined;
  /** Constant tables of the data source, with their slots. */
  readonly tables: TableSlots;
  /** The generator on averaged weights, with those; what samples come from where there is one. */
  readonly average: AveragedNetwork | undefined;
  readonly augmentation: Augmentation | undefined;
  /** [batch, …sample], maybe more behind: the real batch of the last update of D. */
  readonly real: Slot;
  readonly discriminatorNoise: Slot;
  readonly generatorNoise: Slot;
  /** [batch, …sample]: the real batch of the last update of G, where the loss is of pairs. */
  readonly generatorReal: Slot | undefined;
  /** [batch]: drawn where a penalty looks between real and generated samples. */
  readonly epsilon: Slot | undefined;
  /** How many classes the networks are told of, and those of the samples, in a conditional run. */
  readonly classes: number | undefined;
  readonly labels: LabelSlots | undefined;
  /** Numbers that D ends in beside its logit: one for each class where there is an auxiliary classifier. */
  readonly classLogits: number;
  readonly history: Slot;
  readonly fault: Slot;
  /** Draws of an update, apart from the update: a replayed run brings its batches. */
  readonly drawForDiscriminator: readonly Work[];
  readonly drawForGenerator: readonly Work[];
  readonly updateDiscriminator: readonly Work[];
  /** In place of the first update of D and every `interval`-th from there, where there are penalties that come so often. */
  readonly lazyUpdateDiscriminator: { readonly interval: number; readonly work: readonly Work[] } | undefined;
  readonly updateGenerator: readonly Work[];
  /** What is found of the last updates when somebody reads the metrics: the norms of their gradients. */
  readonly measure: readonly Work[];
}

/** `content` is what the data source of the configuration needs beside it. */
export function compileRun(config: TrainerConfig, content?: DataContent): CompiledRun {
  const { batchSize: batch } = config;
  const generator = buildTrainedNetwork('generator', config, [config.noise.size]);
  const discriminator = buildTrainedNetwork('discriminator', config, generator.output);
  const noise = noises.get(config.noise.type).create(config.noise);
  const data = config.data && dataSources.get(config.data.source).create(config.data, content);
  const tables = Object.fromEntries(
    Object.entries(data?.tables ?? {}).map(([name, table]) => [
      name,
      { name: `data ${name}`, length: table.length },
    ]),
  );
  const classes = classesIn(generator);
  const labelSlot = (of: string, length: number): Slot => ({ name: `labels of ${of}`, length });
  const labels: LabelSlots | undefined = classes
    ? {
        judged: labelSlot('judged samples', 2 * batch),
        discriminator: labelSlot('D’s update', batch),
        generator: labelSlot('G’s update', batch),
      }
    : undefined;
  const auxiliary =
    config.auxiliaryClassifier && classes ? { classes, ...config.auxiliaryClassifier } : undefined;
  const loss = losses.get(config.loss);
  const sampleSize = sizeOf(generator.output);
  const history: Slot = { name: 'metrics history', length: HISTORY_WORDS };
  const fault: Slot = { name: 'fault', length: FAULT_WORDS };
  const terms: Slot = { name: 'loss terms', length: 4 * batch };
  const noiseSlot = (name: string): Slot => ({ name, length: batch * noise.size });
  const game: Game = {
    config,
    generator,
    discriminator,
    loss,
    sampleSize,
    real: { name: 'samples', length: 2 * batch * sampleSize },
    discriminatorNoise: noiseSlot('discriminator noise'),
    generatorNoise: noiseSlot('generator noise'),
    generatorReal: loss.paired ? { name: 'real of G’s update', length: batch * sampleSize } : undefined,
    epsilon: { name: 'epsilon', length: batch },
    labels,
    auxiliary,
    terms,
    record: {
      terms,
      history,
      fault,
      discriminatorClock: discriminator.clock,
      generatorClock: generator.clock,
    },
    average: config.average ? averageOf(generator) : undefined,
    augmentation: config.augment ? new Augmentation(config.augment, generator.output) : undefined,
    stream: (name) => ({ seed: seedWords(config.seed), stream: STREAMS[name], stride: 1, offset: 0 }),
  };
  const { real, discriminatorNoise, generatorNoise, generatorReal, average, stream } = game;
  const epsilon = mixes(game) ? game.epsilon : undefined;
  const interval = lazyIntervalOf(config);
  /** The classes of a real batch, by the same draw. */
  const realLabels = (clock: Slot, output: Slot, name: StreamName): readonly Work[] => {
    if (!data || !classes) return [];
    checkClasses(classes, data, config.data!.source);
    return data.drawLabels!({ clock, output, batch, stream: stream(name), tables });
  };
  /** The classes of generated samples: the real ones' where the loss is of pairs, whose halves are to be alike but for that. */
  const generatedLabels = (
    clock: Slot,
    output: Slot,
    name: StreamName,
    real: StreamName,
  ): readonly Work[] => {
    if (!data || !classes) return [];
    if (loss.paired) return realLabels(clock, output, real);
    return [randomLabels(classes, { clock, output, batch, stream: stream(name) })];
  };

  return {
    generator,
    discriminator,
    average,
    augmentation: game.augmentation,
    noise,
    data,
    tables,
    real,
    discriminatorNoise,
    generatorNoise,
    generatorReal,
    epsilon,
    classes,
    labels,
    classLogits: auxiliary?.classes ?? 0,
    history,
    fault,
    drawForDiscriminator: [
      ...(data?.draw({
        clock: discriminator.clock,
        output: real,
        batch,
        stream: stream('data'),
        tables,
      }) ?? []),
      ...(labels
        ? [
            ...realLabels(discriminator.clock, labels.judged, 'data'),
            ...generatedLabels(discriminator.clock, labels.discriminator, 'discriminatorLabels', 'data'),
          ]
        : []),
      ...noise.draw({
        clock: discriminator.clock,
        output: discriminatorNoise,
        batch,
        stream: stream('discriminatorNoise'),
      }),
      ...(epsilon
        ? [
            noiseWork(
              drawNoise,
              { clock: discriminator.clock, output: epsilon, batch, stream: stream('penaltyPoints') },
              batch,
              4,
            ),
          ]
        : []),
    ],
    drawForGenerator: [
      ...(generatorReal && data
        ? data.draw({
            clock: generator.clock,
            output: generatorReal,
            batch,
            stream: stream('generatorData'),
            tables,
          })
        : []),
      ...(labels
        ? generatedLabels(generator.clock, labels.generator, 'generatorLabels', 'generatorData')
        : []),
      ...noise.draw({
        clock: generator.clock,
        output: generatorNoise,
        batch,
        stream: stream('generatorNoise'),
      }),
    ],
    updateDiscriminator: discriminatorUpdate(game),
    lazyUpdateDiscriminator:
      interval === undefined ? undefined : { interval, work: discriminatorUpdate(game, { lazily: true }) },
    updateGenerator: generatorUpdate(game),
    // Clipping has found the norm already, before it changed it.
    measure: [discriminator, generator]
      .filter(({ clipNorm }) => !clipNorm)
      .flatMap(({ gradients, gradientNorm: norm }) => gradientNorm(gradients.whole, norm)),
  };
}

/** Multiply-adds that make a dispatch worth waking an adapter's threads for: about ten times what waking them costs. */
const HEAVY_FLOPS = 1e6;

/** True where an iteration's dispatches are large rather than many: networks on images, as against points. */
export function isHeavy({ updateDiscriminator, updateGenerator }: CompiledRun): boolean {
  const list = [...updateDiscriminator, ...updateGenerator];
  return list.reduce((sum, { flops }) => sum + flops, 0) > HEAVY_FLOPS * list.length;
}
