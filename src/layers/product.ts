// The three directions of a convolution as matrix products: its output, the way back to its input, and its weight's
// gradient. Dense layers are convolutions of one tap between images of one pixel.

import { plainProduct, plainWeightGrad } from '../../shaders/plainProduct.wgsl';
import { subgroupProduct, subgroupWeightGrad } from '../../shaders/subgroupProduct.wgsl';
import {
  type AdapterTraits,
  type Alternative,
  type Grid,
  NOTHING,
  type Slot,
  type Work,
  work,
} from '../gpu/work';
import { graft } from '../wgsl/graft';
import type { BindingShapes, Kernel } from '../wgsl/kernel';
import { specialize } from '../wgsl/specialize';
import type { IntoActivation, ThroughActivation } from './layer';

/** A convolution from images of `inputs` channels to images of `outputs`; its weight lies as [kernel, kernel, inputs, outputs]. */
export interface Convolution {
  readonly inputs: number;
  readonly inputHeight: number;
  readonly inputWidth: number;
  readonly outputs: number;
  readonly height: number;
  readonly width: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
}

/** A dense layer's weight lies as [inputs, outputs]. */
export const denseConvolution = (inputs: number, outputs: number): Convolution => ({
  inputs,
  inputHeight: 1,
  inputWidth: 1,
  outputs,
  height: 1,
  width: 1,
  kernel: 1,
  stride: 1,
  padding: 0,
});

interface ProductSlots {
  readonly left: Slot;
  readonly weight: Slot;
  readonly bias?: Slot | undefined;
  readonly result: Slot;
  readonly into?: IntoActivation | undefined;
  readonly through?: ThroughActivation | undefined;
}

/** result = convolution(left) + bias: [batch, height, width, outputs]. */
export function convolve(convolution: Convolution, batch: number, slots: ProductSlots): Work {
  return product(convolution, batch, 'forth', slots);
}

/** result = the convolution's transpose applied to left, [batch, height, width, outputs] → [batch, inputHeight, inputWidth, inputs]. */
export function convolveBack(convolution: Convolution, batch: number, slots: ProductSlots): Work {
  return product(convolution, batch, 'back', slots);
}

const PRODUCT = plainProduct.constants;

/** One dispatch, ending in an activation or its derivative where the slots say so. */
function product(
  convolution: Convolution,
  batch: number,
  direction: 'forth' | 'back',
  { left, weight, bias, result, into, through }: ProductSlots,
): Work {
  const { kernel, stride, padding } = convolution;
  const forth = direction === 'forth';
  const [channels, sourceHeight, sourceWidth, columns, resultHeight, resultWidth] = forth
    ? [
        convolution.inputs,
        convolution.inputHeight,
        convolution.inputWidth,
        convolution.outputs,
        convolution.height,
        convolution.width,
      ]
    : [
        convolution.outputs,
        convolution.height,
        convolution.width,
        convolution.inputs,
        convolution.inputHeight,
        convolution.inputWidth,
      ];
  const pointwise = isPointwise(convolution);
  const loader = pointwise ? PRODUCT.ROWS : forth ? PRODUCT.IM2COL : PRODUCT.PARITY;
  const ending = into?.ending ?? through?.ending;
  const bindings = {
    left,
    right: weight,
    bias: bias ?? weight,
    product: into ? into.activated : result,
    preactivation: into?.keep ? result : (through?.preactivation ?? NOTHING),
    shape: {
      batch,
      sourceHeight,
      sourceWidth,
      resultHeight,
      resultWidth,
      channels,
      columns,
      kernel,
      stride,
      padding,
      biased: bias ? 1 : 0,
      keep: into?.keep ? 1 : 0,
      parameter: ending?.parameter ?? 0,
    },
  };
  const variant = <Shapes extends BindingShapes, Constants extends string>(
    base: Kernel<Shapes, Constants>,
    tile: { readonly [Name in Constants]?: number },
  ) =>
    specialize(ending ? graft(base, ending.functions, ['activation', 'derivative']) : base, {
      ...tile,
      LOADER: loader,
      TRANSPOSED: forth ? 0 : 1,
      ENDING: into ? PRODUCT.ACTIVATION : through ? PRODUCT.DERIVATIVE : PRODUCT.NONE,
    });
  // Phases of one axis have all but the same number of places; the first has the most.
  const phases = loader === PRODUCT.PARITY ? stride : 1;
  const rows = batch * Math.ceil(resultHeight / phases) * Math.ceil(resultWidth / phases);
  const multiplied =
    batch * convolution.height * convolution.width * kernel ** 2 * convolution.inputs * convolution.outputs;

  const plain = variant(plainProduct, plainTile(columns));
  const grid = (tile: TileSize): Grid => [...tileGrid(rows, columns, tile), phases ** 2];
  return {
    ...work(plain, bindings, grid(plainTileSize(plain)), 2 * multiplied),
    alternatives: {
      key: `product ${direction} ${ending?.functions.file ?? ''} ${JSON.stringify(bindings.shape)}`,
      on: (adapter) =>
        channels % 4 > 0 || columns % 4 > 0
          ? []
          : subgroupTiles(adapter, columns).map((tile): Alternative => {
              const kernel = variant(subgroupProduct, tile);
              return {
                strategy: 'subgroup',
                label: subgroupLabel(tile),
                work: [work(kernel, bindings, grid(subgroupTileSize(tile)), 2 * multiplied)],
              };
            }),
    },
  };
}

