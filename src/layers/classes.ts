// What conditional layers share: their option, their tables of a row a class, and the error of a pass without labels.

import * as v from 'valibot';
import { classSums } from '../../shaders/classSums.wgsl';
import { linearGrid, type Slot, type Work, work } from '../gpu/work';
import { UserError } from '../math/errors';
import { wholeFrom } from '../math/ranges';
import type { ForwardSlots, Layer } from './layer';

/** Schema entry of every layer that is told the classes of samples. */
export const classesEntries = {
  classes: v.pipe(wholeFrom(2, 65_536), v.description('How many classes the data have.'), v.examples([10])),
};

/** The labels of a pass, which whoever makes one for a conditional network has to give. */
export function labelsOf(type: string, { labels }: Pick<ForwardSlots, 'labels'>): Slot {
  if (!labels) throw new Error(`${type}: a pass without labels.`);
  return labels;
}

interface ClassSums {
  /** [rows, stride]; its columns from `first` on are added up. */
  readonly input: Slot;
  readonly labels: Slot;
  /** [classes, columns]; overwritten. */
  readonly sums: Slot;
  readonly rows: number;
  readonly classes: number;
  readonly columns: number;
  readonly stride?: number;
  readonly first?: number;
}

/** The sums of the rows of each class: the gradient of a table. Always adds in the order of rows. */
export function classSumsWork(request: ClassSums): Work {
  const { input, labels, sums, rows, classes, columns, stride = columns, first = 0 } = request;
  const shape = { rows, classes, columns, stride, first };
  const grid = linearGrid(classes * columns, classSums);
  return work(classSums, { input, labels, sums, shape }, grid, rows * columns);
}

/** How many classes some layers are told of, where any is. @throws UserError where two of them disagree. */
export function classesOf(layers: readonly Layer[]): { readonly classes?: number } {
  const [first, ...others] = layers.flatMap(({ classes }) => (classes === undefined ? [] : [classes]));
  const other = others.find((classes) => classes !== first);
  if (other !== undefined)
    throw new UserError(`classes: ${first} and ${other} given; the same for all layers would do.`);
  return first === undefined ? {} : { classes: first };
}
