// Whether two contestants did the same mathematics: from the same weights, on the same batches, to the same weights.

import { fixedBatches } from './batches';
import type { Contestant, Run } from './contestant';
import { makePictures, pixelValue } from './pictures';
import {
  type Batch,
  initialWeights,
  type PictureData,
  type Problem,
  type RingData,
  type Weights,
} from './problem';

/**
 * Largest error allowed, relative to the change. Correct contestants differ by 1e-5 after one iteration, which is float32's
 * rounding, and of the DCGAN by up to 5e-3 after two: one unit in a million is zero but for rounding, on in one and off in the
 * other, and the norm of a difference takes the root of such shares. A wrong slope, sign, layout or scale is off by far more.
 */
export const TOLERANCE = 0.02;

/**
 * The problem as it is compared: with an ε that is as large as gradients are. Adam's own makes of every gradient, however
 * small, a step of the learning rate, so that of those near zero rounding would decide the direction; this one leaves small
 * ones small, and shows a wrong scale in the first step.
 */
const compared = (problem: Problem): Problem => ({ ...problem, epsilon: 1e-3 });

/** The weights after the fixed batches. */
export async function weightsAfterFixedBatches(contestant: Contestant, problem: Problem): Promise<Weights> {
  const run = await contestant.start(compared(problem), initialWeights(problem));
  try {
    // Over several iterations the moments and their corrections come in.
    for (const batch of fixedBatches(problem, problem.comparedIterations)) await run.stepOn(batch);
    return await run.weights();
  } finally {
    await run.dispose();
  }
}

export interface Disagreement {
  readonly tensor: string;
  /** ‖other − ours‖ / ‖ours − before‖; infinite where a tensor is missing, misshapen or not finite. */
  readonly error: number;
}

/** The tensor in which two sets of weights differ most, relative to how far ours moved from `before`. */
export function worstDisagreement(before: Weights, ours: Weights, others: Weights): Disagreement {
  let worst: Disagreement = { tensor: '', error: 0 };
  // Of what was started with: running statistics, which ours may bring along, decide nothing while training.
  for (const [tensor, { data: start }] of before) {
    const [our, other] = [ours.get(tensor)?.data, others.get(tensor)?.data];
    let difference =
      our?.length === start.length && other?.length === start.length ? 0 : Number.POSITIVE_INFINITY;
    let change = 0;
    if (our && other && Number.isFinite(difference)) {
      for (const [index, value] of our.entries()) {
        const apart = (other[index]! - value) ** 2;
        difference = Number.isFinite(apart) ? difference + apart : Number.POSITIVE_INFINITY;
        change += (value - start[index]!) ** 2;
      }
    }
    const error = difference === 0 ? 0 : Math.sqrt(difference / (Number.isFinite(change) ? change : 0));
    if (error >= worst.error) worst = { tensor, error };
  }
  return worst;
}

/** Says what is wrong with a contestant's own batches, from `count` of them; nothing where all is well. */
export async function faultOfDraws(run: Run, problem: Problem, count: number): Promise<string | undefined> {
  if (!run.draw) return undefined;
  const batches: Batch[] = [];
  for (let index = 0; index < count; index++) {
    batches.push(await run.draw());
    await run.advance(1);
  }
  return faultOfBatches(problem, batches);
}

/** The moments of the noise against the standard normal's, within five standard errors, and the real samples. */
export function faultOfBatches({ data }: Problem, batches: readonly Batch[]): string | undefined {
  const noises = batches.flatMap((batch) => [...batch.discriminatorNoise, ...batch.generatorNoise]);
  const mean = average(noises);
  const variance = average(noises.map((z) => z * z)) - mean * mean;
  if (!(Math.abs(mean) < 5 / Math.sqrt(noises.length))) return `its noise has the mean ${mean.toFixed(3)}`;
  if (!(Math.abs(variance - 1) < 5 * Math.sqrt(2 / noises.length))) {
    return `its noise has the variance ${variance.toFixed(3)}`;
  }
  const reals = batches.map(({ real }) => real);
  return data.kind === 'ring' ? faultOfRing(data, reals) : faultOfPictures(data, reals);
}

/** The moments of the points against the ring's, within five standard errors. */
function faultOfRing(
  { modes, radius, standardDeviation }: RingData,
  reals: readonly Float32Array[],
): string | undefined {
  const visits = new Array<number>(modes).fill(0);
  const distances: number[] = [];
  for (const real of reals) {
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

/** Whether every sample is one of the pictures, and they are drawn about evenly: from both halves of the set. */
function faultOfPictures(data: PictureData, reals: readonly Float32Array[]): string | undefined {
  const size = data.side ** 2;
  const pixels = makePictures(data);
  const places = new Map<string, number>();
  const key = (bytes: Iterable<number>) => String.fromCharCode(...bytes);
  for (let index = 0; index < data.count; index++) {
    places.set(key(pixels.subarray(index * size, (index + 1) * size)), index);
  }
  const drawn: number[] = [];
  for (const real of reals) {
    for (let at = 0; at < real.length; at += size) {
      const sample = real.subarray(at, at + size);
      const bytes = Array.from(sample, (value) => Math.round((value + 1) * 127.5));
      const place = places.get(key(bytes));
      if (place === undefined || sample.some((value, i) => Math.abs(value - pixelValue(bytes[i]!)) > 1e-6)) {
        return 'its real samples are not the pictures that it was given';
      }
      drawn.push(place / data.count);
    }
  }
  // The mean of uniform places has the variance 1/12n.
  if (!(Math.abs(average(drawn) - 0.5) < 5 / Math.sqrt(12 * drawn.length))) {
    return `its pictures are drawn from around ${average(drawn).toFixed(2)} of the set`;
  }
  return undefined;
}

const average = (numbers: readonly number[]) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
