// What Adam and AdamW share: options, state, and the dispatch.

import * as v from 'valibot';
import { adamUpdate } from '../../shaders/adam.wgsl';
import { linearGrid, work } from '../gpu/work';
import { type CommonConfig, commonSettings, type Optimizer, type OptimizerContext } from './optimizer';

const decay = v.pipe(v.number(), v.minValue(0), v.ltValue(1));

export const adamEntries = {
  beta1: v.optional(v.pipe(decay, v.description('β₁: how much of the gradients’ average stays.')), 0.9),
  beta2: v.optional(v.pipe(decay, v.description('β₂: how much of the squares’ average stays.')), 0.999),
  epsilon: v.optional(
    v.pipe(
      v.number(),
      v.finite(),
      v.minValue(0),
      v.description('ε: keeps steps small where gradients are next to nothing.'),
    ),
    1e-8,
  ),
};

interface AdamConfig extends CommonConfig {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** log β, held off −∞ (β = 0), where exp(t·log β) is 0 in float32 all the same. */
const logOf = (beta: number): number => Math.max(Math.log(beta), -100);

export function adamOptimizer(config: AdamConfig, context: OptimizerContext, decoupledDecay = 0): Optimizer {
  return {
    stateNames: ['exp_avg', 'exp_avg_sq'],
    update: ({ clock, fault, parameters, gradients, state, lazily }) => {
      const { beta1, beta2, epsilon } = config;
      const settings = {
        ...commonSettings(config, context, parameters),
        beta1,
        oneMinusBeta1: 1 - beta1,
        logBeta1: logOf(beta1),
        beta2,
        oneMinusBeta2: 1 - beta2,
        logBeta2: logOf(beta2),
        epsilon,
        decoupledDecay,
        lazyInterval: context.lazyInterval ?? 0,
        lazily: lazily ? 1 : 0,
      };
      const bindings = {
        clock,
        fault,
        parameter: parameters,
        gradient: gradients,
        expAvg: state.exp_avg!,
        expAvgSq: state.exp_avg_sq!,
        settings,
      };
      const grid = linearGrid(Math.ceil(settings.count / adamUpdate.constants.EACH), adamUpdate);
      return [work(adamUpdate, bindings, grid, 12 * parameters.length)];
    },
  };
}
