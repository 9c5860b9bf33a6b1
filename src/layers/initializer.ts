// What layers with weights have as options. How weights begin: PyTorch's default, normal, Xavier (Glorot & Bengio 2010) and He (He et al. 2015).

import * as v from 'valibot';
import type { Initializer } from './layer';

const positive = v.pipe(v.number(), v.finite(), v.minValue(0));

/** Schema entries of every layer that has weights. */
export const initializerEntries = {
  initializer: v.optional(
    v.pipe(
      v.picklist(['pytorch', 'normal', 'xavier', 'he']),
      v.description(
        'How weights begin: pytorch is uniform in ±1/√inputs, normal as DCGAN’s, xavier by inputs and outputs (Glorot & Bengio 2010), he by inputs (He et al. 2015).',
      ),
    ),
    'pytorch',
  ),
  standardDeviation: v.optional(
    v.pipe(positive, v.description('Of the initializer normal only; 0.02 is DCGAN’s.')),
    0.02,
  ),
};

/** Schema entry of layers whose weight can be normalised. */
export const spectralEntries = {
  spectralNorm: v.optional(
    v.pipe(
      v.boolean(),
      v.description('Whether the weight is divided by its largest singular value (Miyato et al. 2018).'),
    ),
    false,
  ),
};

interface InitializerConfig {
  readonly initializer: 'pytorch' | 'normal' | 'xavier' | 'he';
  readonly standardDeviation: number;
}

/**
 * Initialisers of a weight and its bias.
 * `pytorch`: both uniform in ±1/√fanIn (Linear's and Conv2d's reset_parameters). The others leave the bias at 0:
 * `xavier` is uniform in ±√(6/(fanIn + fanOut)), `he` normal with deviation √(2/fanIn).
 */
export function initializersOf(
  config: InitializerConfig,
  fanIn: number,
  fanOut: number,
): { weight: Initializer; bias: Initializer } {
  const zero: Initializer = { type: 'constant', value: 0 };
  switch (config.initializer) {
    case 'pytorch': {
      const uniform: Initializer = { type: 'uniform', bound: 1 / Math.sqrt(fanIn) };
      return { weight: uniform, bias: uniform };
    }
    case 'normal':
      return { weight: { type: 'normal', mean: 0, standardDeviation: config.standardDeviation }, bias: zero };
    case 'xavier':
      return { weight: { type: 'uniform', bound: Math.sqrt(6 / (fanIn + fanOut)) }, bias: zero };
    case 'he':
      return { weight: { type: 'normal', mean: 0, standardDeviation: Math.sqrt(2 / fanIn) }, bias: zero };
  }
}
