// sgd: stochastic gradient descent with momentum, as PyTorch's SGD.

import * as v from 'valibot';
import { sgdUpdate } from '../../shaders/sgd.wgsl';
import { linearGrid, work } from '../gpu/work';
import { commonEntries, commonSettings, defineOptimizer } from './optimizer';

export default defineOptimizer({
  type: 'sgd',
  summary: 'Steps against the gradient, with momentum where given.',
  formula: 'θ ← θ − η · v,  v ← momentum · v + g',
  schema: v.strictObject({
    type: v.literal('sgd'),
    ...commonEntries,
    momentum: v.optional(
      v.pipe(
        v.number(),
        v.minValue(0),
        v.maxValue(1),
        v.description('How much of the last step is made again.'),
      ),
      0,
    ),
  }),
  create: (config, context) => ({
    stateNames: ['momentum_buffer'],
    update: ({ clock, fault, parameters, gradients, state }) => {
      const settings = { ...commonSettings(config, context, parameters), momentum: config.momentum };
      const bindings = {
        clock,
        fault,
        parameter: parameters,
        gradient: gradients,
        momentumBuffer: state.momentum_buffer!,
        settings,
      };
      return [work(sgdUpdate, bindings, linearGrid(settings.count, sgdUpdate), 4 * parameters.length)];
    },
  }),
});
