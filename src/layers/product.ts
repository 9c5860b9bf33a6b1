// The three directions of a convolution as matrix products: its output, the way back to its input, and its weight's
// gradient. Dense layers are convolutions of one tap between images of one pixel.

import { narrowProduct } from '../../shaders/narrowProduct.wgsl';
import { plainProduct, plainWeightGrad } from '../../shaders/plainProduct.wgsl';
import { subgroupProduct, subgroupWeightGrad } from '../../shaders/subgroupProduct.wgsl';
import { sumTaps } from '../../shaders/sumTaps.wgsl';
import { workgroupProduct, workgroupWeightGrad } from '../../shaders/workgroupProduct.wgsl';
import {
  type AdapterTraits,
  type Alternative,
  type Grid,
  linearGrid,
  NOTHING,
  type Slot,
  type Work,
  work,
} from '../gpu/work';
import { graft } from '../wgsl/graft';
import type { BindingShapes, Kernel } from '../wgsl/kernel';
import { specialize } from '../wgsl/specialize';
import { SUM_KERNELS, sampleSums } from './columnSums';
import type { IntoActivation, ThroughActivation } from './layer';
import {
  ENOUGH_WORKGROUPS,
  narrowTileSize,
  plainTile,
  plainTileSize,
  type SubgroupTile,
  subgroupLabel,
  subgroupTileSize,
  subgroupTiles,
  type TileSize,
  tileGrid,
  workgroupLabel,
  workgroupTileSize,
  workgroupTiles,
} from './productTiles';

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
export function convolveBack(convolution: Convolution, batch: number, slots: ProductSlots): Work[] {
  const { inputs, outputs, kernel } = convolution;
  const isNarrow = inputs <= FEW_COLUMNS && outputs % 4 === 0 && !isPointwise(convolution);
  // Where the taps are no vec4s (3×3), the fast strategies can't make them, and dot products are quicker.
  return isNarrow && (kernel ** 2 * inputs) % 4 === 0
    ? convolveBackByTaps(convolution, batch, slots)
    : [product(convolution, batch, 'back', slots)];
}

/**
 * To few channels, in two dispatches: every pixel of left with all taps at once, a dense layer's way back, whose tile all
 * strategies fill; and the sums of what falls on the same place.
 */
function convolveBackByTaps(convolution: Convolution, batch: number, slots: ProductSlots): Work[] {
  const { inputs, inputHeight, inputWidth, outputs, height, width, kernel, stride, padding } = convolution;
  const { left, weight, result } = slots;
  const columns = kernel ** 2 * inputs;
  const pixels = batch * height * width;
  const tapProducts: Slot = { name: `${result.name} by taps`, length: pixels * columns };
  const end = endOf(slots);
  const shape = {
    batch,
    sourceHeight: height,
    sourceWidth: width,
    resultHeight: inputHeight,
    resultWidth: inputWidth,
    channels: outputs,
    columns: inputs,
    kernel,
    stride,
    padding,
    ...end.fields,
  };
  const adding = ended(sumTaps, slots, { LOADER: PRODUCT.PARITY });
  const results = batch * inputHeight * inputWidth * inputs;
  return [
    product(denseConvolution(columns, outputs), pixels, 'back', { left, weight, result: tapProducts }),
    work(
      adding,
      { tapProducts, ...end.bindings, shape },
      linearGrid(Math.ceil(results / 4), adding),
      tapProducts.length,
    ),
  ];
}

/** What a kernel of lib/product.wgsl binds for how its result ends, and the fields of its shape. */
function endOf({ weight, bias, result, into, through }: ProductSlots) {
  return {
    bindings: {
      bias: bias ?? weight,
      product: into ? into.activated : result,
      preactivation: into?.keep ? result : (through?.preactivation ?? NOTHING),
    },
    fields: {
      biased: bias ? 1 : 0,
      keep: into?.keep ? 1 : 0,
      parameter: (into ?? through)?.ending.parameter ?? 0,
    },
  };
}

/** The kernel with these constants, ending in an activation or its derivative where the slots say so. */
function ended<Shapes extends BindingShapes, Constants extends string>(
  base: Kernel<Shapes, Constants>,
  { into, through }: ProductSlots,
  constants: Readonly<Record<string, number>>,
): Kernel<Shapes, Constants> {
  const ending = (into ?? through)?.ending;
  return specialize(ending ? graft(base, ending.functions, ['activation', 'derivative']) : base, {
    ...constants,
    ENDING: into ? PRODUCT.ACTIVATION : through ? PRODUCT.DERIVATIVE : PRODUCT.NONE,
  } as Readonly<Partial<Record<Constants, number>>>);
}

