// What reshape and flatten share: a view where no number has to move, else one dispatch that moves them.

import { reorder } from '../../shaders/reorder.wgsl';
import { linearGrid, type Slot, type Work, work } from '../gpu/work';
import { movesChannels } from '../math/axes';
import { type Layer, type Shape, sizeOf } from './layer';

interface Layout {
  readonly channels: number;
  readonly pixels: number;
}

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
    forward: ({ input, output }) => (isView ? [] : move(input, output, from, to)),
    backward: ({ outputGrad, inputGrad }) =>
      isView || !inputGrad ? [] : move(outputGrad, inputGrad, to, from),
    tangent: ({ inputTangent, outputTangent }) => (isView ? [] : move(inputTangent, outputTangent, from, to)),
  };
}

/** Where a sample's numbers lie; a shape whose two orders are one counts as a row. */
function layoutOf(shape: Shape): Layout {
  if (!movesChannels(shape)) return { channels: sizeOf(shape), pixels: 1 };
  return { channels: shape[0]!, pixels: sizeOf(shape.slice(1)) };
}
