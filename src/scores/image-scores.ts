// All scores of generated pictures that need no network, each beside what other real pictures score.

import { thumbnails } from './features';
import { compareManifolds, type ManifoldScores, manifoldOf } from './manifold';
import { type Pictures, pictureCount } from './pictures';
import { type SlicedWassersteinOptions, slicedWasserstein } from './sliced-wasserstein';

type Beside<Scores> = Scores & { readonly [Name in keyof Scores as `${Name & string}Real`]: number };

/** `…Real` is the same measure of other real pictures, which no generator is better than but by chance. */
export interface ImageScores extends Beside<ManifoldScores> {
  /** Sliced Wasserstein distance of patches, times 1000. 0 is best. */
  readonly swd: number;
  readonly swdReal: number;
}

/** Of each kind at least this many. */
export const LEAST_PICTURES = 16;

/**
 * Scores generated pictures against real ones, and other real ones against the same: as many of each, of one size. 2,000
 * pictures of 28 × 28 take a few seconds, 500 half a second.
 * @throws RangeError for sets that differ in number or size, or have fewer than 16 pictures
 */
export function scoreImages(
  generated: Pictures,
  real: Pictures,
  otherReal: Pictures,
  options: SlicedWassersteinOptions = {},
): ImageScores {
  if (pictureCount(real) < LEAST_PICTURES)
    throw new RangeError(`${pictureCount(real)} pictures say nothing; at least ${LEAST_PICTURES} would do.`);
  const [swd, swdReal] = slicedWasserstein(real, [generated, otherReal], options);
  const manifold = manifoldOf(thumbnails(real));
  const compare = (pictures: Pictures) => compareManifolds(manifold, manifoldOf(thumbnails(pictures)));
  const [own, other] = [compare(generated), compare(otherReal)];
  return {
    swd: swd!,
    swdReal: swdReal!,
    precision: own.precision,
    precisionReal: other.precision,
    recall: own.recall,
    recallReal: other.recall,
    density: own.density,
    densityReal: other.density,
    coverage: own.coverage,
    coverageReal: other.coverage,
  };
}