/** Of how many at most a tile that shares its loads along the columns would be mostly empty. */
const FEW_COLUMNS = 4;

const PRODUCT = plainProduct.constants;

/** One dispatch, ending in an activation or its derivative where the slots say so. */
function product(
  convolution: Convolution,
  batch: number,
  direction: 'forth' | 'back',
  slots: ProductSlots,
): Work {
  const { left, weight } = slots;
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
  const end = endOf(slots);
  const bindings = {
    left,
    right: weight,
    ...end.bindings,
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
      ...end.fields,
    },
  };
  const variant = <Shapes extends BindingShapes, Constants extends string>(
    base: Kernel<Shapes, Constants>,
    tile: { readonly [Name in Constants]?: number },
  ) => ended(base, slots, { ...tile, LOADER: loader, TRANSPOSED: forth ? 0 : 1 });
  // Phases of one axis have all but the same number of places; the first has the most.
  const phases = loader === PRODUCT.PARITY ? stride : 1;
  const rows = batch * Math.ceil(resultHeight / phases) * Math.ceil(resultWidth / phases);
  const multiplied =
    batch * convolution.height * convolution.width * kernel ** 2 * convolution.inputs * convolution.outputs;

  const flops = 2 * multiplied;
  const grid = (tile: TileSize): Grid => [...tileGrid(rows, columns, tile), phases ** 2];
  return {
    ...plainWork(),
    alternatives: {
      key: `product ${direction} ${(slots.into ?? slots.through)?.ending.functions.file ?? ''} ${JSON.stringify(bindings.shape)}`,
      kernels: [workgroupProduct, subgroupProduct],
      on: (adapter) => [...workgroupWays(adapter), ...subgroupWays(adapter)],
    },
  };

  function plainWork(): Work {
    // Few columns, contiguous along the depth: dot products.
    if (columns <= FEW_COLUMNS && channels % 4 === 0 && (columns === 1 || !forth)) {
      const kernel = variant(narrowProduct, { COLUMNS: columns });
      return work(kernel, bindings, grid(narrowTileSize(kernel)), flops);
    }
    const kernel = variant(plainProduct, plainTile(columns));
    return work(kernel, bindings, grid(plainTileSize(kernel)), flops);
  }

  function workgroupWays(adapter: AdapterTraits): Alternative[] {
    return workgroupTiles(adapter, rows, columns).map((tile) => ({
      strategy: 'workgroup',
      label: workgroupLabel(tile),
      work: () => [work(variant(workgroupProduct, tile), bindings, grid(workgroupTileSize(tile)), flops)],
    }));
  }

  function subgroupWays(adapter: AdapterTraits): Alternative[] {
    if (columns % 4 > 0 || (channels % 4 > 0 && !forth)) return [];
    const scalars = { SCALARS: channels % 4 > 0 ? 1 : 0 };
    const depth = scalars.SCALARS ? kernel ** 2 * channels : channels;
    const operands = { ...bindings, leftScalars: left };
    return subgroupTiles(adapter, rows, columns).map((tile) => ({
      strategy: 'subgroup',
      label: subgroupLabel(tile),
      work: () => [
        work(
          variant(subgroupProduct, {
            ...tile,
            ...scalars,
            ...wholeRounds(tile, depth),
            PLACED: !pointwise && !scalars.SCALARS && batch % tile.TILE_ROWS === 0 ? 1 : 0,
          }),
          operands,
          grid(subgroupTileSize(tile)),
          flops,
        ),
      ],
    }));
  }
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
  const rows = kernel ** 2 * inputs;
  const { parts, partPixels } = partsOf(rows, outputs, batch * height * width);
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
      partPixels,
    },
  };
  const flops = 2 * batch * height * width * rows * outputs;
  const pointwise = { POINTWISE: isPointwise(convolution) ? 1 : 0 };
  const parted = { PARTED: parts > 1 ? 1 : 0 };
  const plain = specialize(plainWeightGrad, { ...plainTile(outputs), ...pointwise, ...parted });
  const grid = (tile: TileSize, depth = 1): Grid => [...tileGrid(rows, outputs, tile), depth];
  const weightParts: Slot = { name: `${weightGrad.name} in parts`, length: parts * weightGrad.length };
  const biasParts: Slot = { name: `${weightGrad.name} in parts, of the bias`, length: parts * outputs };
  return {
    ...work(plain, bindings, grid(plainTileSize(plain)), flops),
    alternatives: {
      key: `weightGrad ${JSON.stringify(bindings.window)}`,
      scratch: parts === 1 ? [] : [weightParts, ...(biasGrad ? [biasParts] : [])],
      kernels: [workgroupWeightGrad, subgroupWeightGrad, ...SUM_KERNELS],
      on: (adapter) => [...workgroupWays(adapter), ...subgroupWays(adapter)],
    },
  };

  /** A dispatch that makes all parts at the same time, and those that add them up where there are several. */
  function allParts(make: (into: { weightGrad: Slot; biasGrad: Slot }) => Work): Work[] {
    if (parts === 1) return [make(bindings)];
    return [
      make({ weightGrad: weightParts, biasGrad: biasGrad ? biasParts : NOTHING }),
      sampleSums(weightParts, 1, parts, weightGrad.length, weightGrad),
      ...(biasGrad ? [sampleSums(biasParts, 1, parts, outputs, biasGrad)] : []),
    ];
  }

  function workgroupWays(adapter: AdapterTraits): Alternative[] {
    return workgroupTiles(adapter, rows, outputs).map((tile) => ({
      strategy: 'workgroup',
      label: workgroupLabel(tile),
      work: () =>
        allParts((into) =>
          work(
            specialize(workgroupWeightGrad, tile),
            { ...bindings, ...into },
            grid(workgroupTileSize(tile), parts),
            flops,
          ),
        ),
    }));
  }

  function subgroupWays(adapter: AdapterTraits): Alternative[] {
    if (outputs % 4 > 0) return [];
    const scalars = { SCALARS: inputs % 4 > 0 ? 1 : 0 };
    return subgroupTiles(adapter, rows, outputs).map((tile) => ({
      strategy: 'subgroup',
      label: subgroupLabel(tile),
      work: () =>
        allParts((into) =>
          work(
            specialize(subgroupWeightGrad, {
              ...tile,
              ...pointwise,
              ...scalars,
              ...wholeRounds(tile, batch * height * width),
              ONE_TAP: kernel > 1 && inputs % tile.TILE_ROWS === 0 && tile.DEPTH_QUADS === 1 ? 1 : 0,
            }),
            { ...bindings, ...into, inputScalars: input },
            grid(subgroupTileSize(tile), parts),
            flops,
          ),
        ),
    }));
  }
}

