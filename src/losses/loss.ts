// The contract of a loss: from D's logits to what D and G minimise, and its gradient.

import { linearGrid, type Slot, type Work, work } from '../gpu/work';
import type { Kernel } from '../wgsl/kernel';

type LossShapes = {
  readonly logits: 'read';
  readonly logitsGrad: 'readWrite';
  readonly terms: 'readWrite';
  readonly shape: { readonly batch: 'u32' };
};

/** The entry points of `shaders/lib/loss.wgsl` as a loss's own file instantiates them. */
export interface LossKernels {
  readonly discriminatorLoss: Kernel<LossShapes>;
  readonly generatorLoss: Kernel<LossShapes>;
}

export interface LossSlots {
  readonly batch: number;
  /** D's update: [2 · batch], real first. G's update: [batch]. */
  readonly logits: Slot;
  readonly logitsGrad: Slot;
  /** [batch, 4]: loss, V's integrand, D(x) and D(G(z)) of each pair. */
  readonly terms: Slot;
}

export interface LossPlugin {
  readonly type: string;
  discriminator(slots: LossSlots): readonly Work[];
  generator(slots: LossSlots): readonly Work[];
  /** The same in float64, for one pair of logits: what D minimises the mean of, and what G does. */
  readonly reference: {
    discriminator(real: number, fake: number): number;
    generator(fake: number): number;
  };
}

interface LossDefinition {
  readonly type: string;
  readonly kernels: LossKernels;
  readonly reference: LossPlugin['reference'];
}

export function defineLoss({ type, kernels, reference }: LossDefinition): LossPlugin {
  const describe =
    (kernel: Kernel<LossShapes>) =>
    ({ batch, logits, logitsGrad, terms }: LossSlots): Work[] => [
      work(kernel, { logits, logitsGrad, terms, shape: { batch } }, linearGrid(batch, kernel), 16 * batch),
    ];
  return {
    type,
    discriminator: describe(kernels.discriminatorLoss),
    generator: describe(kernels.generatorLoss),
    reference,
  };
}
