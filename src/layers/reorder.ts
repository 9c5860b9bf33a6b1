// What reshape and flatten share: a view where no number has to move, else one dispatch that moves them. And how networks do
// without those dispatches.

import { reorder } from '../../shaders/reorder.wgsl';
import { linearGrid, type Slot, type Work, work } from '../gpu/work';
import { movesChannels } from '../math/axes';
import { type Layer, type Layout, type RowOrder, type Shape, sizeOf } from './layer';

/** A layer that sees `input`'s numbers, in PyTorch's order, with the shape `output` of the same size. */
export function reordering(input: Shape, output: Shape): Layer {
  const [from, to] = [layoutOf(input), layoutOf(output)];
  const move = (source: Slot, destination: Slot, there: Layout, here: Layout): Work[] => {
    const shape = {
      count: source.length,
      sourceChannels: there.channels,
      sourcePixels: there.pixels,
      ...here,
    };
    const grid = linearGrid(Math.ceil(source.length / reorder.constants.EACH), reorder);
    return [work(reorder, { source, destination, shape }, grid)];
  };
  const isView = from.channels === to.channels && from.pixels === to.pixels;
  return {
    outputShape: () => output,
    parameters: () => [],
    isView,
    moves: { from, to },
    forward: ({ input, output }) => (isView ? [] : move(input, output, from, to)),
    backward: ({ outputGrad, inputGrad }) =>
      isView || !inputGrad ? [] : move(outputGrad, inputGrad, to, from),
    tangent: ({ inputTangent, outputTangent }) => (isView ? [] : move(inputTangent, outputTangent, from, to)),
  };
}

/** A shape whose two orders are one counts as a row. */
function layoutOf(shape: Shape): Layout {
  if (!movesChannels(shape)) return { channels: sizeOf(shape), pixels: 1 };
  return { channels: shape[0]!, pixels: sizeOf(shape.slice(1)) };
}

const isRow = ({ pixels }: Layout): boolean => pixels === 1;

/**
 * The layers with as few moves as possible: where rows are moved from or to the order of images beside a layer that can take or
 * give them in that order, or with elementwise activations in between, it does, and the move becomes a view.
 */
export function withoutMoves(layers: readonly Layer[]): Layer[] {
  const list = [...layers];
  /** The next layer in that direction that is not elementwise, if it can lie otherwise. */
  const replace = (i: number, direction: 1 | -1, order: RowOrder): boolean => {
    let at = i + direction;
    while (list[at]?.ending) at += direction;
    const lying = list[at]?.lying?.(order);
    if (lying) list[at] = lying;
    return lying !== undefined;
  };
  layers.forEach((layer, i) => {
    if (!layer.moves || layer.isView) return;
    const { from, to } = layer.moves;
    if ((isRow(to) && replace(i, 1, { input: from })) || (isRow(from) && replace(i, -1, { output: to }))) {
      list[i] = viewOf(layer);
    }
  });
  return list;
}

const viewOf = (layer: Layer): Layer => ({
  ...layer,
  isView: true,
  forward: () => [],
  backward: () => [],
  tangent: () => [],
});