/** Whether a depth is whole rounds of a subgroup's tile, so that no round has to hold back what lies beyond. */
const wholeRounds = ({ DEPTH_QUADS }: SubgroupTile, depth: number) => ({
  WHOLE: depth % (4 * DEPTH_QUADS) === 0 ? 1 : 0,
});

/** Parts begin at whole rounds of every strategy's tile: a subgroup of 128 goes so many pixels deep at once. */
const PART_PIXELS = 128;

/** Into how many parts, of how many pixels, the depth of a weight's gradient is cut: by its shape alone, so that its bits are. */
function partsOf(rows: number, columns: number, pixels: number) {
  const [across, down] = tileGrid(rows, columns, { rows: 32, columns: 32 });
  const least = Math.max(1, Math.floor(ENOUGH_WORKGROUPS / (across * down)));
  const cut = (wanted: number) => {
    const partPixels = Math.ceil(pixels / wanted / PART_PIXELS) * PART_PIXELS;
    return { parts: Math.ceil(pixels / partPixels), partPixels };
  };
  // The last part is shorter by what is missing from a whole one, and who makes it waits for the others: the fewest that are about even.
  const missing = ({ parts, partPixels }: ReturnType<typeof cut>) => parts * partPixels - pixels;
  const ways = Array.from({ length: least }, (_, i) => cut(least + i));
  return ways.find((way) => missing(way) <= pixels / 32) ?? ways[0]!;
}

/** Every pixel of the output comes of the same pixel of the input alone. */
const isPointwise = ({ kernel, stride, padding }: Convolution) =>
  kernel === 1 && stride === 1 && padding === 0;
