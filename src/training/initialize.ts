// Initial weights: counter-based random numbers made on the CPU, the same in Node and in the page.

import { type Initializer, sizeOf } from '../layers/layer';
import { type DrawAddress, normals, seedWords, uniforms } from '../math/philox';
import { STREAMS } from '../math/streams';
import type { Network } from './network';
import type { Tensor } from './tensor';

/** What the networks' tensors begin with, in PyTorch's layout: each has a draw of its own of the seed's numbers. */
export function initialTensors(networks: readonly Network[], seed: number): Map<string, Tensor> {
  const specs = [
    ...networks.flatMap(({ tensors }) => tensors),
    ...networks.flatMap(({ buffers }) => buffers),
  ];
  return new Map(
    specs.map(({ name, shape, initializer }, draw) => {
      const address = { seed: seedWords(seed), stream: STREAMS.initialWeights, draw };
      return [name, { shape, data: initialValues(initializer, sizeOf(shape), address) }];
    }),
  );
}

/** `count` numbers as the initialiser wants them. Number i depends on the address and i alone. */
function initialValues(initializer: Initializer, count: number, address: DrawAddress): Float32Array {
  switch (initializer.type) {
    case 'constant':
      return new Float32Array(count).fill(initializer.value);
    case 'uniform':
      return uniforms(count, address).map((u) => (2 * u - 1) * initializer.bound);
    case 'normal':
      return normals(count, address).map((x) => initializer.mean + initializer.standardDeviation * x);
    case 'sphere': {
      const drawn = normals(count, address);
      const length = Math.sqrt(drawn.reduce((sum, x) => sum + x * x, 0));
      return drawn.map((x) => x / length);
    }
  }
}
