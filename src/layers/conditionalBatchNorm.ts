// conditionalBatchNorm (Dumoulin et al. 2017; de Vries et al. 2017): batch norm whose weight and bias are those of the sample's
// class. The normalisation is batchNorm's, without either; behind it come the class's own.

import * as v from 'valibot';
import { classAffine as narrow } from '../../shaders/classAffine.wgsl';
import { classAffine as wide } from '../../shaders/classAffine4.wgsl';
import { linearGrid, type Slot, type Work, work } from '../gpu/work';
import { batchNormalization, batchNormEntries, batchNormInFloat64, featuresOf } from './batchNormalization';
import { classesEntries, classSumsWork, labelsOf } from './classes';
import { sampleSums } from './columnSums';
import { defineLayer, type ForwardSlots, sizeOf } from './layer';
import { weightGradWork } from './normalization';

const TYPE = 'conditionalBatchNorm';

export default defineLayer({
  type: TYPE,
  summary: 'Batch norm with a weight and a bias of each class, for G (de Vries et al. 2017).',
  formula: 'γ_class · (x − μ)/√(σ² + ε) + β_class,  μ and σ² over the batch',
  schema: v.strictObject({ type: v.literal(TYPE), ...classesEntries, ...batchNormEntries }),
  create: (config, shape) => {
    const { classes } = config;
    const { layer, features, of, statisticsOf } = batchNormalization(config, shape, undefined);
    const pixels = sizeOf(shape) / features;
    const lengthOf = (batch: number) => batch * sizeOf(shape);
    /** A number of every sample times its class's weight, with the class's bias where there is to be one. */
    const affine = (slots: ForwardSlots, input: Slot, output: Slot, share: number): Work => {
      const { batch, parameters } = slots;
      const [kernel, lanes] = features % 4 === 0 ? [wide, 4] : [narrow, 1];
      const shape = { rows: batch, pixels, columns: features / lanes, share };
      const table = { weight: parameters.weight!, bias: parameters.bias! };
      const grid = linearGrid(lengthOf(batch) / lanes, kernel);
      return work(
        kernel,
        { input, output, labels: labelsOf(TYPE, slots), ...table, shape },
        grid,
        2 * lengthOf(batch),
      );
    };
    const rowsOf = (name: string, batch: number): Slot => ({
      name: `${TYPE} ${name}`,
      length: lengthOf(batch),
    });
    /** What each of the samples adds to a number of its class, [batch, pixels, features], as the gradient of a table. */
    const tableGrad = (slots: ForwardSlots, terms: Slot, name: string, sums: Slot): Work[] => {
      const { batch } = slots;
      const bySample: Slot = { name: `${TYPE} ${name} by sample`, length: batch * features };
      const labels = labelsOf(TYPE, slots);
      return [
        sampleSums(terms, batch, pixels, features, bySample),
        classSumsWork({ input: bySample, labels, sums, rows: batch, classes, columns: features }),
      ];
    };
    const constant = (value: number) => ({ type: 'constant', value }) as const;
    return {
      ...layer,
      classes,
      parameters: () => [
        { name: 'weight', shape: [classes, features], initializer: constant(1) },
        { name: 'bias', shape: [classes, features], initializer: constant(0) },
      ],
      forward: (slots) => {
        const normal = rowsOf('x̂', slots.batch);
        return [
          ...layer.forward({ ...slots, parameters: {}, output: normal }),
          affine(slots, normal, slots.output, 1),
        ];
      },
      backward: (slots) => {
        const { outputGrad, inputGrad, parameterGrads, ...rest } = slots;
        const { batch, input } = rest;
        const { statistics, list } = statisticsOf(slots);
        const terms = rowsOf('g·x̂', batch);
        const ownGrad = rowsOf('gradient of x̂', batch);
        return [
          ...(parameterGrads
            ? [
                ...list,
                weightGradWork(of(slots), { input, statistics, outputGrad, output: terms }),
                ...tableGrad(slots, terms, 'Σ g·x̂', parameterGrads.weight!),
                ...tableGrad(slots, outputGrad, 'Σ g', parameterGrads.bias!),
              ]
            : []),
          ...(inputGrad
            ? [
                affine(slots, outputGrad, ownGrad, 0),
                ...layer.backward({ ...rest, parameters: {}, outputGrad: ownGrad, inputGrad }),
              ]
            : []),
        ];
      },
      tangent: (slots) => {
        const normal = rowsOf('tangent of x̂', slots.batch);
        return [
          ...layer.tangent({ ...slots, parameters: {}, outputTangent: normal }),
          affine(slots, normal, slots.outputTangent, 0),
        ];
      },
    };
  },
  batchReference: (config, input, parameters, pass) =>
    batchNormInFloat64(
      config,
      input,
      parameters,
      pass,
      (row, feature) => pass.labels![row]! * featuresOf(pass.shape) + feature,
    ),
  specimens: [
    { config: { type: TYPE, classes: 3 }, input: [5], batch: 7 },
    { config: { type: TYPE, classes: 10, epsilon: 0.1, momentum: 0.3 }, input: [12], batch: 131 },
    { config: { type: TYPE, classes: 4 }, input: [3, 5, 7], batch: 9 },
    { config: { type: TYPE, classes: 2 }, input: [8, 7, 3], batch: 13 },
    { config: { type: TYPE, classes: 3 }, input: [4, 3, 5], batch: 10, groups: 2 },
  ],
});
