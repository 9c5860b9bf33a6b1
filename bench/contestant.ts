// What every competitor brings: its name, and a training run that can be stepped on given or on its own batches.

import type { Batch, Problem, Weights } from './problem';

/** One library on one backend. */
export interface Contestant {
  /** Unique within a runtime: `webgan`, `tfjs-webgpu`, `jax-wasm`. What `--only` selects by. */
  readonly key: string;
  readonly library: string;
  readonly version: string;
  /** What computes: `WebGPU`, `wasm`, `CPU, 2 threads`. */
  readonly backend: string;
  /** Keys of the problems that it takes part in. */
  readonly problems: readonly string[];
  /** Starts a run from the given weights with fresh optimizer moments. */
  start(problem: Problem, weights: Weights): Promise<Run>;
}

/** A run under way. One iteration is a discriminator update, then a generator update. */
export interface Run {
  /** One iteration on a given batch: what the comparison of mathematics uses. */
  stepOn(batch: Batch): Promise<void>;
  /** Iterations on batches that the contestant draws itself; resolves when all of them have been computed. */
  advance(iterations: number): Promise<void>;
  weights(): Promise<Weights>;
  /** A batch as `advance` draws it. Absent where the library's own tests vouch for it. */
  draw?(): Promise<Batch>;
  dispose(): Promise<void>;
}

/** How a runtime waits for the GPU; Node's Dawn needs another way than a browser. */
export type Wait = <T>(promise: Promise<T>) => Promise<T>;
