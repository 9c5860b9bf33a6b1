// What layers on images share: the shape that they expect, the options of their window, and the window in float64.

import * as v from 'valibot';
import { UserError } from '../math/errors';
import type { Shape } from './layer';
import type { Convolution } from './product';

/** [channels, height, width]. @throws UserError where a sample is no image. */
export function imageShape(type: string, shape: Shape): readonly [number, number, number] {
  if (shape.length === 3) return shape as readonly [number, number, number];
  throw new UserError(
    `${type}: its input has shape [${shape.join(', ')}], but it takes images [channels, height, width]; a reshape before it would do.`,
  );
}

const whole = (least: number) => v.pipe(v.number(), v.integer(), v.minValue(least));

/** PyTorch's options of a square window, with its defaults. */
export const kernelEntries = {
  kernel: v.pipe(whole(1), v.description('Pixels along each side of the window.'), v.examples([3])),
  stride: v.optional(v.pipe(whole(1), v.description('Pixels from one place of the window to the next.')), 1),
  padding: v.optional(v.pipe(whole(0), v.description('Zeros around the image, in pixels.')), 0),
};

/** One product of a convolution of one image, by its places in arrays in PyTorch's order. */
interface Touch {
  readonly i: number;
  readonly o: number;
  /** In the output, [outputs, height, width]. */
  readonly at: number;
  /** In the input, [inputs, inputHeight, inputWidth]. */
  readonly from: number;
  /** In the kernel, [kernel, kernel]. */
  readonly place: number;
}

/** Visits every product of a convolution: the definition, for references. */
export function slide(convolution: Convolution, visit: (touch: Touch) => void): void {
  const { inputs, inputHeight, inputWidth, outputs, height, width, kernel, stride, padding } = convolution;
  for (let o = 0; o < outputs; o++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (let place = 0; place < kernel ** 2; place++) {
          const fromY = y * stride - padding + Math.floor(place / kernel);
          const fromX = x * stride - padding + (place % kernel);
          if (fromY < 0 || fromY >= inputHeight || fromX < 0 || fromX >= inputWidth) continue;
          for (let i = 0; i < inputs; i++) {
            visit({
              i,
              o,
              at: (o * height + y) * width + x,
              from: (i * inputHeight + fromY) * inputWidth + fromX,
              place,
            });
          }
        }
      }
    }
  }
}
