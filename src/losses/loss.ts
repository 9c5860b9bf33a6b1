// The contract of a loss: from D's logits to what D and G minimise, and its gradient.

import { linearGrid, type Slot, type Work, work } from '../gpu/work';
import type { Kernel } from '../wgsl/kernel';

type LossShapes = {
  readonly logits: 'read';
  readonly logitsGrad: 'readWrite';
  readonly terms: 'readWrite';
  readonly shape: { readonly batch: 'u32'; readonly smoothing: 'f32' };
};

/** The entry points of `shaders/lib/loss.wgsl` as a loss's own file instantiates them. */
export interface LossKernels {
  readonly discriminatorLoss: Kernel<LossShapes>;
  readonly generatorLoss: Kernel<LossShapes>;
}

export interface LossSlots {
  readonly batch: number;
  /** D's update: [2 · batch], real first. G's update: [batch] of generated samples, or as D's where the loss is `paired`. */
  readonly logits: Slot;
  /** D's update: as `logits`. G's update: [batch]. */
  readonly logitsGrad: Slot;
  /** [batch, 4]: loss, V's integrand, D(x) and D(G(z)) of each pair. */
  readonly terms: Slot;
  /** One-sided label smoothing: the target of a real sample is 1 less this. 0 where absent. */
  readonly smoothing?: number;
}

export interface LossPlugin {
  readonly type: string;
  /** What it is for, in a sentence, and what D and G minimise the means of, with r = D(x) and f = D(G(z)) the logits. */
  readonly summary: string;
  readonly formula: string;
  /** What is proved of its best D, with p the density of the data and q of G’s samples. */
  readonly theory: string;
  /** Whether G's loss is of pairs of a real and a generated sample: its update draws real ones then. */
  readonly paired: boolean;
  /** Whether it is a cross entropy, whose labels can be smoothed. */
  readonly hasLabels: boolean;
  /** Whether a logit above 0 says that D takes the sample for real; else only differences of logits say something. */
  readonly signTells: boolean;
  /** The least that D can lose where it cannot tell real from generated, of 0 where it can; undefined where it may win without end. */
  readonly indifferent?: number;
  discriminator(slots: LossSlots): readonly Work[];
  generator(slots: LossSlots): readonly Work[];
  /** The same in float64, for one pair of logits: what D minimises the mean of, and what G does. */
  readonly reference: {
    discriminator(real: number, fake: number): number;
    generator(fake: number, real: number): number;
  };
}

interface LossDefinition {
  readonly type: string;
  readonly summary: string;
  readonly formula: string;
  readonly theory: string;
  readonly paired?: boolean;
  readonly hasLabels?: boolean;
  readonly signTells?: boolean;
  readonly indifferent?: number;
  readonly kernels: LossKernels;
  readonly reference: LossPlugin['reference'];
}

export function defineLoss(definition: LossDefinition): LossPlugin {
  const { kernels, paired = false, hasLabels = false, signTells = true, ...rest } = definition;
  const describe =
    (kernel: Kernel<LossShapes>) =>
    ({ batch, logits, logitsGrad, terms, smoothing = 0 }: LossSlots): Work[] => [
      work(
        kernel,
        { logits, logitsGrad, terms, shape: { batch, smoothing } },
        linearGrid(batch, kernel),
        16 * batch,
      ),
    ];
  return {
    ...rest,
    paired,
    hasLabels,
    signTells,
    discriminator: describe(kernels.discriminatorLoss),
    generator: describe(kernels.generatorLoss),
  };
}
