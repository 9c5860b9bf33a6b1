// What stops a run: the first number that is not finite, with the step and the tensor that it turned up in.

import type { Arena } from '../gpu/memory';
import type { MetricsRow } from './metrics';
import type { NetworkName } from './network';

/** Losses, a gradient or a weight became NaN or infinite. Weights stay as they were before that update. */
export class TrainingFault extends Error {
  override readonly name = 'TrainingFault';

  constructor(
    /** The iteration, from 1. */
    readonly step: number,
    /** `discriminatorLoss`, `grad.generator.0.weight`, `discriminator.2.bias` … */
    readonly tensor: string,
    /** Of the iterations before it, those that nobody has read yet. */
    readonly rows: readonly MetricsRow[] = [],
  ) {
    super(`${tensor} is no longer finite at step ${step}: a smaller learning rate would do.`);
  }
}

/** Words of the fault slot: (update, place) of the discriminator, then of the generator; see `shaders/lib/fault.wgsl`. */
export const FAULT_WORDS = 4;
export const NO_FAULT = new Uint32Array([0, 0xffffffff, 0, 0xffffffff]);

/** The earlier fault of the two networks, if there is one. */
export function readFault(
  words: Uint32Array,
  discriminatorSteps: number,
  arenas: Readonly<Record<NetworkName, { parameters: Arena; gradients: Arena }>>,
): TrainingFault | undefined {
  const [discriminatorUpdate = 0, discriminatorPlace = 0, generatorUpdate = 0, generatorPlace = 0] = words;
  const discriminatorStep = Math.ceil(discriminatorUpdate / discriminatorSteps);
  // In one iteration the discriminator comes first.
  if (discriminatorUpdate > 0 && (generatorUpdate === 0 || discriminatorStep <= generatorUpdate)) {
    return new TrainingFault(
      discriminatorStep,
      placeName('discriminator', discriminatorPlace, arenas.discriminator),
    );
  }
  if (generatorUpdate > 0) {
    return new TrainingFault(generatorUpdate, placeName('generator', generatorPlace, arenas.generator));
  }
  return undefined;
}

/** Place 0 is the loss; then every vec4 of the gradients, then every vec4 of the parameters. */
function placeName(
  network: NetworkName,
  place: number,
  { parameters, gradients }: { parameters: Arena; gradients: Arena },
): string {
  if (place === 0) return `${network}Loss`;
  const vec4s = gradients.whole.length / 4;
  const arena = place - 1 < vec4s ? gradients : parameters;
  const word = 4 * ((place - 1) % vec4s);
  const index = arena.offsets.findLastIndex((offset) => offset <= word);
  return arena.slots[index]!.name;
}
