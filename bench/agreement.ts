// Whether two contestants did the same mathematics: from the same weights, on the same batches, to the same weights.

import type { Contestant, Run } from './contestant';
import { type Batch, fixedBatches, initialWeights, PROBLEM, type Weights } from './problem';

/**
 * Adam's first update is ± the learning rate whatever the gradient's size, so one iteration shows signs only; over
 * eight the ratios of successive gradients come in, and with them every scale and every bias correction.
 */
const ITERATIONS = 8;

/**
 * Largest error allowed, relative to the largest change of a tensor. Correct contestants differ by some 3e-5, which is
 * float32's rounding; a wrong β, slope, sign or scale is off by far more.
 */
export const TOLERANCE = 0.005;

/** The weights after the fixed batches. */
export async function weightsAfterFixedBatches(contestant: Contestant): Promise<Weights> {
  const run = await contestant.start(initialWeights());
  try {
    for (const batch of fixedBatches(ITERATIONS)) await run.stepOn(batch);
    return await run.weights();
  } finally {
    await run.dispose();
  }
}

export interface Disagreement {
  readonly tensor: string;
  /** max |other − ours| / max |ours − before|; infinite where a tensor is missing, misshapen or not finite. */
  readonly error: number;
}

/** The tensor in which two sets of weights differ most, relative to how far ours moved from `before`. */
export function worstDisagreement(before: Weights, ours: Weights, others: Weights): Disagreement {
  let worst: Disagreement = { tensor: '', error: 0 };
  for (const [tensor, { data }] of ours) {
    const start = before.get(tensor)?.data;
    const other = others.get(tensor)?.data;
    let difference = start && other && other.length === data.length ? 0 : Number.POSITIVE_INFINITY;
    let change = 0;
    if (start && other && Number.isFinite(difference)) {
      for (const [index, value] of data.entries()) {
        const apart = Math.abs(other[index]! - value);
        difference = Number.isFinite(apart) ? Math.max(difference, apart) : Number.POSITIVE_INFINITY;
        change = Math.max(change, Math.abs(value - start[index]!));
      }
    }
    const error = difference === 0 ? 0 : difference / change;
    if (error >= worst.error) worst = { tensor, error };
  }
  return worst;
}

/** Says what is wrong with a contestant's own batches, from the moments of `count` of them; nothing where all is well. */
export async function faultOfDraws(run: Run, count = 8): Promise<string | undefined> {
  if (!run.draw) return undefined;
  const batches: Batch[] = [];
  for (let index = 0; index < count; index++) {
    batches.push(await run.draw());
    await run.advance(1);
  }
  return faultOfBatches(batches);
}

/** The moments of batches against the ring's and the standard normal's, each within five standard errors. */
export function faultOfBatches(batches: readonly Batch[]): string | undefined {
  const { modes, radius, standardDeviation } = PROBLEM;
  const noises = batches.flatMap((batch) => [...batch.discriminatorNoise, ...batch.generatorNoise]);
  const mean = average(noises);
  const variance = average(noises.map((z) => z * z)) - mean * mean;
  if (!(Math.abs(mean) < 5 / Math.sqrt(noises.length))) return `its noise has the mean ${mean.toFixed(3)}`;
  if (!(Math.abs(variance - 1) < 5 * Math.sqrt(2 / noises.length))) {
    return `its noise has the variance ${variance.toFixed(3)}`;
  }
  const visits = new Array<number>(modes).fill(0);
  const distances: number[] = [];
  for (const { real } of batches) {
    for (let index = 0; index < real.length; index += 2) {
      const [x, y] = [real[index]!, real[index + 1]!];
      const mode = Math.round((Math.atan2(y, x) / (2 * Math.PI)) * modes + modes) % modes;
      const angle = (2 * Math.PI * mode) / modes;
      visits[mode] = (visits[mode] ?? 0) + 1;
      distances.push((x - radius * Math.cos(angle)) ** 2 + (y - radius * Math.sin(angle)) ** 2);
    }
  }
  const spread = Math.sqrt(average(distances) / 2);
  if (!(Math.abs(spread / standardDeviation - 1) < 5 / Math.sqrt(4 * distances.length))) {
    return `its real samples lie ${spread.toFixed(4)} from their modes, not ${standardDeviation}`;
  }
  const expected = distances.length / modes;
  if (visits.some((count) => !(Math.abs(count - expected) < 5 * Math.sqrt(expected)))) {
    return `its modes are drawn ${visits.join(', ')} times`;
  }
  return undefined;
}

const average = (numbers: readonly number[]) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
