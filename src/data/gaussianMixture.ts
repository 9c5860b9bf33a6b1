// gaussianMixture: normals on the line, with weights.

import * as v from 'valibot';
import { numberFrom } from '../math/ranges';
import { mixtureSource } from './mixture';
import { coordinate, deviation } from './options';
import { defineData } from './source';

const component = v.strictObject({
  mean: v.pipe(coordinate, v.description('Where it lies.'), v.examples([0])),
  standardDeviation: v.optional(deviation, 0.25),
  weight: v.optional(
    v.pipe(numberFrom(0.001, 1000), v.description('Relative to the other components’ weights.')),
    1,
  ),
});

export default defineData({
  source: 'gaussianMixture',
  summary: 'Normals on the line, with weights.',
  formula: 'x ~ Σ wₖ · N(mₖ, σₖ²)/Σ wₖ',
  schema: v.strictObject({
    source: v.literal('gaussianMixture'),
    components: v.optional(
      v.pipe(
        v.array(component, 'a list of { "mean": … } would do'),
        v.minLength(1, 'a list of 1 to 1000 components would do'),
        v.maxLength(1000, 'a list of 1 to 1000 components would do'),
        v.description('The normals.'),
      ),
      [{ mean: -1.5 }, { mean: 0 }, { mean: 1.5 }],
    ),
  }),
  create: ({ components }) => {
    const whole = components.reduce((sum, { weight }) => sum + weight, 0);
    return mixtureSource(
      components.map(({ mean, standardDeviation, weight }) => ({
        center: [mean],
        standardDeviation,
        weight: weight / whole,
      })),
    );
  },
});
