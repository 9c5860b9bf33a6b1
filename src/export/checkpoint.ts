// A run's checkpoint as a safetensors file: all that decides what comes next, with the configuration as metadata.

import { fingerprintOf, type ImageSet } from '../data/image-set';
import { UserError } from '../math/errors';
import { parseConfig, type RunConfig } from '../training/config';
import type { Tensor, TrainerState } from '../training/tensor';
import type { Trainer } from '../training/trainer';
import { readSafetensors, readSafetensorsMetadata, type SafeTensor, writeSafetensors } from './safetensors';

const FORMAT = 'webgan checkpoint 1';
const CLOCK = 'clock';

export interface Checkpoint {
  readonly config: RunConfig;
  readonly state: TrainerState;
}

/**
 * The file's bytes: parameters, buffers, averages, the optimizers' state, and `clock`, the updates of D and of G so far, from
 * which random numbers and the place in the data follow. The same state gives the same bytes.
 */
export function writeCheckpoint(
  config: RunConfig,
  { tensors, updates, data }: TrainerState,
): Uint8Array<ArrayBuffer> {
  const clock = { shape: [2], data: Uint32Array.of(updates.discriminator, updates.generator) };
  return writeSafetensors({
    metadata: new Map([
      ['format', FORMAT],
      ['step', String(updates.generator)],
      ['config', JSON.stringify(config)],
      ...(data === undefined ? [] : [['data', data] as const]),
    ]),
    tensors: new Map<string, SafeTensor>([...tensors, [CLOCK, clock]]),
  });
}

/**
 * Reads a checkpoint back.
 * @throws UserError naming the file where it is not one.
 */
export function readCheckpoint(bytes: Uint8Array, file: string): Checkpoint {
  const { metadata, tensors } = readSafetensors(bytes, file);
  const { config, step, data } = parseMetadata(metadata, file);
  const clock = tensors.get(CLOCK);
  if (!(clock?.data instanceof Uint32Array) || clock.data.length !== 2 || clock.data[1] !== step)
    throw noCheckpoint(file, `its "${CLOCK}" is not the updates of two networks up to step ${step}`);
  const numbers = new Map<string, Tensor>();
  for (const [name, { shape, data }] of tensors) {
    if (data instanceof Float32Array) numbers.set(name, { shape, data });
    else if (name !== CLOCK)
      throw noCheckpoint(file, `its tensor ${JSON.stringify(name)} is not of type F32`);
  }
  const [discriminator, generator] = clock.data as unknown as [number, number];
  const updates = { discriminator, generator };
  return { config, state: { tensors: numbers, updates, ...(data !== undefined && { data }) } };
}

/** Whether a state was trained on other images than these, pixel by pixel; not where that was not written down. */
export const isOfOtherImages = ({ data }: TrainerState, images: ImageSet | undefined): boolean =>
  data !== undefined && images !== undefined && data !== fingerprintOf(images);

/** A checkpoint as its header tells. */
export interface CheckpointHeader {
  readonly config: RunConfig;
  /** Iterations so far. */
  readonly step: number;
  /** Fingerprint of the images that it was trained on, where it was trained on some. */
  readonly data?: string;
}

/** What run a checkpoint is of and how far it got, by its header alone. @throws UserError naming the file */
export async function describeCheckpoint(content: Blob, file: string): Promise<CheckpointHeader> {
  return parseMetadata(await readSafetensorsMetadata(content, file), file);
}

/** Whether two checkpoints are of one run: from the same beginning, by the same steps, on the same data. */
export const isSameRun = (a: CheckpointHeader, b: CheckpointHeader): boolean =>
  a.data === b.data && JSON.stringify(a.config) === JSON.stringify(b.config);

/**
 * Puts a checkpoint's state into a trainer of its configuration: the run goes on from there.
 * @throws UserError naming the file where a tensor is missing, not the run's or of another shape; nothing is written then.
 */
export async function restoreCheckpoint(trainer: Trainer, state: TrainerState, file: string): Promise<void> {
  const { tensors: own } = await trainer.readState();
  for (const [name, { shape }] of own) {
    const given = state.tensors.get(name);
    if (!given) throw doesNotFit(file, `there is no tensor "${name}"`);
    if (given.shape.join() !== shape.join())
      throw doesNotFit(file, `"${name}" has shape [${given.shape.join(', ')}], not [${shape.join(', ')}]`);
  }
  const extra = [...state.tensors.keys()].find((name) => !own.has(name));
  if (extra !== undefined) throw doesNotFit(file, `the run has no tensor ${JSON.stringify(extra)}`);
  trainer.writeState(state);
}

function parseMetadata(metadata: ReadonlyMap<string, string>, file: string): CheckpointHeader {
  const format = metadata.get('format');
  if (format === undefined || !format.startsWith('webgan checkpoint'))
    throw noCheckpoint(file, 'its metadata does not say so');
  if (format !== FORMAT) {
    throw new UserError(
      `${file}: is a checkpoint of another version of webgan (${JSON.stringify(format)}, where "${FORMAT}" is read); ` +
        `that version would do.`,
    );
  }
  const step = metadata.get('step') ?? '';
  const config = metadata.get('config');
  const data = metadata.get('data');
  if (!/^\d{1,10}$/.test(step)) throw noCheckpoint(file, 'its metadata has no step');
  if (config === undefined) throw noCheckpoint(file, 'its metadata has no configuration');
  try {
    return {
      config: parseConfig(JSON.parse(config)),
      step: Number(step),
      ...(data !== undefined && { data }),
    };
  } catch (error) {
    if (error instanceof SyntaxError) throw new UserError(`${file}: its configuration is not JSON.`);
    if (error instanceof UserError) throw new UserError(`${file}: its configuration: ${error.message}`);
    throw error;
  }
}

const noCheckpoint = (file: string, why: string) =>
  new UserError(
    `${file}: is no checkpoint of webgan (${why}); the checkpoint.safetensors of a run's folder would do.`,
  );

const doesNotFit = (file: string, why: string) =>
  new UserError(
    `${file}: does not fit its own configuration: ${why}; the checkpoint as webgan wrote it would do.`,
  );