/**
 * weightGrad[tap, i, o] = Σ input · outputGrad over all pixels of the output, and biasGrad[o] = Σ outputGrad.
 * For a transposed convolution `input` and `outputGrad` change places, and there is no biasGrad.
 */
export function convolutionWeightGrad(
  convolution: Convolution,
  batch: number,
  slots: {
    readonly input: Slot;
    readonly outputGrad: Slot;
    readonly weightGrad: Slot;
    readonly biasGrad?: Slot | undefined;
  },
): Work {
  const { inputs, inputHeight, inputWidth, outputs, height, width, kernel, stride, padding } = convolution;
  const { input, outputGrad, weightGrad, biasGrad } = slots;
  const bindings = {
    input,
    outputGrad,
    weightGrad,
    biasGrad: biasGrad ?? NOTHING,
    window: {
      batch,
      inputHeight,
      inputWidth,
      inputs,
      height,
      width,
      outputs,
      kernel,
      stride,
      padding,
      biased: biasGrad ? 1 : 0,
    },
  };
  const rows = kernel ** 2 * inputs;
  const flops = 2 * batch * height * width * rows * outputs;
  const pointwise = { POINTWISE: isPointwise(convolution) ? 1 : 0 };
  const plain = specialize(plainWeightGrad, { ...plainTile(outputs), ...pointwise });
  const grid = (tile: TileSize): Grid => [...tileGrid(rows, outputs, tile), 1];
  return {
    ...work(plain, bindings, grid(plainTileSize(plain)), flops),
    alternatives: {
      key: `weightGrad ${JSON.stringify(bindings.window)}`,
      on: (adapter) =>
        inputs % 4 > 0 || outputs % 4 > 0
          ? []
          : subgroupTiles(adapter, outputs).map((tile): Alternative => {
              const kernel = specialize(subgroupWeightGrad, { ...tile, ...pointwise });
              return {
                strategy: 'subgroup',
                label: subgroupLabel(tile),
                work: [work(kernel, bindings, grid(subgroupTileSize(tile)), flops)],
              };
            }),
    },
  };
}

/** Every pixel of the output comes of the same pixel of the input alone. */
const isPointwise = ({ kernel, stride, padding }: Convolution) =>
  kernel === 1 && stride === 1 && padding === 0;

/** What one workgroup makes. */
interface TileSize {
  readonly rows: number;
  readonly columns: number;
}

const tileGrid = (rows: number, columns: number, tile: TileSize) =>
  [Math.ceil(columns / tile.columns), Math.ceil(rows / tile.rows)] as const;

/**
 * Results of few columns (D's logit, points in the plane, grey images) would leave most lanes of a square workgroup idle: a
 * narrow tile in a column of lanes makes them three to five times faster on software adapters.
 */
const NARROW = { TILE_ROWS: 4, TILE_COLUMNS: 2, GROUP_COLUMNS: 1, GROUP_ROWS: 32 };
const NARROW_COLUMNS = 4;

const plainTile = (columns: number) => (columns <= NARROW_COLUMNS ? NARROW : {});

const plainTileSize = ({
  constants,
  workgroupSize,
}: Pick<typeof plainProduct, 'constants' | 'workgroupSize'>): TileSize => ({
  rows: constants.TILE_ROWS * workgroupSize[1],
  columns: constants.TILE_COLUMNS * workgroupSize[0],
});

interface SubgroupTile {
  readonly LANES: number;
  readonly TILE_ROWS: number;
  readonly TILE_QUADS: number;
  readonly DEPTH_QUADS: number;
}

/** Tiles of a subgroup in the order of their size; those that would be mostly empty are left out. */
function subgroupTiles({ subgroupSize }: AdapterTraits, columns: number): SubgroupTile[] {
  if (subgroupSize === undefined || subgroupSize < 4) return [];
  return [1, 2]
    .flatMap((quads) => [8, 16, 32].map((rows) => ({ rows, quads })))
    .filter(({ rows, quads }) => rows <= 4 * subgroupSize && (quads === 1 || columns > 4 * subgroupSize))
    .map(({ rows, quads }) => ({
      LANES: subgroupSize,
      TILE_ROWS: rows,
      TILE_QUADS: quads,
      DEPTH_QUADS: (4 * subgroupSize) / rows,
    }));
}

const subgroupTileSize = ({ LANES, TILE_ROWS, TILE_QUADS }: SubgroupTile): TileSize => ({
  rows: TILE_ROWS,
  columns: LANES * TILE_QUADS * 4,
});

const subgroupLabel = ({ TILE_ROWS, TILE_QUADS }: SubgroupTile) => `subgroup ${TILE_ROWS}×${4 * TILE_QUADS}`;
