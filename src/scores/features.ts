// What pictures are compared by where no network is asked: small blurred copies of themselves.

import type { Rows } from './neighbours';
import { type Pictures, pictureCount } from './pictures';
import { halve, type Plane } from './pyramid';

/** Numbers of a picture's features. */
const MOST = 256;

/**
 * Each picture's first level of the Gaussian pyramid that has at most 256 numbers: 14 × 14 of 28 × 28 in grey, 8 × 8 × 3 of
 * 32 × 32 or 64 × 64 in colour. Euclidean distances of whole pictures are ruled by where edges fall to a pixel; of blurred
 * ones, by what stands where. Fine detail is not in them: the sliced Wasserstein distance looks at that.
 */
export function thumbnails(pictures: Pictures): Rows {
  const { channels, height, width, pixels } = pictures;
  const count = pictureCount(pictures);
  let [rows, columns] = [height, width];
  while (channels * rows * columns > MOST) [rows, columns] = [Math.ceil(rows / 2), Math.ceil(columns / 2)];
  const size = rows * columns;
  const numbers = new Float32Array(count * channels * size);
  for (let i = 0; i < count * channels; i++) {
    const start = i * height * width;
    let plane: Plane = { height, width, pixels: pixels.subarray(start, start + height * width) };
    while (plane.height > rows || plane.width > columns) plane = halve(plane);
    numbers.set(plane.pixels, i * size);
  }
  return { width: channels * size, numbers };
}
