// The generator's moving average as a network: the same layers on arenas of their own.

import { type Arena, layOutArena } from '../gpu/memory';
import type { Slot, Work } from '../gpu/work';
import { type AverageConfig, averageWork } from './average';
import { type Network, withSlots } from './network';
import type { TensorGroup } from './store';
import { keptGroups, type TrainedNetwork } from './trained-network';

export interface AveragedNetwork {
  readonly network: Network;
  readonly groups: readonly TensorGroup[];
}

/** Arenas of the same layouts as the network's, and the network on them. */
export function averageOf(network: TrainedNetwork): AveragedNetwork {
  const replaced = new Map<Slot, Slot>();
  const copyOf = (arena: Arena): Arena => {
    const slots = arena.slots.map((slot) => ({ name: `average.${slot.name}`, length: slot.length }));
    for (const [i, slot] of arena.slots.entries()) replaced.set(slot, slots[i]!);
    return layOutArena(`average ${arena.whole.name}`, slots);
  };
  const groups = keptGroups(network).map(({ arena, specs }) => ({ arena: copyOf(arena), specs }));
  return { network: withSlots(network, replaced), groups };
}

/** One step of the average, behind an update of the network. */
export function averageUpdate(
  network: TrainedNetwork,
  { groups }: AveragedNetwork,
  { config, batch, fault }: { readonly config: AverageConfig; readonly batch: number; readonly fault: Slot },
): Work[] {
  const tensors = [network.parameters, network.kept];
  return groups.map(({ arena }, i) =>
    averageWork(config, batch, {
      clock: network.clock,
      fault,
      tensor: tensors[i]!.whole,
      average: arena.whole,
    }),
  );
}
