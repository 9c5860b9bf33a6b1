// The published small benchmarks as data: what is trained, what is measured, and what others measured.

import type { ConfigInput, LayerConfig } from '../training/config';
import { dcganDiscriminator, dcganGenerator } from './dcgan';
import { discriminator, generator } from './networks';

export const OBJECTIVES = ['r3gan', 'gan'] as const;
export type Objective = (typeof OBJECTIVES)[number];
export const PROTOCOLS = ['short', 'full'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** A row of a published table: means, with the error that the source gives where it gives one. */
export interface PublishedRow {
  readonly method: string;
  readonly modes: string;
  /** Share of samples within 3σ. */
  readonly highQuality?: string;
  readonly kl?: string;
  readonly source: string;
}

export interface Benchmark {
  readonly description: string;
  /** How many samples are measured. */
  readonly samples: number;
  readonly modes: number;
  /** Trials, of seeds 1, 2, …: what the sources have, or as many as are asked for. */
  readonly trials: number;
  config(protocol: Protocol, objective: Objective): ConfigInput;
  readonly published: readonly PublishedRow[];
}

const VEEGAN = 'Srivastava et al. 2017, table 1';
const PACGAN = 'Lin et al. 2018, table 1';
const STACKED = 'Lin et al. 2018, table 2';
const R3GAN = 'Huang et al. 2024';

/** Huang et al. 2024 against the original non-saturating game. */
const objectiveOf = (objective: Objective, gamma: number) =>
  objective === 'r3gan'
    ? {
        loss: 'relativistic',
        regularizers: [
          { type: 'r1', gamma },
          { type: 'r2', gamma },
        ],
      }
    : { loss: 'nonSaturating' };

interface PointSettings {
  readonly data: { readonly source: string; readonly [option: string]: unknown };
  /** Of the hidden layers. */
  readonly generator: readonly number[];
  readonly discriminator: readonly number[];
  readonly gamma: number;
  readonly rates: { readonly generator: number; readonly discriminator: number };
  readonly batchSize: number;
  readonly steps: number;
}

function pointsConfig(
  { data, gamma, rates, batchSize, steps, ...widths }: PointSettings,
  objective: Objective,
): ConfigInput {
  // No momentum, as R3GAN has it; G settles at the end, D nearly so.
  const adam = (learningRate: number, end: number) => ({
    type: 'adam',
    learningRate,
    beta1: 0,
    beta2: 0.99,
    schedule: { type: 'cosine', end },
  });
  return {
    data,
    noise: { type: 'normal', size: 2 },
    generator: generator(widths.generator, 2, { type: 'tanh' }),
    discriminator: discriminator(widths.discriminator),
    ...objectiveOf(objective, gamma),
    optimizer: { generator: adam(rates.generator, 0.01), discriminator: adam(rates.discriminator, 0.1) },
    average: { halfLife: 20_000, ramp: 0.05 },
    batchSize,
    steps,
  };
}

// Depth makes G steep enough between modes: with two hidden layers, a seventh of the ring's samples lie there.
const SHORT_POINTS = {
  discriminator: [64, 64, 64],
  rates: { generator: 2e-3, discriminator: 3e-3 },
  batchSize: 128,
};

/** PacGAN's widths, batch and length: 400 times over 100,000 points. */
const FULL_POINTS = {
  generator: [400, 400, 400, 400],
  discriminator: [200, 200, 200],
  rates: { generator: 2e-4, discriminator: 3e-4 },
  batchSize: 100,
  steps: 400_000,
};

/** No normalisation anywhere, as R3GAN has it. */
const withoutNorm = (layers: readonly LayerConfig[]): LayerConfig[] =>
  layers.filter(({ type }) => type !== 'batchNorm').map(({ bias: _none, ...layer }) => layer as LayerConfig);

export const benchmarks: Readonly<Record<string, Benchmark>> = {
  ring: {
    description: '8 normals of deviation 0.01 on a circle of radius 1',
    samples: 2_500,
    modes: 8,
    trials: 5,
    config: (protocol, objective) =>
      pointsConfig(
        {
          data: { source: 'ring', modes: 8, radius: 1, standardDeviation: 0.01 },
          gamma: 0.001,
          ...(protocol === 'full' ? FULL_POINTS : { ...SHORT_POINTS, generator: [64, 64, 64], steps: 5_000 }),
        },
        objective,
      ),
    published: [
      { method: 'GAN', modes: '1', highQuality: '99.3 %', source: VEEGAN },
      { method: 'ALI', modes: '2.8', highQuality: '0.13 %', source: VEEGAN },
      { method: 'Unrolled GAN', modes: '7.6', highQuality: '35.6 %', source: VEEGAN },
      { method: 'VEEGAN', modes: '8', highQuality: '52.9 %', source: VEEGAN },
      { method: 'GAN', modes: '6.3 ± 0.5', highQuality: '98.2 ± 0.2 %', kl: '0.45 ± 0.09', source: PACGAN },
      {
        method: 'PacGAN2',
        modes: '7.9 ± 0.1',
        highQuality: '95.6 ± 2.0 %',
        kl: '0.07 ± 0.03',
        source: PACGAN,
      },
    ],
  },
  grid: {
    description: '25 normals of deviation 0.05 on a square grid of spacing 2',
    samples: 2_500,
    modes: 25,
    trials: 5,
    config: (protocol, objective) =>
      pointsConfig(
        {
          data: { source: 'grid', modes: 25, spacing: 2, standardDeviation: 0.05 },
          gamma: 0.1,
          ...(protocol === 'full'
            ? FULL_POINTS
            : { ...SHORT_POINTS, generator: [64, 64, 64, 64], steps: 8_000 }),
        },
        objective,
      ),
    published: [
      { method: 'GAN', modes: '3.3', highQuality: '0.5 %', source: VEEGAN },
      { method: 'ALI', modes: '15.8', highQuality: '1.6 %', source: VEEGAN },
      { method: 'Unrolled GAN', modes: '23.6', highQuality: '16 %', source: VEEGAN },
      { method: 'VEEGAN', modes: '24.6', highQuality: '40 %', source: VEEGAN },
      { method: 'GAN', modes: '17.3 ± 0.8', highQuality: '94.8 ± 0.7 %', kl: '0.70 ± 0.07', source: PACGAN },
      {
        method: 'PacGAN2',
        modes: '23.8 ± 0.7',
        highQuality: '91.3 ± 0.8 %',
        kl: '0.13 ± 0.04',
        source: PACGAN,
      },
    ],
  },
  'stacked-mnist': {
    description: 'three digits of MNIST as the channels of one image',
    samples: 26_000,
    modes: 1_000,
    trials: 1,
    config: (protocol, objective) => {
      const [wide, narrow] = protocol === 'short' ? [32, 16] : [256, 128];
      const adam = {
        type: 'adam',
        learningRate: protocol === 'short' ? 1e-3 : 2e-4,
        beta1: 0,
        beta2: 0.99,
        schedule: { type: 'linear', end: 0.05 },
      };
      return {
        data: { source: 'images', channels: 1, height: 28, width: 28, stack: true },
        noise: { type: 'normal', size: protocol === 'short' ? 64 : 100 },
        generator: withoutNorm(dcganGenerator({ from: [7, 7], widths: [wide, narrow], channels: 3 })),
        discriminator: withoutNorm(dcganDiscriminator({ widths: [narrow, wide], hidden: 4 * wide })),
        ...objectiveOf(objective, 0.1),
        optimizer: { generator: adam, discriminator: adam },
        average: { halfLife: 10_000, ramp: 0.05 },
        batchSize: 64,
        steps: protocol === 'short' ? 3_000 : 100_000,
      };
    },
    published: [
      { method: 'DCGAN', modes: '99', kl: '3.40', source: STACKED },
      { method: 'ALI', modes: '16', kl: '5.40', source: STACKED },
      { method: 'Unrolled GAN', modes: '48.7', kl: '4.32', source: STACKED },
      { method: 'VEEGAN', modes: '150', kl: '2.95', source: STACKED },
      { method: 'PacDCGAN2', modes: '1000 ± 0', kl: '0.06 ± 0.00', source: STACKED },
      { method: 'R3GAN', modes: '1000', kl: '0.029', source: R3GAN },
    ],
  },
};
