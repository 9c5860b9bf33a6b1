// What the training worker and the worker that scores its images say to each other.

import type { ImageScores } from '../scores/image-scores';
import type { Pictures } from '../scores/pictures';

export interface ScoringTask {
  readonly generated: Pictures;
  /** Two sets of the data that have nothing to do with each other. */
  readonly real: Pictures;
  readonly otherReal: Pictures;
}

export type ScoringAnswer = { readonly scores: ImageScores } | { readonly error: string };
