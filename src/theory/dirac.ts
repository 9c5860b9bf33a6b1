// Experiment: the Dirac-GAN on the trainer itself. Real data are all 0; G turns a constant noise of 1 into θ; D's logit
// is ψ·x. What one step of the trainer does to (ψ, θ) is measured and held against the closed form.

import type { Device } from '../gpu/device';
import { parseReplayConfig, type TrainerConfig } from '../training/config';
import type { Tensor } from '../training/tensor';
import { Trainer } from '../training/trainer';
import { type Check, closeTo, inside } from './check';
import {
  closedForm,
  type DiracPoint,
  type DiracSetting,
  exactStep,
  fitLinearMap,
  type Rotation,
  rotationOf,
} from './dirac-theory';

export const DIRAC_SETTINGS: readonly DiracSetting[] = [
  setting('simultaneous', 'minimax', 0.2, 0.2),
  setting('simultaneous', 'nonSaturating', 0.4, 0.1),
  setting('alternating', 'minimax', 0.2, 0.2),
  setting('alternating', 'nonSaturating', 0.4, 0.1),
  setting('alternating', 'minimax', 0.2, 0.2, 3),
  // Beyond k·h_D·h_G = 16 even alternating steps grow: 2.4 times a step, so a few of them stay near.
  { ...setting('alternating', 'minimax', 4.4, 4.4), iterations: 7 },
];

function setting(
  steps: DiracSetting['steps'],
  loss: DiracSetting['loss'],
  discriminatorRate: number,
  generatorRate: number,
  discriminatorSteps = 1,
): DiracSetting {
  return { steps, loss, discriminatorRate, generatorRate, discriminatorSteps };
}

/** Where the trainer went, a point a step, and where float64 goes from the same start. */
export interface Trajectory {
  readonly measured: readonly DiracPoint[];
  readonly exact: readonly DiracPoint[];
  /** The largest distance between them, relative to how far from the equilibrium the exact one is there. */
  readonly error: number;
}

export interface DiracResult {
  readonly setting: DiracSetting;
  /** So near to the equilibrium that only the linear part of a step is left: what the closed form is about. */
  readonly near: Trajectory;
  /** From (0, 1), where the game is not linear. */
  readonly wide: Trajectory;
  /** Of the linear map that fits `near` best. */
  readonly measured: Rotation;
  readonly expected: Rotation;
  readonly checks: readonly Check[];
}

const NEAR: DiracPoint = [0, 1e-5];
const WIDE: DiracPoint = [0, 1];
const ITERATIONS = 160;
/** A power of two: the mean over equal samples is then exact. */
const BATCH = 4;

export const DIRAC_TOLERANCES = {
  /** Relative, of the growth per step. */
  growth: 1e-5,
  /** Radians per step. */
  angle: 1e-5,
  trajectory: 1e-4,
} as const;

function diracConfig({
  loss,
  discriminatorRate,
  generatorRate,
  discriminatorSteps,
}: DiracSetting): TrainerConfig {
  return parseReplayConfig({
    noise: { type: 'normal', size: 1 },
    generator: [{ type: 'dense', units: 1, bias: false }],
    discriminator: [{ type: 'dense', units: 1, bias: false }],
    loss,
    optimizer: {
      generator: { type: 'sgd', learningRate: generatorRate },
      discriminator: { type: 'sgd', learningRate: discriminatorRate },
    },
    batchSize: BATCH,
    discriminatorSteps,
  });
}

export async function runDirac(device: Device, setting: DiracSetting): Promise<DiracResult> {
  const trainer = await Trainer.create(device, diracConfig(setting));
  const iterations = setting.iterations ?? ITERATIONS;
  const follow = async (start: DiracPoint) => {
    write(trainer, { psi: start[0], theta: start[1] });
    const points = [start];
    for (let t = 0; t < iterations; t++) points.push(await step(trainer, setting, points[t]!));
    return points;
  };
  try {
    return judgeDirac(setting, await follow(NEAR), await follow(WIDE));
  } finally {
    trainer.destroy();
  }
}

/** One step of the trainer from where it stands, which is `from`. */
async function step(trainer: Trainer, setting: DiracSetting, from: DiracPoint): Promise<DiracPoint> {
  const real = new Float32Array(BATCH);
  const noise = new Float32Array(BATCH).fill(1);
  for (let k = 0; k < setting.discriminatorSteps; k++) trainer.updateDiscriminatorWith(real, noise);
  if (setting.steps === 'alternating') {
    trainer.updateGeneratorWith(noise);
    return read(trainer);
  }
  // Simultaneous: G must see D as it was, so D steps back for G's update and forward again after it.
  const [psi] = await read(trainer);
  write(trainer, { psi: from[0] });
  trainer.updateGeneratorWith(noise);
  write(trainer, { psi });
  return read(trainer);
}

const PSI = 'discriminator.0.weight';
const THETA = 'generator.0.weight';

async function read(trainer: Trainer): Promise<DiracPoint> {
  const tensors = await trainer.readTensors();
  return [tensors.get(PSI)!.data[0]!, tensors.get(THETA)!.data[0]!];
}

function write(trainer: Trainer, { psi, theta }: { psi: number; theta?: number }): void {
  const scalar = (value: number): Tensor => ({ shape: [1, 1], data: Float32Array.of(value) });
  const tensors = new Map([[PSI, scalar(psi)]]);
  if (theta !== undefined) tensors.set(THETA, scalar(theta));
  trainer.writeTensors(tensors);
}

export function judgeDirac(
  setting: DiracSetting,
  near: readonly DiracPoint[],
  wide: readonly DiracPoint[],
): DiracResult {
  const measured = rotationOf(fitLinearMap(near));
  const expected = closedForm(setting);
  const result = { setting, near: compare(setting, near), wide: compare(setting, wide), measured, expected };
  const { growth, angle, trajectory } = DIRAC_TOLERANCES;
  return {
    ...result,
    checks: [
      closeTo('growth a step', measured.growth, expected.growth, growth * expected.growth),
      closeTo('turn a step', measured.angle, expected.angle, angle),
      inside('distance from float64, near', result.near.error, 0, trajectory),
      inside('distance from float64, wide', result.wide.error, 0, trajectory),
    ],
  };
}

function compare(setting: DiracSetting, measured: readonly DiracPoint[]): Trajectory {
  const exact = [measured[0]!];
  while (exact.length < measured.length) exact.push(exactStep(setting, exact.at(-1)!));
  const distances = exact.map(([psi, theta], t) => {
    const [measuredPsi, measuredTheta] = measured[t]!;
    return Math.hypot(measuredPsi - psi, measuredTheta - theta) / Math.hypot(psi, theta);
  });
  return { measured, exact, error: Math.max(...distances) };
}
