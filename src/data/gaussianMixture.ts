// gaussianMixture: normals on the line, with weights.

import * as v from 'valibot';
import { numberFrom } from '../math/ranges';
import { mixtureSource } from './mixture';
import { coordinate, deviation } from './options';
import { defineData } from './source';

const component = v.strictObject({
  mean: coordinate,
  standardDeviation: v.optional(deviation, 0.25),
  /** Relative to the other components' weights. */
  weight: v.optional(numberFrom(0.001, 1000), 1),
});

export default defineData({
  source: 'gaussianMixture',
  schema: v.strictObject({
    source: v.literal('gaussianMixture'),
    components: v.optional(
      v.pipe(
        v.array(component, 'a list of { "mean": … } would do'),
        v.minLength(1, 'a list of 1 to 1000 components would do'),
        v.maxLength(1000, 'a list of 1 to 1000 components would do'),
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
