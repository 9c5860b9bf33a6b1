// A run's memory on the GPU: who gets which buffers, and what they add up to.

import type { Memory } from '../gpu/memory';
import type { Slot } from '../gpu/work';
import type { CompiledRun } from './compile';

/** Fixed places for what outlives a plan, shared ones for the rest, whose bytes are returned. */
export function allocateRun(run: CompiledRun, memory: Memory): number {
  for (const network of [run.generator, run.discriminator]) {
    const { parameters, gradients, state, kept } = network;
    for (const arena of [parameters, gradients, ...Object.values(state), kept]) memory.allocateArena(arena);
    memory.allocate(network.clock);
    memory.allocate(network.gradientNorm);
  }
  for (const { arena } of run.average?.groups ?? []) memory.allocateArena(arena);
  if (run.augmentation) memory.allocateArena(run.augmentation.group.arena);
  for (const slot of [run.history, run.fault, ...Object.values(run.tables)]) memory.allocate(slot);
  // An update finds its batches there, drawn or given, and needs them no longer than its first layers do.
  const { real, discriminatorNoise, generatorNoise, generatorReal, epsilon, labels } = run;
  const lazy = run.lazyUpdateDiscriminator;
  const given = (...slots: (Slot | undefined)[]) => ({
    bindings: Object.fromEntries(slots.flatMap((slot) => (slot ? [[slot.name, slot]] : []))),
  });
  const forDiscriminator = given(real, discriminatorNoise, epsilon, labels?.judged, labels?.discriminator);
  return memory.allocateTransient('activations', [
    [forDiscriminator, ...run.drawForDiscriminator, ...run.updateDiscriminator],
    ...(lazy ? [[forDiscriminator, ...run.drawForDiscriminator, ...lazy.work]] : []),
    [
      given(generatorNoise, generatorReal, labels?.generator),
      ...run.drawForGenerator,
      ...run.updateGenerator,
    ],
    run.measure,
  ]);
}

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
  /** Batches, what updates leave for their backward passes and hand from layer to layer, partial sums: in buffers shared by turns. */
  readonly activations: number;
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
  { activations, total }: Pick<MemoryReport, 'activations' | 'total'>,
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
    data: bytes(Object.values(run.tables)),
  };
  const sum = Object.values(known).reduce((a, b) => a + b, 0);
  return { ...known, other: total - sum, total };
}
