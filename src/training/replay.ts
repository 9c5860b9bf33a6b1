// Runs a recorded game again, on the recorded batches, and compares with what was recorded.

import type { Device } from '../gpu/device';
import { sizeOf } from '../layers/layer';
import { UserError } from '../math/errors';
import { parseReplayConfig, type TrainerConfig } from './config';
import { TrainingFault } from './fault';
import type { Tensor, Tensors } from './tensor';
import { Trainer } from './trainer';

/** A recorded game: its configuration, and tensors by the names `before.*`, `real.t.k`, `noise.*`, `grad.*`, `after.*` … */
export interface ReplayCase {
  readonly config: TrainerConfig;
  readonly iterations: number;
  /** The largest error allowed, by tensor; a tensor that is not listed is not compared. */
  readonly tolerance: ReadonlyMap<string, number>;
  readonly tensors: Tensors;
}

export interface TensorError {
  readonly tensor: string;
  /**
   * Largest absolute difference, relative to the reference's largest magnitude (gradients, losses, samples) or to the
   * largest change (`after.*`). Infinity where a number is not finite.
   */
  readonly error: number;
  readonly tolerance: number;
}

export interface ReplayResult {
  readonly pass: boolean;
  /** The tensor whose error is the largest part of its tolerance. */
  readonly worst: TensorError;
  readonly errors: readonly TensorError[];
}

/**
 * Understands a parsed safetensors file as a case.
 * @throws UserError naming what is missing, malformed or not built yet.
 */
export function parseReplayCase(file: {
  readonly metadata: ReadonlyMap<string, string>;
  readonly tensors: ReadonlyMap<
    string,
    { readonly shape: readonly number[]; readonly data: Float32Array | Uint32Array }
  >;
}): ReplayCase {
  const field = (key: string): string => {
    const value = file.metadata.get(key);
    if (value === undefined)
      throw new UserError(`metadata field "${key}" is missing; a recorded run would do.`);
    return value;
  };
  const iterations = Number(field('iterations'));
  if (!Number.isInteger(iterations) || iterations < 1 || iterations > 1_000_000) {
    throw new UserError(
      `iterations: ${field('iterations')} given; a whole number from 1 to 1000000 would do.`,
    );
  }
  const input = json(field('config'), 'config');
  const config = parseReplayConfig(isObject(input) ? { steps: iterations, ...input } : input);
  const tolerance = parseTolerance(json(field('tolerance'), 'tolerance'));
  const tensors = new Map<string, Tensor>();
  for (const [name, { shape, data }] of file.tensors) {
    if (!(data instanceof Float32Array))
      throw new UserError(`tensor ${name}: holds integers; type F32 would do.`);
    tensors.set(name, { shape, data });
  }
  return { config, iterations, tolerance, tensors };
}

const isObject = (input: unknown): input is object =>
  typeof input === 'object' && input !== null && !Array.isArray(input);

function json(text: string, key: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UserError(`metadata field "${key}" is not JSON; a recorded run would do.`);
  }
}

function parseTolerance(input: unknown): Map<string, number> {
  if (
    typeof input !== 'object' ||
    input === null ||
    Array.isArray(input) ||
    Object.keys(input).length === 0
  ) {
    throw new UserError('tolerance: names no tensor; an object of tensor names and largest errors would do.');
  }
  const entries = Object.entries(input);
  for (const [name, value] of entries) {
    if (typeof value !== 'number' || !(value >= 0)) {
      throw new UserError(
        `tolerance of ${name}: ${JSON.stringify(value)} given; a number of at least 0 would do.`,
      );
    }
  }
  return new Map(entries);
}

/**
 * Replays a case and compares every tensor that has a tolerance.
 * @throws UserError where the case lacks a tensor that the run needs, or has one of another shape.
 */
