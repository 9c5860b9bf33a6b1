// Sliced Wasserstein distance between patches of Laplacian pyramids (Karras, Aila, Laine and Lehtinen 2018, section 5):
// whether two sets of pictures have the same textures, at each scale, without any network that was trained.
//
// Of every picture and level of its pyramid, 7 × 7 neighbourhoods at random places; of all of a set's together, each
// channel is brought to mean 0 and deviation 1. The distance of two sets of such descriptors is the mean over random
// directions of the one-dimensional Wasserstein distance of their projections: the mean |difference| once sorted.

import { normals, philox, seedWords } from '../math/philox';
import { STREAMS } from '../math/streams';
import { type Pictures, pictureCount, pictureSize } from './pictures';
import { laplacianPyramid, type Plane } from './pyramid';

export interface SlicedWassersteinOptions {
  /** Most neighbourhoods of a set at each level. Karras et al. take 128 of each of 16,384 pictures. */
  readonly patches?: number;
  /** Random directions; Karras et al. take 512. */
  readonly directions?: number;
}

const SIDE = 7;
/** The coarsest level: Karras et al. go down to 16 × 16, pictures of 28 × 28 to 14 × 14. */
const LEAST_SIDE = 14;
/** Places and directions are the same at each call, so that scores can be compared. */
const SEED = seedWords(0);

/**
 * The distance of each set from the reference, times 1000 as Karras et al. print it: mean over the pyramid's levels. All
 * sets have as many pictures of one size. Two samples of one distribution are not at 0, but at what so few patches differ
 * by: hold it against the distance of two sets that are real.
 */
export function slicedWasserstein(
  reference: Pictures,
  sets: readonly Pictures[],
  { patches = 2 ** 14, directions = 128 }: SlicedWassersteinOptions = {},
): number[] {
  const count = pictureCount(reference);
  for (const set of sets) {
    if (pictureCount(set) !== count || pictureSize(set) !== pictureSize(reference))
      throw new RangeError('Only sets of as many pictures of one size can be compared.');
  }
  const perPicture = Math.min(128, Math.max(1, Math.floor(patches / count)));
  const sums = sets.map(() => 0);
  const levels = levelsOf(reference);
  const length = SIDE * SIDE * reference.channels;
  const [first, ...others] = [reference, ...sets].map((set) => descriptors(set, levels, perPicture));
  for (let level = 0; level < levels; level++) {
    for (let d = 0; d < directions; d++) {
      const direction = unitVector(length, level * directions + d);
      const own = project(first![level]!, direction).sort();
      others.forEach((other, i) => {
        const sorted = project(other[level]!, direction).sort();
        let distance = 0;
        for (let k = 0; k < own.length; k++) distance += Math.abs(own[k]! - sorted[k]!);
        sums[i]! += distance / own.length;
      });
    }
  }
  return sums.map((sum) => (1000 * sum) / (levels * directions));
}

/** At least one, where a picture is smaller than a level should be. */
function levelsOf({ height, width }: Pictures): number {
  let side = Math.min(height, width);
  if (side < SIDE)
    throw new RangeError(`Pictures of ${width} × ${height} have no ${SIDE} × ${SIDE} patches.`);
  let levels = 1;
  for (; Math.ceil(side / 2) >= LEAST_SIDE; side = Math.ceil(side / 2)) levels++;
  return levels;
}

/** For each level [count · perPicture, channels · 7 · 7], normalised. */
function descriptors(set: Pictures, levels: number, perPicture: number): Float32Array[] {
  const { channels, height, width, pixels } = set;
  const count = pictureCount(set);
  const patch = SIDE * SIDE;
  const all = Array.from({ length: levels }, () => new Float32Array(count * perPicture * channels * patch));
  for (let i = 0; i < count; i++) {
    const pyramids: Plane[][] = Array.from({ length: channels }, (_, channel) => {
      const start = (i * channels + channel) * height * width;
      return laplacianPyramid(
        { height, width, pixels: pixels.subarray(start, start + height * width) },
        levels,
      );
    });
    for (let level = 0; level < levels; level++) {
      for (let p = 0; p < perPicture; p++) {
        const [a, b] = philox([i, level, STREAMS.scorePatches, p], SEED);
        for (let channel = 0; channel < channels; channel++) {
          const plane = pyramids[channel]![level]!;
          const top = a % (plane.height - SIDE + 1);
          const left = b % (plane.width - SIDE + 1);
          const at = ((i * perPicture + p) * channels + channel) * patch;
          for (let y = 0; y < SIDE; y++) {
            const from = (top + y) * plane.width + left;
            for (let x = 0; x < SIDE; x++) all[level]![at + y * SIDE + x] = plane.pixels[from + x]!;
          }
        }
      }
    }
  }
  for (const level of all) normalise(level, channels);
  return all;
}

/** Each channel to mean 0 and deviation 1 over the whole set; a channel without any deviation to 0. */
function normalise(descriptors: Float32Array, channels: number): void {
  const patch = SIDE * SIDE;
  const each = (channel: number, visit: (at: number) => void) => {
    for (let start = channel * patch; start < descriptors.length; start += channels * patch)
      for (let at = start; at < start + patch; at++) visit(at);
  };
  for (let channel = 0; channel < channels; channel++) {
    const count = descriptors.length / channels;
    let [sum, squares] = [0, 0];
    each(channel, (at) => {
      sum += descriptors[at]!;
    });
    const mean = sum / count;
    each(channel, (at) => {
      squares += (descriptors[at]! - mean) ** 2;
    });
    const deviation = Math.sqrt(squares / count);
    const scale = deviation > 0 ? 1 / deviation : 0;
    each(channel, (at) => {
      descriptors[at] = (descriptors[at]! - mean) * scale;
    });
  }
}

/** Evenly spread over the sphere. */
function unitVector(length: number, draw: number): Float32Array {
  const vector = normals(length, { seed: SEED, stream: STREAMS.scoreDirections, draw });
  const norm = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
  return vector.map((x) => x / norm);
}

function project(descriptors: Float32Array, direction: Float32Array): Float32Array {
  const { length } = direction;
  const output = new Float32Array(descriptors.length / length);
  for (let i = 0; i < output.length; i++) {
    let sum = 0;
    for (let k = 0, at = i * length; k < length; k++, at++) sum += descriptors[at]! * direction[k]!;
    output[i] = sum;
  }
  return output;
}
