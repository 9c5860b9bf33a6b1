// What would help a run, by the names of the options: of those that would, the ones that it does not have yet.

import { losses } from '../losses';
import type { RunConfig } from './config';

const hasAny = (layers: RunConfig['discriminator'], option: string) =>
  layers.some((layer) => Boolean(layer[option]));
const has = (config: RunConfig, option: string) =>
  Boolean((config as unknown as Record<string, unknown>)[option]);
const always = () => true;

/** Where each is to be had, and how it is said. */
const REMEDIES = {
  penalty: {
    fits: ({ regularizers, discriminator }) =>
      regularizers.length === 0 && !discriminator.some(({ type }) => type === 'batchNorm'),
    words: 'a penalty on D’s gradient (regularizers: r1 or gradientPenalty)',
  },
  weakerPenalty: {
    fits: ({ regularizers }) => regularizers.length > 0,
    words: 'a smaller weight of the regularizers',
  },
  spectralNorm: {
    fits: ({ discriminator }) => !hasAny(discriminator, 'spectralNorm'),
    words: 'spectralNorm on D’s layers',
  },
  relativistic: {
    fits: ({ loss, discriminator }) =>
      loss !== 'relativistic' && !discriminator.some(({ type }) => type === 'batchNorm'),
    words: 'the loss relativistic with the regularizers r1 and r2',
  },
  nonSaturating: { fits: ({ loss }) => loss === 'minimax', words: 'the loss nonSaturating' },
  labelSmoothing: {
    fits: ({ loss, labelSmoothing }) => losses.get(loss).hasLabels && labelSmoothing === 0,
    words: 'a labelSmoothing of 0.1',
  },
  augment: {
    fits: (config) => config.data.source === 'images' && !has(config, 'augment'),
    words: 'augment',
  },
  clipNorm: {
    fits: ({ optimizer }) => !optimizer.generator.clipNorm || !optimizer.discriminator.clipNorm,
    words: 'a clipNorm in both optimizers',
  },
  slower: { fits: always, words: 'smaller learning rates' },
  slowerD: { fits: always, words: 'a smaller learning rate of D' },
  fasterD: { fits: always, words: 'a larger learning rate of D' },
  fewerUpdatesOfD: {
    fits: ({ discriminatorSteps }) => discriminatorSteps > 1,
    words: 'fewer discriminatorSteps',
  },
  moreUpdatesOfD: { fits: always, words: 'more discriminatorSteps' },
  largerD: { fits: always, words: 'more units in D' },
  moreData: { fits: always, words: 'more data' },
} as const satisfies Record<string, { fits(config: RunConfig): boolean; words: string }>;

export type Remedy = keyof typeof REMEDIES;

/** At most this many, the first ones first. */
const MOST = 3;

/** A sentence. */
export function advise(config: RunConfig, remedies: readonly Remedy[]): string {
  const words = remedies
    .filter((remedy) => REMEDIES[remedy].fits(config))
    .slice(0, MOST)
    .map((remedy) => REMEDIES[remedy].words);
  const list = words.length > 1 ? `${words.slice(0, -1).join(', ')} or ${words.at(-1)}` : words[0]!;
  return `${list.charAt(0).toUpperCase()}${list.slice(1)} would help.`;
}
