// Numbers with a shape, on the CPU.

import type { Shape } from '../layers/layer';

export interface Tensor {
  readonly shape: Shape;
  /** Row major, in PyTorch's layout. */
  readonly data: Float32Array;
}

/** By PyTorch's names: `generator.0.weight`. */
export type Tensors = ReadonlyMap<string, Tensor>;

/** Everything that decides what a run does next. */
export interface TrainerState {
  /** Parameters, and what the optimizers keep: `optimizer.generator.0.weight.exp_avg`. */
  readonly tensors: Tensors;
  /** Updates of each network so far. */
  readonly updates: { readonly discriminator: number; readonly generator: number };
  /** The fingerprint of the data that it was trained on, where they came from files. */
  readonly data?: string;
}
