// What a picture is of: a trainer's view, and where in the picture its samples lie.

import type { DataSource } from '../../data/source';
import { gridLabels, likelyLabels } from '../../training/labels';
import type { Trainer } from '../../training/trainer';
import type { TrainerView, ViewCondition } from '../../training/view';
import { cellCentres, type Frame, frameOf } from './frame';
import { type Sheet, sheetOf } from './sheet';

/** Points of each kind, from the same noise each time: what moves is G. */
const POINTS = 1024;
const SEED = 1;

interface Chosen {
  /** Shows one class of a conditional run, or all of them; seen with the view's next update. */
  choose(label: number | undefined): void;
}

/** Points on a line or in the plane, over D's field. */
export interface PointSubject extends Chosen {
  readonly kind: 'points';
  readonly frame: Frame;
  readonly view: TrainerView;
  /** Samples of each kind in the view. */
  readonly samples: number;
  readonly data: DataSource;
}

export interface ImageSubject extends Chosen {
  readonly kind: 'images';
  readonly image: NonNullable<DataSource['image']>;
  readonly sheet: Sheet;
  readonly view: TrainerView;
}

export type Subject = PointSubject | ImageSubject;

/** Nothing where the samples can be drawn neither as images nor as points. */
export async function subjectOf(trainer: Trainer): Promise<Subject | undefined> {
  const { data } = trainer.run;
  if (data?.image) {
    const { image } = data;
    const sheet = sheetOf(image, trainer.run.classes);
    const samples = sheet.columns * sheet.rows;
    const chooser = await chooserOf(trainer, samples, gridLabels(sheet), sheet.columns);
    const view = await trainer.createView({ samples, seed: SEED, ...beginning(chooser) });
    return { kind: 'images', image, sheet, view, choose: (label) => chooser && view.choose(chooser(label)) };
  }
  const frame = data && frameOf(data);
  if (!frame) return undefined;
  const field = cellCentres(frame.bounds, frame.columns, frame.rows);
  const all = Uint32Array.from({ length: POINTS }, (_, i) => i % (trainer.run.classes ?? 1));
  const chooser = await chooserOf(trainer, POINTS, all, POINTS, likelyLabels(data, field));
  const view = await trainer.createView({ samples: POINTS, seed: SEED, field, ...beginning(chooser) });
  const choose = (label: number | undefined) => chooser && view.choose(chooser(label));
  return { kind: 'points', frame, data, samples: POINTS, view, choose };
}

/** What a conditional run's picture is made from, with all of its classes or with one. */
type Chooser = (label: number | undefined) => ViewCondition;

/** `all` are the classes of the samples where all are shown, and those with `columns` between them then have the same noise. */
async function chooserOf(
  trainer: Trainer,
  samples: number,
  all: Uint32Array,
  columns: number,
  field = new Uint32Array(),
): Promise<Chooser | undefined> {
  if (!trainer.run.classes) return undefined;
  const noise = await trainer.noise(samples, SEED);
  const period = columns * trainer.config.noise.size;
  const repeated = noise.map((_, i) => noise[i % period]!);
  return (label) =>
    label === undefined
      ? { noise: repeated, labels: all, field }
      : { noise, labels: all.map(() => label), field: field.map(() => label) };
}

const beginning = (chooser: Chooser | undefined) => (chooser ? { condition: chooser(undefined) } : {});
