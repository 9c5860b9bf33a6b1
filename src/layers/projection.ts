// projection (Miyato & Koyama 2018, https://arxiv.org/abs/1802.05637): the last layer of a D that is told the classes.

import * as v from 'valibot';
import { project, projectBack, projectionTerms } from '../../shaders/projection.wgsl';
import { linearGrid, work } from '../gpu/work';
import { UserError } from '../math/errors';
import { classesEntries, classSumsWork, labelsOf } from './classes';
import { columnSums } from './columnSums';
import { initializerEntries, initializersOf } from './initializer';
import { defineLayer, type ForwardSlots, type Layer, type Layout } from './layer';

const TYPE = 'projection';

const schema = v.strictObject({ type: v.literal(TYPE), ...classesEntries, ...initializerEntries });

export default defineLayer({
  type: TYPE,
  summary:
    'D’s last layer where it is told the classes: how real, and how like its class (Miyato & Koyama 2018).',
  formula: 'y = ⟨w + e_class, x⟩ + b',
  schema,
  create: (config, input) => {
    if (input.length !== 1) {
      throw new UserError(
        `${TYPE}: its input has shape [${input.join(', ')}], but it takes a row of numbers; a flatten before it would do.`,
      );
    }
    return projectionLayer(config, input[0]!);
  },
  reference: (_config, input, { weight, embedding, bias }, { labels }) => {
    const own = labels![0]! * input.length;
    return Float64Array.of(
      input.reduce((sum, x, i) => sum + x * (weight![i]! + embedding![own + i]!), bias![0]!),
    );
  },
  specimens: [
    { config: { type: TYPE, classes: 3 }, input: [5], batch: 7 },
    { config: { type: TYPE, classes: 10 }, input: [37], batch: 131 },
  ],
});

/** Its inputs lie as an image's numbers do, where it is told of one. */
function projectionLayer(
  config: v.InferOutput<typeof schema>,
  inputs: number,
  { channels, pixels }: Layout = { channels: inputs, pixels: 1 },
): Layer {
  const { classes } = config;
  const shapeOf = (rows: number, share = 1) => ({ rows, inputs, share });
  const projected = (slots: ForwardSlots, share: number) => {
    const { batch, input, output } = slots;
    const { weight, embedding, bias } = slots.parameters;
    const table = { weight: weight!, embedding: embedding!, bias: bias! };
    const bindings = { input, output, labels: labelsOf(TYPE, slots), ...table };
    const grid = linearGrid(batch, project);
    return work(project, { ...bindings, shape: shapeOf(batch, share) }, grid, 2 * batch * inputs);
  };
  return {
    classes,
    lying: ({ input: order }) => order && projectionLayer(config, inputs, order),
    outputShape: () => [1],
    parameters: () => {
      const { weight, bias } = initializersOf(config, inputs, 1);
      const rows = (count: number) => ({
        shape: [count, inputs],
        initializer: weight,
        view: [count, channels, pixels],
        axes: [0, 2, 1],
      });
      return [
        { name: 'weight', ...rows(1) },
        { name: 'embedding', ...rows(classes) },
        { name: 'bias', shape: [1], initializer: bias },
      ];
    },
    forward: (slots) => [projected(slots, 1)],
    backward: (slots) => {
      const { batch, input, parameters, outputGrad, inputGrad, parameterGrads } = slots;
      const { weight, embedding } = parameters;
      const labels = labelsOf(TYPE, slots);
      const terms = { name: `${TYPE} terms`, length: batch * inputs };
      const shape = shapeOf(batch);
      const grid = linearGrid(batch * inputs, projectBack);
      return [
        ...(parameterGrads
          ? [
              work(projectionTerms, { outputGrad, input, terms, shape }, grid),
              classSumsWork({
                input: terms,
                labels,
                sums: parameterGrads.embedding!,
                rows: batch,
                classes,
                columns: inputs,
              }),
              ...columnSums(terms, batch, inputs, parameterGrads.weight!),
              ...(parameterGrads.bias ? columnSums(outputGrad, batch, 1, parameterGrads.bias) : []),
            ]
          : []),
        ...(inputGrad
          ? [
              work(
                projectBack,
                { outputGrad, labels, weight: weight!, embedding: embedding!, inputGrad, shape },
                grid,
                2 * batch * inputs,
              ),
            ]
          : []),
      ];
    },
    tangent: ({ inputTangent, outputTangent, ...slots }) => [
      projected({ ...slots, input: inputTangent, output: outputTangent }, 0),
    ],
  };
}
