// Initial weights: counter-based random numbers made on the CPU, the same in Node and in the page.

import type { Initializer } from '../layers/layer';
import { type DrawAddress, normals, uniforms } from '../math/philox';

/** `count` numbers as the initialiser wants them. Number i depends on the address and i alone. */
export function initialValues(initializer: Initializer, count: number, address: DrawAddress): Float32Array {
  switch (initializer.type) {
    case 'constant':
      return new Float32Array(count).fill(initializer.value);
    case 'uniform':
      return uniforms(count, address).map((u) => (2 * u - 1) * initializer.bound);
    case 'normal':
      return normals(count, address).map((x) => initializer.mean + initializer.standardDeviation * x);
  }
}
