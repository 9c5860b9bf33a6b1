// uniform: evenly spread over an interval of the line.

import * as v from 'valibot';
import { drawBatch, evaluateDensity } from '../../shaders/uniform.wgsl';
import { specialize } from '../wgsl/specialize';
import { coordinate } from './options';
import { defineData, distributionSource } from './source';

export default defineData({
  source: 'uniform',
  summary: 'Evenly spread over an interval of the line.',
  formula: 'x ~ U(low, high)',
  schema: v.pipe(
    v.strictObject({
      source: v.literal('uniform'),
      low: v.optional(v.pipe(coordinate, v.description('The lower end.')), -1),
      high: v.optional(v.pipe(coordinate, v.description('The upper end.')), 1),
    }),
    v.forward(
      v.check(({ low, high }) => high - low >= 0.001, 'a number above low by 0.001 or more would do'),
      ['high'],
    ),
  ),
  create: ({ low, high }) => {
    const constants = { LOW: low, HIGH: high };
    return distributionSource({
      drawBatch: specialize(drawBatch, constants),
      evaluateDensity: specialize(evaluateDensity, constants),
      distribution: {
        dimensions: 1,
        density: (x) => (x[0]! >= low && x[0]! < high ? 1 / (high - low) : 0),
        bounds: { low: [low], high: [high] },
        // The density is flat: this says how sharply its two edges should be seen.
        resolution: (high - low) / 8,
      },
    });
  },
});
