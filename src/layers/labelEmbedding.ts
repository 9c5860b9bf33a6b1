// labelEmbedding (Mirza & Osindero 2014): a learned row of numbers for the sample's class, behind its own numbers.

import * as v from 'valibot';
import { joinLabels, joinLabelsBack } from '../../shaders/labelEmbedding.wgsl';
import { linearGrid, work } from '../gpu/work';
import { UserError } from '../math/errors';
import { wholeFrom } from '../math/ranges';
import { classesEntries, classSumsWork, labelsOf } from './classes';
import { defineLayer, type ForwardSlots } from './layer';

const TYPE = 'labelEmbedding';

export default defineLayer({
  type: TYPE,
  summary: 'Puts a learned row of numbers for the sample’s class behind its own (Mirza & Osindero 2014).',
  formula: 'y = (x, e_class)',
  schema: v.strictObject({
    type: v.literal(TYPE),
    ...classesEntries,
    size: v.pipe(wholeFrom(1, 65_536), v.description('Numbers for each class.'), v.examples([8])),
  }),
  create: ({ classes, size }, input) => {
    if (input.length !== 1) {
      throw new UserError(
        `${TYPE}: its input has shape [${input.join(', ')}], but it takes a row of numbers; as the first layer behind noise or points it would do.`,
      );
    }
    const inputs = input[0]!;
    const shapeOf = (rows: number, share = 1) => ({ rows, inputs, size, share });
    const join = (slots: ForwardSlots, share: number) => {
      const { batch, input, output, parameters } = slots;
      const bindings = { input, output, labels: labelsOf(TYPE, slots), weight: parameters.weight! };
      const grid = linearGrid(batch * (inputs + size), joinLabels);
      return work(joinLabels, { ...bindings, shape: shapeOf(batch, share) }, grid);
    };
    return {
      classes,
      outputShape: () => [inputs + size],
      // PyTorch's Embedding begins with standard normals.
      parameters: () => [
        {
          name: 'weight',
          shape: [classes, size],
          initializer: { type: 'normal', mean: 0, standardDeviation: 1 },
        },
      ],
      offsets: ['weight'],
      forward: (slots) => [join(slots, 1)],
      backward: (slots) => {
        const { batch, outputGrad, inputGrad, parameterGrads } = slots;
        const labels = labelsOf(TYPE, slots);
        const rows = { rows: batch, classes, columns: size, stride: inputs + size, first: inputs };
        return [
          ...(parameterGrads?.weight
            ? [classSumsWork({ input: outputGrad, labels, sums: parameterGrads.weight, ...rows })]
            : []),
          ...(inputGrad
            ? [
                work(
                  joinLabelsBack,
                  { outputGrad, inputGrad, shape: shapeOf(batch) },
                  linearGrid(batch * inputs, joinLabelsBack),
                ),
              ]
            : []),
        ];
      },
      tangent: ({ inputTangent, outputTangent, ...slots }) => [
        join({ ...slots, input: inputTangent, output: outputTangent }, 0),
      ],
    };
  },
  reference: ({ size }, input, { weight }, { labels }) => {
    const own = labels![0]! * size;
    return Float64Array.from([...input, ...weight!.slice(own, own + size)]);
  },
  specimens: [
    { config: { type: TYPE, classes: 3, size: 2 }, input: [5], batch: 7 },
    { config: { type: TYPE, classes: 10, size: 16 }, input: [33], batch: 131 },
  ],
});
