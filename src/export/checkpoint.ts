// A run's checkpoint as a safetensors file: all that decides what comes next, with the configuration as metadata.

import { UserError } from '../math/errors';
import { parseConfig, type RunConfig } from '../training/config';
import type { Tensor, TrainerState } from '../training/tensor';
import { readSafetensors, type SafeTensor, writeSafetensors } from './safetensors';

const FORMAT = 'webgan checkpoint 1';
const CLOCK = 'clock';

/** The file's bytes: parameters, the optimizers' state, and `clock`, the updates of D and of G so far. */
export function writeCheckpoint(config: RunConfig, { tensors, updates }: TrainerState): Uint8Array {
  const clock = { shape: [2], data: Uint32Array.of(updates.discriminator, updates.generator) };
  return writeSafetensors({
    metadata: new Map([
      ['format', FORMAT],
      ['config', JSON.stringify(config)],
    ]),
    tensors: new Map<string, SafeTensor>([...tensors, [CLOCK, clock]]),
  });
}

/**
 * Reads a checkpoint back.
 * @throws UserError naming the file where it is not one.
 */
export function readCheckpoint(bytes: Uint8Array, file: string): { config: RunConfig; state: TrainerState } {
  const { metadata, tensors } = readSafetensors(bytes, file);
  const clock = tensors.get(CLOCK);
  const text = metadata.get('config');
  if (
    metadata.get('format') !== FORMAT ||
    text === undefined ||
    !(clock?.data instanceof Uint32Array) ||
    clock.data.length !== 2
  ) {
    throw new UserError(
      `${file}: is no checkpoint of webgan; the checkpoint.safetensors of a run's folder would do.`,
    );
  }
  const numbers = [...tensors].filter(
    (entry): entry is [string, Tensor] => entry[1].data instanceof Float32Array,
  );
  const [discriminator, generator] = clock.data as unknown as [number, number];
  try {
    return {
      config: parseConfig(JSON.parse(text)),
      state: { tensors: new Map(numbers), updates: { discriminator, generator } },
    };
  } catch (error) {
    if (error instanceof UserError || error instanceof SyntaxError)
      throw new UserError(`${file}: its configuration: ${error.message}`);
    throw error;
  }
}
