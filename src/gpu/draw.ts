// What a sampler on the GPU is told: whose random numbers, which draw of them, how many, and where to put them.

import type { Seed } from '../math/philox';
import type { Slot } from './work';

/** The random numbers of one purpose; `draw` is the iteration · stride + offset. */
export interface StreamSettings {
  readonly seed: Seed;
  /** One of `STREAMS`. */
  readonly stream: number;
  /** k for the k discriminator batches of an iteration, whose offsets are 0 … k − 1; else 1. */
  readonly stride: number;
  readonly offset: number;
}

/** One batch to draw: `output` is [batch, …sample shape], row by row. */
export interface Draw {
  /** The iteration, in its first word. */
  readonly clock: Slot;
  readonly output: Slot;
  readonly batch: number;
  readonly stream: StreamSettings;
}
