// dense: output = input · weightᵀ + bias, PyTorch's Linear.

import * as v from 'valibot';
import { denseParameterGrad, matrixProduct } from '../../shaders/dense.wgsl';
import { type Grid, type Slot, type Work, work } from '../gpu/work';
import type { BindingShapes, Kernel } from '../wgsl/kernel';
import { specialize } from '../wgsl/specialize';
import { initializerEntries, initializersOf } from './initializer';
import { defineLayer, type IntoActivation, sizeOf, type ThroughActivation } from './layer';

const schema = v.strictObject({
  type: v.literal('dense'),
  units: v.pipe(v.number(), v.integer(), v.minValue(1)),
  bias: v.optional(v.boolean(), true),
  ...initializerEntries,
});

interface Matrix {
  readonly slot: Slot;
  readonly rowStride: number;
  readonly depthStride: number;
}

const rowMajor = (slot: Slot, depth: number): Matrix => ({ slot, rowStride: depth, depthStride: 1 });
const transposed = (slot: Slot, rows: number): Matrix => ({ slot, rowStride: 1, depthStride: rows });

interface Product {
  readonly left: Matrix;
  readonly right: Matrix;
  readonly bias?: Slot | undefined;
  readonly into?: IntoActivation | undefined;
  readonly through?: ThroughActivation | undefined;
}

/** result[r, c] = Σ_d left[r, d] · right[c, d] (+ bias[c]), then into an activation or through its derivative. */
function product(
  result: Slot,
  [rows, columns, depth]: readonly [number, number, number],
  { left, right, bias, into, through }: Product,
): Work {
  const ending = into?.ending ?? through?.ending;
  const shape = {
    rows,
    columns,
    depth,
    leftRowStride: left.rowStride,
    leftDepthStride: left.depthStride,
    rightColumnStride: right.rowStride,
    rightDepthStride: right.depthStride,
    biased: bias ? 1 : 0,
    mode: 0,
    parameter: ending?.parameter ?? 0,
  };
  const operands = { left: left.slot, right: right.slot, bias: bias ?? right.slot };
  const flops = 2 * rows * columns * depth;
  if (!ending) {
    const kernel = tiled(matrixProduct, columns);
    return work(kernel, { ...operands, product: result, shape }, tileGrid(kernel, rows, columns), flops);
  }
  const kernel = tiled(ending.kernel, columns);
  const { INTO, BACK, ONWARD } = ending.kernel.constants;
  const bindings = into
    ? { product: into.activated, preactivation: result, shape: { ...shape, mode: into.keep ? INTO : ONWARD } }
    : { product: result, preactivation: through!.preactivation, shape: { ...shape, mode: BACK } };
  return work(kernel, { ...operands, ...bindings }, tileGrid(kernel, rows, columns), flops);
}

/**
 * Results of one or two columns (D's logit, points in the plane) would leave most lanes of a square workgroup idle: a narrow
 * tile in a column of lanes makes them three to five times faster on software adapters.
 */
const NARROW = { TILE_ROWS: 4, TILE_COLUMNS: 2, GROUP_COLUMNS: 1, GROUP_ROWS: 32 };
const NARROW_COLUMNS = 4;

/** The variant of a product's kernel for results of this many columns. */
const tiled = <Shapes extends BindingShapes>(kernel: Kernel<Shapes, keyof typeof NARROW>, columns: number) =>
  columns <= NARROW_COLUMNS ? specialize(kernel, NARROW) : kernel;

function tileGrid(
  {
    constants,
    workgroupSize,
  }: Pick<Kernel<BindingShapes, keyof typeof NARROW>, 'constants' | 'workgroupSize'>,
  rows: number,
  columns: number,
): Grid {
  return [
    Math.ceil(columns / (constants.TILE_COLUMNS * workgroupSize[0])),
    Math.ceil(rows / (constants.TILE_ROWS * workgroupSize[1])),
    1,
  ];
}

export default defineLayer({
  type: 'dense',
  schema,
  create: (config, input) => {
    const inputs = sizeOf(input);
    const outputs = config.units;
    return {
      outputShape: () => [outputs],
      parameters: () => {
        const { weight, bias } = initializersOf(config, inputs, outputs);
        return [
          { name: 'weight', shape: [outputs, inputs], initializer: weight },
          ...(config.bias ? [{ name: 'bias', shape: [outputs], initializer: bias }] : []),
        ];
      },
      takesEndings: true,
      forward: ({ batch, input, output, parameters, into }) => [
        product(output, [batch, outputs, inputs], {
          left: rowMajor(input, inputs),
          right: rowMajor(parameters.weight!, inputs),
          bias: parameters.bias,
          into,
        }),
      ],
      backward: ({ batch, input, parameters, outputGrad, inputGrad, parameterGrads, through }) => {
        const list: Work[] = [];
        if (parameterGrads) {
          const { weight: weightGrad, bias: biasGrad } = parameterGrads;
          const kernel = tiled(denseParameterGrad, inputs);
          list.push(
            biasGrad
              ? work(
                  kernel,
                  { input, outputGrad, weightGrad: weightGrad!, biasGrad, dense: { batch, inputs, outputs } },
                  tileGrid(kernel, outputs, inputs),
                  2 * batch * outputs * (inputs + 1),
                )
              : product(weightGrad!, [outputs, inputs, batch], {
                  left: transposed(outputGrad, outputs),
                  right: transposed(input, inputs),
                }),
          );
        }
        if (inputGrad) {
          const left = rowMajor(outputGrad, outputs);
          const right = transposed(parameters.weight!, inputs);
          list.push(product(inputGrad, [batch, inputs, outputs], { left, right, through }));
        }
        return list;
      },
      tangent: ({ batch, inputTangent, outputTangent, parameters }) => [
        product(outputTangent, [batch, outputs, inputs], {
          left: rowMajor(inputTangent, inputs),
          right: rowMajor(parameters.weight!, inputs),
        }),
      ],
    };
  },
  reference: (config, input, { weight, bias }) =>
    Float64Array.from({ length: config.units }, (_, o) =>
      input.reduce((sum, x, i) => sum + x * weight![o * input.length + i]!, bias?.[o] ?? 0),
    ),
  specimens: [
    { config: { type: 'dense', units: 1 }, input: [1], batch: 1 },
    { config: { type: 'dense', units: 5 }, input: [3], batch: 7 },
    { config: { type: 'dense', units: 33, bias: false }, input: [2, 3, 3], batch: 13 },
    { config: { type: 'dense', units: 37 }, input: [41], batch: 131 },
  ],
});
