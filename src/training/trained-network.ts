// A network that is trained: its layers, and the arenas of its parameters, gradients and optimizer's state.

import { clipWeights } from '../../shaders/clipWeights.wgsl';
import { type Arena, layOutArena } from '../gpu/memory';
import { linearGrid, type Slot, type Work, work } from '../gpu/work';
import { optimizers } from '../optimizers';
import { type Optimizer, slowedForLazySteps } from '../optimizers/optimizer';
import { lazyIntervalOf, type TrainerConfig } from './config';
import { clipByNorm } from './gradient-norm';
import { buildNetwork, type Network, type NetworkName } from './network';
import { gradientsOfWeights } from './spectral-norm';
import type { TensorGroup } from './store';

/** A network with its tensors laid out in arenas of one layout: parameters, gradients, and the optimizer's state. */
export interface TrainedNetwork extends Network {
  readonly parameters: Arena;
  readonly gradients: Arena;
  /** ‖gradients‖, where it was last found. */
  readonly gradientNorm: Slot;
  readonly state: Readonly<Record<string, Arena>>;
  /** What the layers keep and nobody trains: running statistics. */
  readonly kept: Arena;
  readonly optimizer: Optimizer;
  /** How long the gradients may be, and how large a weight; no limit where null. */
  readonly clipNorm: number | null;
  readonly weightClip: number | null;
  /** The number of updates so far, in its first word. */
  readonly clock: Slot;
}

/** Parameters, and buffers where there are some: what a network computes with. */
export const keptGroups = ({ parameters, tensors, kept, buffers }: TrainedNetwork): TensorGroup[] => [
  { arena: parameters, specs: tensors },
  ...(buffers.length > 0 ? [{ arena: kept, specs: buffers }] : []),
];

/** Moves the parameters by the gradients that lie in the arena; `lazily` in the second step of an update. */
export function optimize(
  network: TrainedNetwork,
  fault: Slot,
  { lazily = false }: { readonly lazily?: boolean } = {},
): readonly Work[] {
  const { optimizer, clock, parameters, gradients, gradientNorm, state, clipNorm, weightClip } = network;
  const wholeState = Object.fromEntries(Object.entries(state).map(([name, arena]) => [name, arena.whole]));
  return [
    ...gradientsOfWeights(network.spectral),
    ...(clipNorm ? clipByNorm(gradients.whole, gradientNorm, clipNorm) : []),
    ...optimizer.update({
      clock,
      fault,
      parameters: parameters.whole,
      gradients: gradients.whole,
      state: wholeState,
      lazily,
    }),
    ...(weightClip ? [clipWork(parameters.whole, weightClip)] : []),
  ];
}

export function buildTrainedNetwork(
  name: NetworkName,
  config: TrainerConfig,
  input: readonly number[],
): TrainedNetwork {
  const network = buildNetwork(name, config[name], input);
  const { tensors, buffers } = network;
  const updates = config.steps * (name === 'discriminator' ? config.discriminatorSteps : 1);
  const lazyInterval = name === 'discriminator' ? lazyIntervalOf(config) : undefined;
  const optimizerConfig = lazyInterval
    ? slowedForLazySteps(config.optimizer[name], lazyInterval)
    : config.optimizer[name];
  const optimizer = optimizers
    .get(optimizerConfig.type)
    .create(optimizerConfig, { network: name, updates, ...(lazyInterval && { lazyInterval }) });
  const stateArena = (stateName: string) =>
    layOutArena(
      `${name} ${stateName}`,
      tensors.map((tensor) => ({
        name: `optimizer.${tensor.name}.${stateName}`,
        length: tensor.parameter.length,
      })),
    );
  return {
    ...network,
    optimizer,
    clipNorm: config.optimizer[name].clipNorm ?? null,
    weightClip: name === 'discriminator' ? config.weightClip : null,
    parameters: layOutArena(
      `${name} parameters`,
      tensors.map((tensor) => tensor.parameter),
    ),
    gradients: layOutArena(
      `${name} gradients`,
      tensors.map((tensor) => tensor.gradient),
    ),
    gradientNorm: { name: `norm of ${name} gradients`, length: 1 },
    kept: layOutArena(
      `${name} buffers`,
      buffers.map(({ buffer }) => buffer),
    ),
    state: Object.fromEntries(optimizer.stateNames.map((stateName) => [stateName, stateArena(stateName)])),
    clock: { name: `${name} clock`, length: 1 },
  };
}

/** Every number of an arena held between −limit and limit. */
function clipWork(parameter: Slot, limit: number): Work {
  const shape = { count: Math.ceil(parameter.length / 4), limit };
  return work(clipWeights, { parameter, shape }, linearGrid(shape.count, clipWeights), parameter.length);
}