export async function replay(
  device: Device,
  { config, iterations, tolerance, tensors }: ReplayCase,
): Promise<ReplayResult> {
  const trainer = await Trainer.create(device, config);
  try {
    const batch = (name: string, shape: readonly number[]) =>
      takeTensor(tensors, name, [config.batchSize, ...shape]).data;
    const { generator, noise } = trainer.run;
    const initial = await trainer.readTensors();
    const before = new Map(
      [...initial].map(([name, { shape }]) => [name, takeTensor(tensors, `before.${name}`, shape)]),
    );
    for (const name of tensors.keys()) {
      if (name.startsWith('before.') && !initial.has(name.slice('before.'.length))) {
        throw new UserError(
          `tensor ${name}: belongs to no layer of the configuration; a case without it would do.`,
        );
      }
    }
    trainer.writeTensors(before);

    const results = new Map<string, Tensor>();
    const keepGradients = async (network: string) => {
      for (const [name, tensor] of await trainer.readGradients()) {
        if (name.startsWith(`grad.${network}.`)) results.set(name, tensor);
      }
    };
    const losses: number[] = [];
    try {
      for (let t = 0; t < iterations; t++) {
        for (let k = 0; k < config.discriminatorSteps; k++) {
          const real = batch(`real.${t}.${k}`, generator.output);
          const z = batch(`noise.discriminator.${t}.${k}`, [noise.size]);
          const epsilon = trainer.run.epsilon && batch(`epsilon.${t}.${k}`, []);
          trainer.updateDiscriminatorWith(real, z, epsilon);
          losses.push((await trainer.readLatest()).discriminatorLoss);
          if (t === 0 && k === 0) await keepGradients('discriminator');
        }
        const real = trainer.run.generatorReal && batch(`real.generator.${t}`, generator.output);
        trainer.updateGeneratorWith(batch(`noise.generator.${t}`, [noise.size]), real);
        losses.push((await trainer.readLatest()).generatorLoss);
        if (t === 0) await keepGradients('generator');
      }
    } catch (error) {
      if (!(error instanceof TrainingFault)) throw error;
      const worst = {
        tensor: error.tensor,
        error: Number.POSITIVE_INFINITY,
        tolerance: tolerance.get(error.tensor) ?? 0,
      };
      return { pass: false, worst, errors: [worst] };
    }
    results.set('loss', {
      shape: [iterations, config.discriminatorSteps + 1],
      data: Float32Array.from(losses),
    });
    results.set('sample', {
      shape: [config.batchSize, ...generator.output],
      data: await trainer.generate(batch('noise.generator.0', [noise.size])),
    });
    for (const [name, tensor] of await trainer.readTensors()) results.set(`after.${name}`, tensor);
    return compare(results, tensors, tolerance);
  } finally {
    trainer.destroy();
  }
}

/** The recorded tensor of a name, which has to have this shape. */
function takeTensor(tensors: Tensors, name: string, shape: readonly number[]): Tensor {
  const tensor = tensors.get(name);
  if (!tensor)
    throw new UserError(`tensor ${name}: is missing; one of shape [${shape.join(', ')}] would do.`);
  if (tensor.shape.length !== shape.length || tensor.shape.some((length, i) => length !== shape[i])) {
    throw new UserError(
      `tensor ${name}: has shape [${tensor.shape.join(', ')}]; [${shape.join(', ')}] would do, as the configuration says.`,
    );
  }
  return tensor;
}

/** Compares results with the recorded tensors of the same names, for every tensor that has a tolerance. */
export function compare(
  results: Tensors,
  recorded: Tensors,
  tolerance: ReadonlyMap<string, number>,
): ReplayResult {
  const errors = [...tolerance].map(([name, allowed]): TensorError => {
    const result = results.get(name);
    if (!result)
      throw new UserError(
        `tolerance of ${name}: the run has no such tensor; ${[...results.keys()].join(', ')} would do.`,
      );
    const expected = takeTensor(recorded, name, result.shape);
    const start = name.startsWith('after.')
      ? takeTensor(recorded, name.replace('after.', 'before.'), result.shape).data
      : new Float32Array(sizeOf(result.shape));
    const least = name.startsWith('grad.') ? roundingIn(recorded, name) : undefined;
    return {
      tensor: name,
      error: relativeError(result.data, expected.data, start, least),
      tolerance: allowed,
    };
  });
  const share = ({ error, tolerance }: TensorError) => (error === 0 ? 0 : error / tolerance);
  const worst = errors.reduce((a, b) => (share(b) > share(a) ? b : a));
  return { pass: errors.every(({ error, tolerance }) => error <= tolerance), worst, errors };
}

/**
 * What a gradient is measured against where it is 0 but for the recording's own rounding: where a loss is of differences of logits,
 * D's last bias has none, and float64 leaves about 1e-18 of it. Then the network's largest gradient is the scale.
 */
function roundingIn(recorded: Tensors, name: string): { readonly below: number; readonly scale: number } {
  const network = name.split('.').slice(0, 2).join('.');
  let scale = 0;
  for (const [other, { data }] of recorded)
    if (other.startsWith(`${network}.`)) scale = data.reduce((most, x) => Math.max(most, Math.abs(x)), scale);
  return { below: 1e-12 * scale, scale };
}

/** max|actual − expected| / max|expected − start|: a start of zeros measures against magnitudes. */
function relativeError(
  actual: Float32Array,
  expected: Float32Array,
  start: Float32Array,
  least?: { readonly below: number; readonly scale: number },
): number {
  let difference = 0;
  let scale = 0;
  for (let i = 0; i < expected.length; i++) {
    const d = Math.abs(actual[i]! - expected[i]!);
    // NaN passes through no comparison: it is the largest error there is.
    if (!Number.isFinite(d)) return Number.POSITIVE_INFINITY;
    difference = Math.max(difference, d);
    scale = Math.max(scale, Math.abs(expected[i]! - start[i]!));
  }
  if (least && scale < least.below) scale = least.scale;
  return difference === 0 ? 0 : difference / scale;
}
