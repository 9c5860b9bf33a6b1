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
  type Eigenvalues,
  exactStep,
  fitLinearMap,
  flowEigenvalues,
  flowOf,
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

/** Simultaneous steps of one size, with R1: losses of f′(0) = ½ and of 1, below, above and without the γ that damps best. */
export const DAMPED_SETTINGS: readonly DiracSetting[] = [
  damped('minimax', 0.3),
  damped('nonSaturating', 0.3),
  { ...damped('nonSaturating', 1.25), iterations: 40 },
  damped('relativistic', 0),
  damped('relativistic', 0.5),
  damped('wasserstein', 0),
  damped('wasserstein', 1),
  damped('hinge', 1),
  { ...damped('hinge', 2.5), iterations: 40 },
];

function damped(loss: DiracSetting['loss'], gamma: number): DiracSetting {
  return { ...setting('simultaneous', loss, 0.1, 0.1), gamma };
}

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

interface Trajectories {
  readonly setting: DiracSetting;
  /** So near to the equilibrium that only the linear part of a step is left: what the closed form is about. */
  readonly near: Trajectory;
  /** From (0, 1), where the game is not linear. */
  readonly wide: Trajectory;
  readonly checks: readonly Check[];
}

export interface DiracResult extends Trajectories {
  /** Of the linear map that fits `near` best. */
  readonly measured: Rotation;
  readonly expected: Rotation;
}

/** Of a setting of simultaneous steps of one size. */
export interface DampedResult extends Trajectories {
  /** The flow's eigenvalues, by the linear map that fits `near` best. */
  readonly measured: Eigenvalues;
  readonly expected: Eigenvalues;
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
  /** Of real and of imaginary parts. */
  eigenvalue: 1e-4,
  trajectory: 1e-4,
} as const;

function diracConfig({
  loss,
  discriminatorRate,
  generatorRate,
  discriminatorSteps,
  gamma,
}: DiracSetting): TrainerConfig {
  return parseReplayConfig({
    noise: { type: 'normal', size: 1 },
    generator: [{ type: 'dense', units: 1, bias: false }],
    discriminator: [{ type: 'dense', units: 1, bias: false }],
    loss,
    regularizers: gamma ? [{ type: 'r1', gamma }] : [],
    optimizer: {
      generator: { type: 'sgd', learningRate: generatorRate },
      discriminator: { type: 'sgd', learningRate: discriminatorRate },
    },
    batchSize: BATCH,
    discriminatorSteps,
  });
}

export const runDirac = async (device: Device, setting: DiracSetting): Promise<DiracResult> =>
  judgeDirac(setting, ...(await follow(device, setting)));

export const runDamped = async (device: Device, setting: DiracSetting): Promise<DampedResult> =>
  judgeDamped(setting, ...(await follow(device, setting)));

/** Where the trainer goes from near the equilibrium, and from (0, 1). */
async function follow(
  device: Device,
  setting: DiracSetting,
): Promise<[near: DiracPoint[], wide: DiracPoint[]]> {
  const trainer = await Trainer.create(device, diracConfig(setting));
  const iterations = setting.iterations ?? ITERATIONS;
  const from = async (start: DiracPoint) => {
    write(trainer, { psi: start[0], theta: start[1] });
    const points = [start];
    for (let t = 0; t < iterations; t++) points.push(await step(trainer, setting, points[t]!));
    return points;
  };
  try {
    return [await from(NEAR), await from(WIDE)];
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
    trainer.updateGeneratorWith(noise, real);
    return read(trainer);
  }
  // Simultaneous: G must see D as it was, so D steps back for G's update and forward again after it.
  const [psi] = await read(trainer);
  write(trainer, { psi: from[0] });
  trainer.updateGeneratorWith(noise, real);
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
  const { growth, angle } = DIRAC_TOLERANCES;
  return {
    ...judgeTrajectories(setting, near, wide, [
      closeTo('growth a step', measured.growth, expected.growth, growth * expected.growth),
      closeTo('turn a step', measured.angle, expected.angle, angle),
    ]),
    measured,
    expected,
  };
}

export function judgeDamped(
  setting: DiracSetting,
  near: readonly DiracPoint[],
  wide: readonly DiracPoint[],
): DampedResult {
  const measured = flowOf(fitLinearMap(near), setting.discriminatorRate);
  const expected = flowEigenvalues(setting);
  const checks = measured.flatMap(({ re, im }, i) => [
    closeTo(`real part of eigenvalue ${i + 1}`, re, expected[i]!.re, DIRAC_TOLERANCES.eigenvalue),
    closeTo(`imaginary part of eigenvalue ${i + 1}`, im, expected[i]!.im, DIRAC_TOLERANCES.eigenvalue),
  ]);
  return { ...judgeTrajectories(setting, near, wide, checks), measured, expected };
}

function judgeTrajectories(
  setting: DiracSetting,
  nearPoints: readonly DiracPoint[],
  widePoints: readonly DiracPoint[],
  checks: readonly Check[],
): Trajectories {
  const [near, wide] = [compare(setting, nearPoints), compare(setting, widePoints)];
  return {
    setting,
    near,
    wide,
    checks: [
      ...checks,
      inside('distance from float64, near', near.error, 0, DIRAC_TOLERANCES.trajectory),
      inside('distance from float64, wide', wide.error, 0, DIRAC_TOLERANCES.trajectory),
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
