// Scores of images at each evaluation of a run: few enough samples that training hardly waits for them.

import { dataSources } from '../data';
import type { DataContent } from '../data/source';
import { type ImageScores, LEAST_PICTURES, scoreImages } from '../scores/image-scores';
import { type Pictures, slicePictures } from '../scores/pictures';
import type { RunConfig } from '../training/config';

export interface Scorer {
  /** How many samples it wants. */
  readonly samples: number;
  /** `real` gives so many images of the data. Asked once. */
  prepare(real: (count: number, seed: number) => Promise<Float32Array>): Promise<void>;
  /** Of [samples, channels, height, width]; nothing before it is prepared. */
  score(generated: Float32Array): ImageScores | undefined;
}

const SAMPLES = 512;
/** A quarter second for 28 × 28. `webgan score` takes more of everything. */
const OPTIONS = { patches: 2 ** 13, directions: 64 };

/** Undefined where samples are no images, or the data too few to compare with. */
export function scorerOf(config: RunConfig, { images }: DataContent): Scorer | undefined {
  const { image } = dataSources.get(config.data.source).create(config.data);
  const samples = Math.min(SAMPLES, Math.floor((images?.count ?? Number.POSITIVE_INFINITY) / 2));
  if (!image || samples < LEAST_PICTURES) return undefined;
  let drawn: Pictures | undefined;
  return {
    samples,
    async prepare(real) {
      drawn = { ...image, pixels: await real(2 * samples, config.seed) };
    },
    score(generated) {
      if (!drawn) return undefined;
      const [own, other] = [slicePictures(drawn, 0, samples), slicePictures(drawn, samples)];
      return scoreImages({ ...image, pixels: generated }, own, other, OPTIONS);
    },
  };
}
