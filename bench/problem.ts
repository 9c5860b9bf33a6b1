// The one problem that everybody in the bench solves: which networks, which optimizer, which batch, and where they start.

/** Sizes and hyper-parameters of the measured step. One iteration is a discriminator update, then a generator update. */
export const PROBLEM = {
  batchSize: 128,
  noiseSize: 2,
  generatorWidths: [2, 32, 32, 2],
  discriminatorWidths: [2, 32, 32, 1],
  /** leakyRelu's, in the discriminator; the generator has relu. */
  slope: 0.2,
  learningRate: 1e-3,
  beta1: 0.5,
  beta2: 0.999,
  epsilon: 1e-8,
  /** Real samples: `modes` Gaussians evenly spaced on a circle. */
  modes: 8,
  radius: 1,
  standardDeviation: 0.02,
} as const;

/** A weight in PyTorch's layout ([outputs, inputs]) or a bias ([outputs]), row major. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Every parameter by PyTorch's name: `generator.0.weight`, … `discriminator.4.bias`. */
export type Weights = ReadonlyMap<string, Tensor>;

/** What one iteration consumes; each is [batchSize, 2], row major. */
export interface Batch {
  readonly real: Float32Array;
  readonly discriminatorNoise: Float32Array;
  readonly generatorNoise: Float32Array;
}

/** Names and shapes of a network's parameters, in the order weight, bias, layer by layer. */
export function parameterShapes(
  network: 'generator' | 'discriminator',
): readonly { readonly name: string; readonly shape: readonly number[] }[] {
  const widths = network === 'generator' ? PROBLEM.generatorWidths : PROBLEM.discriminatorWidths;
  return widths.slice(1).flatMap((outputs, layer) => [
    // An activation stands between two dense layers, so their positions in the list are 0, 2, 4.
    { name: `${network}.${2 * layer}.weight`, shape: [outputs, widths[layer]!] },
    { name: `${network}.${2 * layer}.bias`, shape: [outputs] },
  ]);
}

/** Marsaglia's xorshift32: the bench's own numbers need to be the same everywhere, not good. Uniform in (0, 1). */
export function uniformNumbers(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return (state + 0.5) / 4294967296;
  };
}

/** Standard normal numbers by Box and Muller's method. */
function normalNumbers(uniform: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** The weights that everybody starts from: PyTorch's default for dense layers, uniform in ±1/√inputs. */
export function initialWeights(): Weights {
  const uniform = uniformNumbers(20_140_610);
  const weights = new Map<string, Tensor>();
  for (const network of ['generator', 'discriminator'] as const) {
    let bound = 0;
    for (const { name, shape } of parameterShapes(network)) {
      if (shape.length === 2) bound = 1 / Math.sqrt(shape[1]!);
      const length = shape.reduce((product, n) => product * n, 1);
      weights.set(name, { shape, data: Float32Array.from({ length }, () => bound * (2 * uniform() - 1)) });
    }
  }
  return weights;
}

/** `batchSize` points of the ring and their noises, from the given numbers. */
export function drawBatch(uniform: () => number): Batch {
  const normal = normalNumbers(uniform);
  const { batchSize, modes, noiseSize } = PROBLEM;
  const real = new Float32Array(2 * batchSize);
  for (let sample = 0; sample < batchSize; sample++) {
    const angle = (2 * Math.PI * Math.floor(uniform() * modes)) / modes;
    real[2 * sample] = PROBLEM.radius * Math.cos(angle) + PROBLEM.standardDeviation * normal();
    real[2 * sample + 1] = PROBLEM.radius * Math.sin(angle) + PROBLEM.standardDeviation * normal();
  }
  const noise = () => Float32Array.from({ length: noiseSize * batchSize }, normal);
  return { real, discriminatorNoise: noise(), generatorNoise: noise() };
}

/** The given batches on which everybody's mathematics is compared before anything is timed. */
export function fixedBatches(count: number): readonly Batch[] {
  const uniform = uniformNumbers(271_828);
  return Array.from({ length: count }, () => drawBatch(uniform));
}
