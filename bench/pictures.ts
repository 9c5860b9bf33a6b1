// The pictures that stand for a data set of digits: blurred strokes, the same for everybody and made in a moment.

import type { PictureData } from './problem';
import { uniformNumbers } from './problem';

/**
 * `count` grey pictures, [count, side, side], 0 black to 255 white. Each is a bright line of random place, direction and
 * width, with the background and the soft edges that a digit has too: smooth enough that no network is lost on it.
 */
export function makePictures({ count, side }: PictureData): Uint8Array<ArrayBuffer> {
  const uniform = uniformNumbers(1_998);
  const pixels = new Uint8Array(count * side * side);
  for (let picture = 0; picture < count; picture++) {
    const angle = Math.PI * uniform();
    const [x, y] = [0.3 + 0.4 * uniform(), 0.3 + 0.4 * uniform()];
    const width = 0.05 + 0.1 * uniform();
    for (let index = 0; index < side * side; index++) {
      const [right, down] = [((index % side) + 0.5) / side - x, (Math.floor(index / side) + 0.5) / side - y];
      const across = (Math.cos(angle) * right + Math.sin(angle) * down) / width;
      const along = (Math.cos(angle) * down - Math.sin(angle) * right) / 0.3;
      pixels[picture * side * side + index] = Math.round(255 * Math.exp(-(across ** 2) - along ** 4));
    }
  }
  return pixels;
}

/** A pixel's byte as the number that networks see, −1 black to 1 white. */
export const pixelValue = (byte: number): number => byte / 127.5 - 1;
