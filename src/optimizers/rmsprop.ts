// rmsprop: Tieleman & Hinton 2012, as PyTorch's RMSprop.

import * as v from 'valibot';
import { rmspropUpdate } from '../../shaders/rmsprop.wgsl';
import { linearGrid, work } from '../gpu/work';
import { commonEntries, commonSettings, defineOptimizer } from './optimizer';

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

export default defineOptimizer({
  type: 'rmsprop',
  summary:
    'Gradients divided by the root of their squares’ average; what weight-clipped critics were trained with (Tieleman & Hinton 2012).',
  formula: 'θ ← θ − η · g/(√s + ε),  s ← decay · s + (1 − decay) · g²',
  schema: v.strictObject({
    type: v.literal('rmsprop'),
    ...commonEntries,
    decay: v.optional(
      v.pipe(share, v.description('How much of the squares’ average stays; PyTorch’s alpha.')),
      0.99,
    ),
    momentum: v.optional(v.pipe(share, v.description('How much of the last step is made again.')), 0),
    epsilon: v.optional(
      v.pipe(
        v.number(),
        v.finite(),
        v.minValue(0),
        v.description('ε: keeps steps small where gradients are next to nothing.'),
      ),
      1e-8,
    ),
  }),
  create: (config, context) => ({
    stateNames: ['square_avg', 'momentum_buffer'],
    update: ({ clock, fault, parameters, gradients, state }) => {
      const { decay, momentum, epsilon } = config;
      const settings = {
        ...commonSettings(config, context, parameters),
        decay,
        oneMinusDecay: 1 - decay,
        momentum,
        epsilon,
      };
      const bindings = {
        clock,
        fault,
        parameter: parameters,
        gradient: gradients,
        squareAvg: state.square_avg!,
        momentumBuffer: state.momentum_buffer!,
        settings,
      };
      return [
        work(rmspropUpdate, bindings, linearGrid(settings.count, rmspropUpdate), 8 * parameters.length),
      ];
    },
  }),
});
