// The experiments that hold the trainer against what the mathematics of the game promises.

import type { Device } from '../gpu/device';
import { DIRAC_SETTINGS, type DiracResult, runDirac } from './dirac';
import {
  type DiscriminatorResult,
  type DiscriminatorSettings,
  equilibriumChecks,
  type Profile,
  trainDiscriminator,
} from './optimal-discriminator';
import { dimensionsOf, EQUAL_PAIRS, PAIRS, type Pair } from './pairs';

/** By the letters they may be asked for with. */
export const EXPERIMENTS = { a: 'optimum', b: 'equilibrium', c: 'dirac' } as const;
export type Experiment = (typeof EXPERIMENTS)[keyof typeof EXPERIMENTS];

/** At the goal D = ½ is the best, and an untrained D is close to it by itself: this one starts at σ(2) = 0.88. */
const STARTING_LOGIT = 2;

export interface TheoryOptions {
  readonly experiments: readonly Experiment[];
  /** Half the pairs, half the updates on half the batch. */
  readonly quick: boolean;
  readonly seed: number;
  /** Called often, with what is being done and the share of the whole that is. */
  readonly onProgress?: (what: string, share: number) => void;
}

export interface TheoryResults {
  readonly settings: DiscriminatorSettings;
  readonly optimum: readonly DiscriminatorResult[];
  readonly equilibrium: readonly DiscriminatorResult[];
  readonly dirac: readonly DiracResult[];
  /** Of `optimum`, in its order. */
  readonly profiles: readonly Profile[];
  readonly pass: boolean;
}

/** Runs the experiments one after the other; results of those that were not asked for are empty. */
export async function runTheory(device: Device, options: TheoryOptions): Promise<TheoryResults> {
  const { experiments, quick, seed, onProgress = () => {} } = options;
  const settings = { updates: quick ? 400 : 800, batchSize: quick ? 128 : 256, seed };
  const wanted = <T>(experiment: Experiment, list: readonly T[]) =>
    experiments.includes(experiment) ? list : [];
  const pairs = wanted('optimum', quick ? QUICK_PAIRS : PAIRS);
  const equalPairs = wanted('equilibrium', EQUAL_PAIRS);
  const games = wanted('dirac', DIRAC_SETTINGS);
  const parts = pairs.length + equalPairs.length + games.length;
  let done = 0;

  const train = async (pair: Pair, settings: DiscriminatorSettings) => {
    const what = `${dimensionsOf(pair)}-D ${pair.name}`;
    const trained = await trainDiscriminator(device, pair, settings, (share) =>
      onProgress(what, (done + share) / parts),
    );
    done++;
    return trained;
  };
  const optimum: DiscriminatorResult[] = [];
  const profiles: Profile[] = [];
  for (const pair of pairs) {
    const { result, profile } = await train(pair, settings);
    optimum.push(result);
    profiles.push(profile);
  }
  const equilibrium: DiscriminatorResult[] = [];
  for (const pair of equalPairs) {
    const { result } = await train(pair, { ...settings, startingLogit: STARTING_LOGIT });
    equilibrium.push({ ...result, checks: equilibriumChecks(result) });
  }
  const dirac: DiracResult[] = [];
  for (const game of games) {
    onProgress(`Dirac-GAN, ${game.steps}`, done / parts);
    dirac.push(await runDirac(device, game));
    done++;
  }
  const pass = [...optimum, ...equilibrium, ...dirac].every(({ checks }) =>
    checks.every((check) => check.pass),
  );
  return { settings, optimum, equilibrium, dirac, profiles, pass };
}

/** Every second one, ends included: still from equal to far apart, in both dimensions. */
const QUICK_PAIRS = PAIRS.filter((pair, i) => {
  const own = PAIRS.filter((other) => dimensionsOf(other) === dimensionsOf(pair));
  return own.indexOf(pair) % 2 === 0 || pair === own.at(-1) || i === 0;
});
