// How the derivative of a network along a direction of its input changes with its parameters: what the gradient of a penalty
// on that derivative is made of. No layer has second-order kernels but those of what its derivative changes by.

import type { Slot, Work } from '../gpu/work';
import { curvatureChain, type Tape, tangentChain } from '../layers/chain';
import { addedPass } from './gradient-sum';
import type { TrainedNetwork } from './trained-network';

/**
 * Adds to the network's gradients those of Σ ⟨direction, ∂output/∂input⟩ over the batch of a tape, direction held.
 * `outputGrads` are of a backward pass over the tape that wanted the `curvature`, from a gradient of the output that is held too.
 */
export function addDerivativeGrads(
  network: TrainedNetwork,
  tape: Tape,
  outputGrads: readonly (Slot | undefined)[],
  direction: Slot,
): Work[] {
  const { inputTangents, work } = tangentChain(network.layers, tape, direction, { curvature: true });
  const curvature = addedPass(
    network,
    'curvature',
    ({ layers }) => curvatureChain(layers, tape, outputGrads, inputTangents, { input: false }).work,
  );
  return [...work, ...curvature];
}
