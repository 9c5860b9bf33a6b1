// The experiments that hold the trainer against what the mathematics of the game promises.

import type { Device } from '../gpu/device';
import {
  DAMPED_SETTINGS,
  type DampedResult,
  DIRAC_SETTINGS,
  type DiracResult,
  runDamped,
  runDirac,
} from './dirac';
import { DISTANCE_SETTINGS, type DistanceResult, trainCritic } from './distance';
import { OBJECTIVE_PAIRS, OBJECTIVES, type ObjectiveResult, trainObjective } from './objectives';
import {
  type DiscriminatorResult,
  equilibriumChecks,
  type Profile,
  trainDiscriminator,
} from './optimal-discriminator';
import { dimensionsOf, EQUAL_PAIRS, PAIRS } from './pairs';
import type { DiscriminatorSettings } from './train-alone';

/** By the letters they may be asked for with. */
export const EXPERIMENTS = {
  a: 'optimum',
  b: 'equilibrium',
  c: 'dirac',
  d: 'damping',
  e: 'objectives',
  f: 'distance',
} as const;
export type Experiment = (typeof EXPERIMENTS)[keyof typeof EXPERIMENTS];

/** At the goal D = ½ is the best, and an untrained D is close to it by itself: this one starts at σ(2) = 0.88. */
const STARTING_LOGIT = 2;

export interface TheoryOptions {
  readonly experiments: readonly Experiment[];
  /** Half the pairs or fewer, half the updates on half the batch. */
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
  readonly damping: readonly DampedResult[];
  readonly objectives: readonly ObjectiveResult[];
  readonly distance: readonly DistanceResult[];
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
  const dampedGames = wanted('damping', DAMPED_SETTINGS);
  const objectivePairs = quick ? OBJECTIVE_PAIRS.slice(0, 1) : OBJECTIVE_PAIRS;
  const aims = wanted('objectives', OBJECTIVES).flatMap((objective) =>
    objectivePairs.map((pair) => ({ objective, pair })),
  );
  const critics = wanted('distance', quick ? DISTANCE_SETTINGS.slice(0, 3) : DISTANCE_SETTINGS);
  const parts = [pairs, equalPairs, games, dampedGames, aims, critics].reduce(
    (n, { length }) => n + length,
    0,
  );
  let done = 0;

  /** One after the other: each takes the adapter for itself. */
  const each = async <Item, Result>(
    items: readonly Item[],
    what: (item: Item) => string,
    run: (item: Item, pace: (share: number) => void) => Promise<Result>,
  ): Promise<Result[]> => {
    const results: Result[] = [];
    for (const item of items) {
      const pace = (share: number) => onProgress(what(item), (done + share) / parts);
      pace(0);
      results.push(await run(item, pace));
      done++;
    }
    return results;
  };
  const trained = await each(
    pairs,
    (pair) => `${dimensionsOf(pair)}-D ${pair.name}`,
    (pair, pace) => trainDiscriminator(device, pair, settings, pace),
  );
  const optimum = trained.map(({ result }) => result);
  const equilibrium = await each(
    equalPairs,
    (pair) => `${dimensionsOf(pair)}-D ${pair.name}`,
    async (pair, pace) => {
      const { result } = await trainDiscriminator(device, pair, settings, pace, STARTING_LOGIT);
      return { ...result, checks: equilibriumChecks(result) };
    },
  );
  const dirac = await each(
    games,
    ({ steps }) => `Dirac-GAN, ${steps}`,
    (game) => runDirac(device, game),
  );
  const damping = await each(
    dampedGames,
    ({ loss, gamma }) => `Dirac-GAN, ${loss}, γ = ${gamma}`,
    (game) => runDamped(device, game),
  );
  const objectives = await each(
    aims,
    ({ objective, pair }) => `${objective.aim.loss}, ${pair.name}`,
    ({ objective, pair }, pace) => trainObjective(device, objective, pair, settings, pace),
  );
  const distance = await each(
    critics,
    ({ pair, lambda }) => `wasserstein, ${pair.name}, λ = ${lambda}`,
    (setting, pace) => trainCritic(device, setting, settings, pace),
  );
  const results = { optimum, equilibrium, dirac, damping, objectives, distance };
  const pass = Object.values(results)
    .flat()
    .every(({ checks }) => checks.every((check) => check.pass));
  return { settings, ...results, profiles: trained.map(({ profile }) => profile), pass };
}

/** Every second one, ends included: still from equal to far apart, in both dimensions. */
const QUICK_PAIRS = PAIRS.filter((pair, i) => {
  const own = PAIRS.filter((other) => dimensionsOf(other) === dimensionsOf(pair));
  return own.indexOf(pair) % 2 === 0 || pair === own.at(-1) || i === 0;
});
