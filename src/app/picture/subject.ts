// What a picture is of: a trainer's view, and where it lies in the plane or on the line.

import type { DataSource } from '../../data/source';
import type { Trainer } from '../../training/trainer';
import type { TrainerView } from '../../training/view';
import { cellCentres, type Frame, frameOf } from './frame';

/** Samples of each kind, from the same noise each time: what moves is G. */
const SAMPLES = 1024;
const SEED = 1;

export interface Subject {
  readonly frame: Frame;
  readonly view: TrainerView;
  /** Samples of each kind in the view. */
  readonly samples: number;
  readonly data: DataSource;
}

/** Nothing where the samples cannot be drawn as points. */
export async function subjectOf(trainer: Trainer): Promise<Subject | undefined> {
  const { data } = trainer.run;
  const frame = data && frameOf(data);
  if (!frame) return undefined;
  const field = cellCentres(frame.bounds, frame.columns, frame.rows);
  return {
    frame,
    data,
    samples: SAMPLES,
    view: await trainer.createView({ samples: SAMPLES, seed: SEED, field }),
  };
}
