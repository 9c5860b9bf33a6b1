// What a picture is of: a trainer's view, and where in the picture its samples lie.

import type { DataSource } from '../../data/source';
import type { Trainer } from '../../training/trainer';
import type { TrainerView } from '../../training/view';
import { cellCentres, type Frame, frameOf } from './frame';
import { type Sheet, sheetOf } from './sheet';

/** Points of each kind, from the same noise each time: what moves is G. */
const POINTS = 1024;
const SEED = 1;

/** Points on a line or in the plane, over D's field. */
export interface PointSubject {
  readonly kind: 'points';
  readonly frame: Frame;
  readonly view: TrainerView;
  /** Samples of each kind in the view. */
  readonly samples: number;
  readonly data: DataSource;
}

export interface ImageSubject {
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
    const sheet = sheetOf(image);
    const view = await trainer.createView({ samples: sheet.columns * sheet.rows, seed: SEED });
    return { kind: 'images', image, sheet, view };
  }
  const frame = data && frameOf(data);
  if (!frame) return undefined;
  const field = cellCentres(frame.bounds, frame.columns, frame.rows);
  const view = await trainer.createView({ samples: POINTS, seed: SEED, field });
  return { kind: 'points', frame, data, samples: POINTS, view };
}
