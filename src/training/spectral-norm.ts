// Weights that a network computes with after a division by their largest singular value (shaders/spectralNorm.wgsl). Its layers and
// passes see the divided weight alone; what they leave as its gradient becomes the weight's own before the optimizer.

import {
  divideWeight,
  findColumnParts,
  findProducts,
  findRows,
  findSigma,
  findWeightGrad,
  joinColumns,
  joinProducts,
  squareRows,
  turnLeft,
  turnRight,
} from '../../shaders/spectralNorm.wgsl';
import { linearGrid, type Slot, type Work, work } from '../gpu/work';
import { type ParameterSpec, sizeOf } from '../layers/layer';

/** One weight, as PyTorch's `weight_orig` and its vectors, and what stands in its place. */
export interface SpectralWeight {
  readonly spec: ParameterSpec;
  readonly weight: Slot;
  readonly gradient: Slot;
  /** `weight_u` [outputs] and `weight_v` [everything else]. */
  readonly left: Slot;
  readonly right: Slot;
  /** The divided weight, and the gradient by it. */
  readonly normalized: Slot;
  readonly normalizedGrad: Slot;
  readonly sigma: Slot;
}

/** The vectors of a weight [outputs, …], each in the order that the kernels have its axis of the weight in. */
export function spectralBuffers({ name, shape, view = shape, axes = [] }: ParameterSpec): ParameterSpec[] {
  const outputs = shape[0]!;
  const border = view.findIndex((_, i) => sizeOf(view.slice(0, i + 1)) === outputs) + 1;
  const vector = (of: 'u' | 'v', [start, end]: readonly [number, number]): ParameterSpec => ({
    name: `${name}_${of}`,
    shape: [sizeOf(view.slice(start, end))],
    initializer: { type: 'sphere' },
    view: view.slice(start, end),
    axes: axes.filter((axis) => axis >= start && axis < end).map((axis) => axis - start),
  });
  return [vector('u', [0, border]), vector('v', [border, view.length])];
}

function shapeOf({ spec: { shape } }: SpectralWeight) {
  const columns = shape[0]!;
  const rows = sizeOf(shape) / columns;
  const root = (count: number) => Math.ceil(Math.sqrt(count));
  return { rows, columns, rowParts: root(rows), parts: root(rows * columns) };
}

/** The divided weights of an update, or of an evaluation; an update's begins with one power iteration for each. */
export function divideWeights(
  weights: readonly SpectralWeight[],
  { iterate }: { readonly iterate: boolean },
): Work[] {
  return weights.flatMap((own) => {
    const { weight, left, right, sigma, normalized } = own;
    const shape = shapeOf(own);
    const { rows, columns, rowParts } = shape;
    const slot = (name: string, length: number): Slot => ({ name: `${weight.name} ${name}`, length });
    const rowSums = slot('ᵀ · u', rows);
    const squares = slot('squares', rowParts);
    const columnParts = slot('· v in parts', rowParts * columns);
    const image = slot('· v', columns);
    return [
      work(
        findColumnParts,
        { weight, right, columnParts, shape },
        linearGrid(rowParts * columns, findColumnParts),
        2 * rows * columns,
      ),
      work(
        joinColumns,
        { foundColumns: columnParts, columnSums: image, shape },
        linearGrid(columns, joinColumns),
      ),
      ...(iterate
        ? [
            work(turnLeft, { image, nextLeft: left, shape }, linearGrid(columns, turnLeft)),
            work(findRows, { weight, left, rowSums, shape }, linearGrid(rows, findRows), 2 * rows * columns),
            work(squareRows, { foundRows: rowSums, squares, shape }, linearGrid(rowParts, squareRows)),
            work(
              turnRight,
              { foundRows: rowSums, foundSquares: squares, nextRight: right, sigma, shape },
              linearGrid(rows, turnRight),
            ),
          ]
        : [work(findSigma, { image, left, sigma, shape }, [1, 1, 1])]),
      work(
        divideWeight,
        { weight, foundSigma: sigma, normalized, shape },
        linearGrid(rows * columns, divideWeight),
        rows * columns,
      ),
    ];
  });
}

/** The weights' own gradients, from those by the divided weights. */
export function gradientsOfWeights(weights: readonly SpectralWeight[]): Work[] {
  return weights.flatMap((own) => {
    const { gradient: weightGrad, left, right, sigma: foundSigma, normalized, normalizedGrad } = own;
    const shape = shapeOf(own);
    const { rows, columns, parts } = shape;
    const products: Slot = { name: `${weightGrad.name} products`, length: parts };
    const inner: Slot = { name: `${weightGrad.name} inner product`, length: 1 };
    return [
      work(
        findProducts,
        { normalizedGrad, normalizedWeight: normalized, products, shape },
        linearGrid(parts, findProducts),
        2 * rows * columns,
      ),
      work(joinProducts, { foundProducts: products, inner, shape }, [1, 1, 1]),
      work(
        findWeightGrad,
        { normalizedGrad, left, right, foundInner: inner, foundSigma, weightGrad, shape },
        linearGrid(rows * columns, findWeightGrad),
        4 * rows * columns,
      ),
    ];
  });
}
