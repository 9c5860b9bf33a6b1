// Gradients of several backward passes through one network: each pass overwrites, so the later ones have their own slots
// and are added.

import type { Slot, Work } from '../gpu/work';
import { addWork } from '../layers/slots';
import { type Network, withSlots } from './network';
import type { TrainedNetwork } from './trained-network';

/**
 * The work of one more pass through `network`: `pass` describes it on a network whose gradients are slots of its own, and each
 * is added to the network's as soon as it is complete, so that it need not stay.
 */
export function addedPass(
  network: TrainedNetwork,
  label: string,
  pass: (network: Network) => readonly Work[],
): Work[] {
  const gradients = network.layers.flatMap((layer) => Object.values(layer.gradients));
  const addends = new Map(
    gradients.map((gradient) => [gradient, { name: `${label} ${gradient.name}`, length: gradient.length }]),
  );
  const list = pass(withSlots(network, addends));
  return list.flatMap((item, i) => {
    const complete = [...addends].filter(
      ([, addend]) => binds(item, addend) && !list.slice(i + 1).some((later) => binds(later, addend)),
    );
    return [item, ...complete.map(([sum, addend]) => addWork(sum, addend))];
  });
}

const binds = (item: Work, slot: Slot): boolean => Object.values(item.bindings).includes(slot);
