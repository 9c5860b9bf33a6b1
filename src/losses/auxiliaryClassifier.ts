// An auxiliary classifier at D's end (ACGAN, Odena et al. 2017, https://arxiv.org/abs/1610.09585): D ends in its logit and one number
// for each class, and both networks want samples to be recognised as what they are.

import { classLoss, takeLogits } from '../../shaders/auxiliaryClassifier.wgsl';
import { linearGrid, type Slot, type Work, work } from '../gpu/work';

export interface AuxiliaryClassifier {
  readonly classes: number;
  /** Of the cross entropy, beside the loss of the logit. */
  readonly weight: number;
}

export interface AuxiliarySlots {
  readonly batch: number;
  /** D's, [parts · batch, 1 + classes]: of real and generated samples behind each other, or of generated ones alone. */
  readonly outputs: Slot;
  /** As `outputs`: ∂ mean loss / ∂ outputs. */
  readonly outputsGrad: Slot;
  /** u32 [parts · batch]. */
  readonly labels: Slot;
  /** [batch, 4]: what the loss left, to whose first numbers the cross entropies are added. */
  readonly terms: Slot;
}

/**
 * `loss` describes the work of a loss on logits [parts · batch]; around it go the logit's way out of D's outputs, and its gradient's
 * way back into theirs, beside that of weight · Σ cross entropy over the parts.
 */
export function withClassLoss(
  { classes, weight }: AuxiliaryClassifier,
  { batch, outputs, outputsGrad, labels, terms }: AuxiliarySlots,
  loss: (logits: Slot, logitsGrad: Slot) => readonly Work[],
): Work[] {
  const { logits, work: taking } = logitsIn(outputs, classes);
  const rows = logits.length;
  const logitsGrad: Slot = { name: 'gradient of logits alone', length: rows };
  const shape = { batch, parts: rows / batch, classes, weight };
  return [
    ...taking,
    ...loss(logits, logitsGrad),
    work(
      classLoss,
      { outputs, labels, logitsGrad, outputsGrad, terms, shape },
      linearGrid(batch, classLoss),
      5 * outputs.length,
    ),
  ];
}

/** D's logits, [rows], in what it ends in, [rows, 1 + classes]; `classes` 0 where there is nothing else. */
export function logitsIn(outputs: Slot, classes: number): { readonly logits: Slot; readonly work: Work[] } {
  if (classes === 0) return { logits: outputs, work: [] };
  const rows = outputs.length / (1 + classes);
  const logits: Slot = { name: 'logits alone', length: rows };
  const shape = { batch: rows, parts: 1, classes, weight: 0 };
  return { logits, work: [work(takeLogits, { outputs, logits, shape }, linearGrid(rows, takeLogits))] };
}
