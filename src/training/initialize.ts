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
  const tensors = new Map(
    specs.map(({ name, shape, initializer }, draw) => {
      const address = { seed: seedWords(seed), stream: STREAMS.initialWeights, draw };
      return [name, { shape, data: initialValues(initializer, sizeOf(shape), address) }];
    }),
  );
  for (const { weight, left, right } of networks.flatMap(({ spectral }) => spectral)) {
    const [matrix, u, v] = [weight, left, right].map(({ name }) => tensors.get(name)!.data) as Vectors;
    for (let i = 0; i < FIRST_ITERATIONS; i++) iterate(matrix, u, v);
  }
  return tensors;
}

type Vectors = [matrix: Float32Array, u: Float32Array, v: Float32Array];

/** Power iterations before the first update, as many as PyTorch makes: random vectors alone would let the first weights through too large. */
const FIRST_ITERATIONS = 15;

/** One power iteration of a weight [outputs, everything else]: u ← M v/‖M v‖, v ← Mᵀu/‖Mᵀu‖. */
function iterate(...[matrix, u, v]: Vectors): void {
  const [nextU, nextV] = [new Float64Array(u.length), new Float64Array(v.length)];
  matrix.forEach((m, i) => {
    nextU[Math.floor(i / v.length)]! += m * v[i % v.length]!;
  });
  u.set(unit(nextU));
  matrix.forEach((m, i) => {
    nextV[i % v.length]! += m * u[Math.floor(i / v.length)]!;
  });
  v.set(unit(nextV));
}

function unit(x: Float64Array): Float64Array {
  const length = Math.sqrt(x.reduce((sum, a) => sum + a * a, 0));
  return x.map((a) => a / Math.max(length, 1e-12));
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
