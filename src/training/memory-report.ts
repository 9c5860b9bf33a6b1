// What a run's memory on the GPU is used for.

import type { Memory } from '../gpu/memory';
import type { Slot } from '../gpu/work';
import type { CompiledRun } from './compile';

/** Bytes. */
export interface MemoryReport {
  /** Weights of both networks, their gradients, and what the optimizers keep of each (moments). */
  readonly parameters: number;
  readonly gradients: number;
  readonly state: number;
  /** Running statistics. */
  readonly buffers: number;
  /** The averaged generator. */
  readonly average: number;
  /** What the updates leave for their backward passes and hand from layer to layer, in buffers that are shared by turns. */
  readonly activations: number;
  /** The batch that D is shown, and the noise. */
  readonly samples: number;
  /** Tables of the data source: pixels, points. */
  readonly data: number;
  /** Metrics, counters, evaluation and samples that were asked for. */
  readonly other: number;
  readonly total: number;
}

/** `activations` and `total` are known to whoever has allocated them. */
export function reportMemory(
  run: CompiledRun,
  memory: Memory,
  { activations, total }: { readonly activations: number; readonly total: number },
): MemoryReport {
  const networks = [run.generator, run.discriminator];
  const bytes = (slots: readonly Slot[]): number =>
    slots.reduce((sum, slot) => sum + memory.region(slot).size, 0);
  const known = {
    parameters: bytes(networks.map(({ parameters }) => parameters.whole)),
    gradients: bytes(networks.map(({ gradients }) => gradients.whole)),
    state: bytes(networks.flatMap(({ state }) => Object.values(state).map(({ whole }) => whole))),
    buffers: bytes(networks.map(({ kept }) => kept.whole)),
    average: bytes((run.average?.groups ?? []).map(({ arena }) => arena.whole)),
    activations,
    samples: bytes([run.real, run.discriminatorNoise, run.generatorNoise]),
    data: bytes(Object.values(run.tables)),
  };
  const sum = Object.values(known).reduce((a, b) => a + b, 0);
  return { ...known, other: total - sum, total };
}
