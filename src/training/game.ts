// What both updates of the game work on: the networks, the batches, and what is recorded of them.

import type { StreamSettings } from '../gpu/draw';
import type { Slot, Work } from '../gpu/work';
import type { Pass } from '../layers/chain';
import { type AuxiliaryClassifier, withClassLoss } from '../losses/auxiliaryClassifier';
import type { LossPlugin } from '../losses/loss';
import type { StreamName } from '../math/streams';
import type { Augmentation, Augmented } from './augment';
import type { AveragedNetwork } from './average-network';
import type { TrainerConfig } from './config';
import type { LabelSlots } from './labels';
import type { MetricsSlots } from './metrics';
import type { TrainedNetwork } from './trained-network';

export interface Game {
  readonly config: TrainerConfig;
  readonly generator: TrainedNetwork;
  readonly discriminator: TrainedNetwork;
  readonly loss: LossPlugin;
  /** Numbers of one sample. */
  readonly sampleSize: number;
  /** [2 · batch, …sample]: real samples, and generated ones behind them, as D judges both in one pass. */
  readonly real: Slot;
  readonly discriminatorNoise: Slot;
  readonly generatorNoise: Slot;
  /** [batch, …sample]: the real samples of G's update, where the loss is of pairs. */
  readonly generatorReal: Slot | undefined;
  /** [batch]: how much of a real sample is in a point between it and a generated one, where a penalty asks for such. */
  readonly epsilon: Slot;
  /** The classes of samples, in a conditional run. */
  readonly labels: LabelSlots | undefined;
  /** What D ends in beside its logit. */
  readonly auxiliary: AuxiliaryClassifier | undefined;
  /** [batch, 4]: what a loss leaves to be recorded. */
  readonly terms: Slot;
  readonly record: MetricsSlots;
  readonly average: AveragedNetwork | undefined;
  readonly augmentation: Augmentation | undefined;
  /** Random numbers of the run by what they are for. */
  stream(name: StreamName): StreamSettings;
}

/** `count` samples as D sees them in an update of `network`, and the way back: as they are where nothing is done to them. */
export function seen(
  { augmentation, stream }: Game,
  samples: Slot,
  count: number,
  network: TrainedNetwork,
  name: StreamName,
): Augmented {
  return augmentation
    ? augmentation.see(samples, count, { clock: network.clock, stream: stream(name) })
    : { output: samples, work: [], back: (outputGrad) => ({ inputGrad: outputGrad, work: [] }) };
}

/** A pass that trains, in an update of `network`, whose number its random numbers go by; `labels` are the samples'. */
export const trainingPass = (
  game: Game,
  network: TrainedNetwork,
  name: StreamName,
  labels: Slot | undefined,
): Pass => ({
  mode: 'train',
  random: { clock: network.clock, stream: game.stream(name) },
  labels,
});

/**
 * The work of a loss on what D said, `outputs`, and its gradient by that, `outputsGrad`: `loss` describes the part that is of
 * logits, beside which an auxiliary classifier has its own.
 */
export function lossWork(
  { auxiliary, terms, config }: Game,
  slots: { readonly outputs: Slot; readonly outputsGrad: Slot; readonly labels: Slot | undefined },
  loss: (logits: Slot, logitsGrad: Slot) => readonly Work[],
): readonly Work[] {
  const { outputs, outputsGrad, labels } = slots;
  if (!auxiliary) return loss(outputs, outputsGrad);
  return withClassLoss(
    auxiliary,
    { batch: config.batchSize, outputs, outputsGrad, labels: labels!, terms },
    loss,
  );
}
