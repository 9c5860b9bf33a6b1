// The classes of samples in a conditional run: how many there are, and how those of generated samples are drawn and checked.

import { drawLabels } from '../../shaders/randomLabels.wgsl';
import type { DataSource } from '../data/source';
import type { Draw } from '../gpu/draw';
import { linearGrid, type Slot, type Work, work } from '../gpu/work';
import { layers } from '../layers';
import { classesOf } from '../layers/classes';
import { type Shape, sizeOf } from '../layers/layer';
import { UserError } from '../math/errors';
import { specialize } from '../wgsl/specialize';
import type { TrainerConfig } from './config';
import type { Network } from './network';

/** The labels of an iteration's samples, u32. */
export interface LabelSlots {
  /** [2 · batch]: of the real samples of D's update, then of its generated ones. */
  readonly judged: Slot;
  /** [batch]: of the generated samples of D's update, and of all samples of G's update. */
  readonly discriminator: Slot;
  readonly generator: Slot;
}

/** How many classes a network is told of; undefined where it is not conditional. */
export const classesIn = ({ layers }: Pick<Network, 'layers'>): number | undefined =>
  classesOf(layers.map(({ layer }) => layer)).classes;

/** How many classes the networks of a run are told of; undefined where it is not conditional. */
export const conditionOf = (config: TrainerConfig): number | undefined =>
  classesTold(config, 'generator', [config.noise.size]);

function classesTold(
  config: TrainerConfig,
  network: 'generator' | 'discriminator',
  input: Shape,
): number | undefined {
  let shape = input;
  const built = config[network].map((layerConfig) => {
    const layer = layers.get(layerConfig.type).create(layerConfig, shape);
    shape = layer.outputShape(shape);
    return layer;
  });
  try {
    return classesOf(built).classes;
  } catch (error) {
    throw error instanceof UserError ? new UserError(`${network}: ${error.message}`) : error;
  }
}

/** G is told classes where D looks at them, and of as many; returns how many. */
export function checkConditions(config: TrainerConfig, input: Shape): number | undefined {
  const [own, judged] = [conditionOf(config), classesTold(config, 'discriminator', input)];
  const auxiliary = config.auxiliaryClassifier !== undefined;
  if (own === undefined && (judged !== undefined || auxiliary)) {
    throw new UserError(
      `${auxiliary ? 'auxiliaryClassifier' : 'discriminator'}: looks at the classes of samples, but no layer of the generator is told them; a labelEmbedding as its first layer, or conditionalBatchNorm, would do.`,
    );
  }
  if (own !== undefined && judged === undefined && !auxiliary) {
    throw new UserError(
      'generator: is told classes that the discriminator does not look at; a projection as its last layer would do, or auxiliaryClassifier.',
    );
  }
  if (judged !== undefined && judged !== own) {
    throw new UserError(
      `discriminator: classes ${judged} given, but the generator is told of ${own}; the same for both would do.`,
    );
  }
  return own;
}

/** Fills `draw.output`, [batch], with classes that are all equally likely. */
export function randomLabels(classes: number, { clock, output, batch, stream }: Draw): Work {
  const kernel = specialize(drawLabels, { CLASSES: classes });
  const random = { ...stream, count: batch };
  return work(kernel, { clock, random, labels: output }, linearGrid(batch, drawLabels));
}

/** @throws UserError where the data have no classes, or not as many as the networks are told of. */
export function checkClasses(classes: number, { classes: own, drawLabels }: DataSource, name: string): void {
  if (!drawLabels || own === undefined) {
    throw new UserError(
      `data: the samples of ${name} have no classes, which the networks are told of; labelled images, glyphs or a mixture such as ring would do.`,
    );
  }
  if (own !== classes) {
    throw new UserError(
      `classes: ${classes} given, but the data ${name} have ${own}; ${own} in every layer with classes would do.`,
    );
  }
}

/** The classes that points [n, …sample] most likely are of, where classes are places. */
export function likelyLabels(
  { classAt, shape }: DataSource,
  points: Float32Array,
): Uint32Array<ArrayBuffer> | undefined {
  const size = sizeOf(shape);
  return (
    classAt &&
    Uint32Array.from({ length: points.length / size }, (_, i) =>
      classAt(points.subarray(i * size, (i + 1) * size)),
    )
  );
}

/** Rows of samples that are of a class each, as many in each row, from the same noise in each row. */
export interface ClassGrid {
  readonly rows: number;
  readonly columns: number;
}

/** Classes beyond so many are not in a picture of all. */
const MOST_ROWS = 36;
const COLUMNS = 8;

/** What a picture of all classes has. */
export const classGrid = (classes: number): ClassGrid => ({
  rows: Math.min(classes, MOST_ROWS),
  columns: COLUMNS,
});

/** The classes of the samples of a grid, row by row, the first class first. */
export const gridLabels = ({ rows, columns }: ClassGrid): Uint32Array<ArrayBuffer> =>
  Uint32Array.from({ length: rows * columns }, (_, i) => Math.floor(i / columns));
