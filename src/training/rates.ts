// Learning rates of a configuration, and the same at others: what a run that left the numbers goes on with.

import type { RunConfig } from './config';

export type Rates = Readonly<Record<'generator' | 'discriminator', number>>;

export const halvedRates = ({ optimizer }: RunConfig): Rates => ({
  generator: optimizer.generator.learningRate / 2,
  discriminator: optimizer.discriminator.learningRate / 2,
});

/** The configuration at other rates; as it is where none are given. */
export function withRates(config: RunConfig, rates: Rates | undefined): RunConfig {
  if (!rates) return config;
  const of = (network: keyof Rates) => ({ ...config.optimizer[network], learningRate: rates[network] });
  return { ...config, optimizer: { generator: of('generator'), discriminator: of('discriminator') } };
}
