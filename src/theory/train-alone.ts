// D trained alone: G is held at a pair's affine map, so that both distributions are known, and D has its way.

import type { Device } from '../gpu/device';
import { parseConfig, type RunConfig } from '../training/config';
import type { MetricsRow } from '../training/metrics';
import { Trainer } from '../training/trainer';
import { momentDeviation } from './moments';
import { dimensionsOf, type Pair, type PairDensities, pairDensities } from './pairs';

export interface DiscriminatorSettings {
  /** Updates of D, a multiple of UPDATES_PER_ITERATION. */
  readonly updates: number;
  readonly batchSize: number;
  readonly seed: number;
}

/** What D is after, as a configuration has it, and where it starts. */
export interface Aim {
  readonly loss: string;
  readonly labelSmoothing?: number;
  readonly regularizers?: readonly unknown[];
  /** Of D's hidden layers; smooth where absent, as the logits of most closed forms are: between normals, quadratics. */
  readonly activation?: string;
  /** What D's last bias starts as, so that D begins far from what it has to become. */
  readonly startingLogit?: number;
  /** D starts as a function that rises along the line (1) or falls (−1): its weights are made to have such signs. */
  readonly startingSlope?: 1 | -1;
}

/** The worst mean or covariance of real and of generated samples, in standard errors from what p_data and p_G say. */
export interface SampleDeviation {
  readonly real: number;
  readonly generated: number;
}

/** Updates of D in an iteration of the trainer; its one update of G moves nothing, G's learning rate being 0. */
export const UPDATES_PER_ITERATION = 4;
/** Of `aloneConfig`: D's weights from the first to the last, and its last bias. */
const WEIGHTS = ['discriminator.0.weight', 'discriminator.2.weight', 'discriminator.4.weight'] as const;
const LAST_BIAS = 'discriminator.4.bias';
/** Drawn to see that p_data and p_G are what they are taken for. */
const SAMPLES = 8192;
/** Iterations a submit: well under 100 ms of GPU time on a CPU. */
const ITERATIONS_A_SUBMIT = 8;

export function aloneConfig(pair: Pair, settings: DiscriminatorSettings, aim: Aim): RunConfig {
  const dimensions = dimensionsOf(pair);
  const { loss, labelSmoothing, regularizers, activation = 'silu' } = aim;
  return parseConfig({
    data: pair.data,
    noise: { type: 'normal', size: dimensions },
    generator: [{ type: 'dense', units: dimensions }],
    discriminator: [
      { type: 'dense', units: 16 },
      { type: activation },
      { type: 'dense', units: 16 },
      { type: activation },
      { type: 'dense', units: 1 },
    ],
    loss,
    labelSmoothing,
    regularizers,
    optimizer: {
      generator: { type: 'sgd', learningRate: 0 },
      discriminator: { type: 'adam', learningRate: 0.02, schedule: { type: 'cosine', end: 0.02 } },
    },
    batchSize: settings.batchSize,
    discriminatorSteps: UPDATES_PER_ITERATION,
    steps: settings.updates / UPDATES_PER_ITERATION,
    seed: settings.seed,
  });
}

export interface TrainedAlone {
  readonly densities: PairDensities;
  /** The metrics of the last quarter of the run, when D hardly moves any more. */
  readonly lastRows: readonly MetricsRow[];
  readonly sampleDeviation: SampleDeviation;
}

/**
 * Trains D alone against the pair's G, and hands both to `measure`.
 * @param pace Called after every submit with the share of the updates done.
 */
export async function trainAlone<Result>(
  device: Device,
  pair: Pair,
  settings: DiscriminatorSettings,
  aim: Aim,
  pace: (share: number) => void,
  measure: (trainer: Trainer, trained: TrainedAlone) => Promise<Result>,
): Promise<Result> {
  const config = aloneConfig(pair, settings, aim);
  const trainer = await Trainer.create(device, config);
  try {
    await start(trainer, pair, aim);
    const rows: MetricsRow[] = [];
    while (trainer.step < config.steps) {
      await device.quiet.end;
      trainer.advance(Math.min(ITERATIONS_A_SUBMIT, config.steps - trainer.step));
      rows.push(...(await trainer.readMetrics()));
      pace(trainer.step / config.steps);
    }
    const densities = pairDensities(pair);
    // After training, so that it also shows that G was held.
    const { rule } = densities;
    const sampleDeviation = {
      real: momentDeviation(await trainer.real(SAMPLES, settings.seed), rule, densities.data),
      generated: momentDeviation(await trainer.sample(SAMPLES, settings.seed), rule, densities.generated),
    };
    const lastRows = rows.slice(-Math.ceil(rows.length / 4));
    return await measure(trainer, { densities, lastRows, sampleDeviation });
  } finally {
    trainer.destroy();
  }
}

/** Writes G's weights, and what D is to start with. */
async function start(trainer: Trainer, { generator }: Pair, aim: Aim): Promise<void> {
  const { startingLogit, startingSlope } = aim;
  const size = generator.bias.length;
  const tensors = new Map([
    ['generator.0.weight', { shape: [size, size], data: Float32Array.from(generator.weight) }],
    ['generator.0.bias', { shape: [size], data: Float32Array.from(generator.bias) }],
  ]);
  if (startingLogit !== undefined)
    tensors.set(LAST_BIAS, { shape: [1], data: Float32Array.of(startingLogit) });
  if (startingSlope !== undefined) {
    const initial = await trainer.readTensors();
    for (const name of WEIGHTS) {
      const sign = name === WEIGHTS.at(-1) ? startingSlope : 1;
      const { shape, data } = initial.get(name)!;
      tensors.set(name, { shape: [...shape], data: data.map((x) => sign * Math.abs(x)) });
    }
  }
  trainer.writeTensors(tensors);
}
