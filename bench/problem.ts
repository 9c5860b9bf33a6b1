// What everybody in the bench solves: two networks, an optimizer, batches, and the weights that everybody starts from.

/** A layer in the words of webgan's configuration, which are PyTorch's; shapes are [channels, height, width]. */
export type LayerSpec =
  | { readonly type: 'dense'; readonly units: number; readonly bias?: boolean }
  | ConvolutionSpec
  | { readonly type: 'batchNorm' | 'flatten' | 'relu' | 'tanh' }
  | { readonly type: 'leakyRelu'; readonly slope: number }
  | { readonly type: 'reshape'; readonly shape: Shape };

export interface ConvolutionSpec {
  readonly type: 'conv2d' | 'convTranspose2d';
  readonly channels: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly bias?: boolean;
}

export type Shape = readonly number[];

/** Eight Gaussians and the like, evenly spaced on a circle. */
export interface RingData {
  readonly kind: 'ring';
  readonly modes: number;
  readonly radius: number;
  readonly standardDeviation: number;
}

/** `count` grey pictures of `picture.ts`, which everybody is given and draws from. */
export interface PictureData {
  readonly kind: 'pictures';
  readonly count: number;
  readonly side: number;
}

/** One iteration is a discriminator update, then a generator update, both with Adam on the non-saturating loss. */
export interface Problem {
  readonly key: string;
  /** What the step is, in a sentence for the report. */
  readonly description: string;
  readonly batchSize: number;
  readonly noiseSize: number;
  readonly generator: readonly LayerSpec[];
  readonly discriminator: readonly LayerSpec[];
  readonly data: RingData | PictureData;
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Given batches on which everybody's mathematics is compared: as many as the slowest can bear. */
  readonly comparedIterations: number;
  /** Timed rounds unless told otherwise. */
  readonly rounds: number;
}

export type NetworkName = 'generator' | 'discriminator';
export const NETWORKS: readonly NetworkName[] = ['generator', 'discriminator'];

/** A parameter in PyTorch's layout, row major: [outputs, inputs], [outputs, inputs, kernel, kernel], [channels]. */
export interface Tensor {
  readonly shape: Shape;
  readonly data: Float32Array;
}

/** Every parameter by PyTorch's name: `generator.0.weight`, … `discriminator.4.bias`. */
export type Weights = ReadonlyMap<string, Tensor>;

/** What one iteration consumes, row major. */
export interface Batch {
  /** [batchSize, …sample]. */
  readonly real: Float32Array;
  /** [batchSize, noiseSize], as is `generatorNoise`. */
  readonly discriminatorNoise: Float32Array;
  readonly generatorNoise: Float32Array;
}

/** A layer in its place: what goes in and comes out of it. */
export interface Placed {
  readonly spec: LayerSpec;
  /** Its position in the network's list. */
  readonly index: number;
  readonly input: Shape;
  readonly output: Shape;
}

/** A sample's shape: [2], [1, 28, 28]. */
export function sampleShape({ data }: Problem): Shape {
  return data.kind === 'ring' ? [2] : [1, data.side, data.side];
}

/** The layers of a network with their shapes. */
export function placedLayers(problem: Problem, network: NetworkName): readonly Placed[] {
  let input: Shape = network === 'generator' ? [problem.noiseSize] : sampleShape(problem);
  return problem[network].map((spec, index) => {
    const placed = { spec, index, input, output: outputShape(spec, input) };
    input = placed.output;
    return placed;
  });
}

function outputShape(spec: LayerSpec, input: Shape): Shape {
  switch (spec.type) {
    case 'dense':
      return [spec.units];
    case 'reshape':
      return spec.shape;
    case 'flatten':
      return [sizeOf(input)];
    case 'conv2d':
    case 'convTranspose2d': {
      const { channels, kernel, stride, padding } = spec;
      const side = (length: number) =>
        spec.type === 'conv2d'
          ? Math.floor((length + 2 * padding - kernel) / stride) + 1
          : (length - 1) * stride - 2 * padding + kernel;
      return [channels, ...input.slice(1).map(side)];
    }
    default:
      return input;
  }
}

export interface ParameterShape {
  readonly name: string;
  readonly shape: Shape;
  /** How it starts: uniform in ± the bound, or 1, or 0. */
  readonly start: { readonly bound: number } | 1 | 0;
}

/** Names and shapes of a layer's parameters, weight before bias, and PyTorch's default start of each. */
export function layerParameters(network: NetworkName, { spec, index, input }: Placed): ParameterShape[] {
  const name = (tensor: string) => `${network}.${index}.${tensor}`;
  const withBias = (outputs: number, shape: Shape): ParameterShape[] => {
    // What PyTorch takes for a weight's inputs, of a transposed convolution, too: all of its axes but the first.
    const start = { bound: 1 / Math.sqrt(sizeOf(shape.slice(1))) };
    const weight = { name: name('weight'), shape, start };
    const hasBias = 'bias' in spec ? spec.bias !== false : true;
    return hasBias ? [weight, { name: name('bias'), shape: [outputs], start }] : [weight];
  };
  switch (spec.type) {
    case 'dense':
      return withBias(spec.units, [spec.units, sizeOf(input)]);
    case 'conv2d':
      return withBias(spec.channels, [spec.channels, input[0]!, spec.kernel, spec.kernel]);
    case 'convTranspose2d':
      return withBias(spec.channels, [input[0]!, spec.channels, spec.kernel, spec.kernel]);
    case 'batchNorm':
      return [
        { name: name('weight'), shape: [input[0]!], start: 1 },
        { name: name('bias'), shape: [input[0]!], start: 0 },
      ];
    default:
      return [];
  }
}

/** A network's parameters, layer by layer. */
export function parameterShapes(problem: Problem, network: NetworkName): readonly ParameterShape[] {
  return placedLayers(problem, network).flatMap((placed) => layerParameters(network, placed));
}

/** Whether D judges real and generated samples as two batches, as it must where a layer mixes a batch. */
export const judgesApart = ({ discriminator }: Problem): boolean =>
  discriminator.some(({ type }) => type === 'batchNorm');

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
export function normalNumbers(uniform: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** The weights that everybody starts from: PyTorch's defaults. */
export function initialWeights(problem: Problem): Weights {
  const uniform = uniformNumbers(20_140_610);
  const weights = new Map<string, Tensor>();
  for (const network of NETWORKS) {
    for (const { name, shape, start } of parameterShapes(problem, network)) {
      const value = typeof start === 'number' ? () => start : () => start.bound * (2 * uniform() - 1);
      weights.set(name, { shape, data: Float32Array.from({ length: sizeOf(shape) }, value) });
    }
  }
  return weights;
}

export const sizeOf = (shape: Shape): number => shape.reduce((product, n) => product * n, 1);
