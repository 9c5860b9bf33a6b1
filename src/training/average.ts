// The exponential moving average of the generator: what its configuration may say, and its work.

import * as v from 'valibot';
import { updateAverage } from '../../shaders/average.wgsl';
import { linearGrid, type Slot, type Work, work } from '../gpu/work';

/** Between them these decide β = ½^(batchSize / h), h = min(halfLife, ramp · images seen before): see average.wgsl. */
export const averageSchema = v.strictObject({
  halfLife: v.pipe(
    v.number('a number of images above 0 would do'),
    v.check((images) => images > 0 && images <= 1e12, 'a number of images above 0 would do'),
    v.description('Images after which the weights of then count half as much.'),
    v.examples([10_000]),
  ),
  ramp: v.optional(
    v.pipe(
      v.number('a number from 0 to 1 would do'),
      v.check((share) => share >= 0 && share <= 1, 'a number from 0 to 1 would do'),
      v.description('The half-life is at most this share of the images seen so far; 0 for no such limit.'),
    ),
    0.05,
  ),
});

export type AverageConfig = v.InferOutput<typeof averageSchema>;

export interface AverageSlots {
  /** The network's number of updates, this one included. */
  readonly clock: Slot;
  readonly fault: Slot;
  /** A whole arena, and one of the same layout that holds its average. */
  readonly tensor: Slot;
  readonly average: Slot;
}

/** One step of the average, behind an update. */
export function averageWork({ halfLife, ramp }: AverageConfig, batch: number, slots: AverageSlots): Work {
  const settings = { count: Math.ceil(slots.tensor.length / 4), batch, halfLife, ramp };
  return work(
    updateAverage,
    { ...slots, settings },
    linearGrid(settings.count, updateAverage),
    3 * slots.tensor.length,
  );
}

/** The float64 twin of `weightOfNew` in average.wgsl: 1 − β behind update t = 1, 2, … */
export function weightOfNew({ halfLife, ramp }: AverageConfig, batch: number, t: number): number {
  const limited = ramp > 0 ? Math.min(halfLife, ramp * (t - 1) * batch) : halfLife;
  return limited > 0 ? 1 - 0.5 ** (batch / limited) : 1;
}
