// TensorFlow.js on WebGPU: layers models, `optimizer.minimize`, everything tidied, one readback at the end of a round.

import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-webgpu';
import * as layers from '@tensorflow/tfjs-layers';
import { batchDrawer } from '../batches';
import type { Contestant, Run, Wait } from '../contestant';
import { makePictures, pixelValue } from '../pictures';
import {
  type Batch,
  type ConvolutionSpec,
  judgesApart,
  layerParameters,
  NETWORKS,
  type NetworkName,
  normalNumbers,
  type Placed,
  type Problem,
  placedLayers,
  type Shape,
  sampleShape,
  sizeOf,
  type Tensor,
  type Weights,
} from '../problem';
import { PROBLEMS } from '../problems';

/** TensorFlow.js keeps pictures as [height, width, channels]; it has nothing else on WebGPU. */
const channelsLast = (shape: Shape): Shape =>
  shape.length === 3 ? [shape[1]!, shape[2]!, shape[0]!] : shape;

/** A network as a model of layers. */
function model(problem: Problem, network: NetworkName): layers.Sequential {
  const result = layers.sequential();
  for (const { spec, input, output } of placedLayers(problem, network)) {
    const inputShape = [...channelsLast(input)];
    switch (spec.type) {
      case 'dense':
        result.add(layers.layers.dense({ units: spec.units, useBias: spec.bias !== false, inputShape }));
        break;
      case 'conv2d':
        result.add(layers.layers.conv2d({ ...convolutionOptions(spec, input), inputShape }));
        break;
      case 'convTranspose2d':
        result.add(layers.layers.conv2dTranspose({ ...convolutionOptions(spec, input), inputShape }));
        break;
      case 'batchNorm':
        result.add(layers.layers.batchNormalization({ momentum: 0.9, epsilon: 1e-5, inputShape }));
        break;
      case 'reshape':
        result.add(layers.layers.reshape({ targetShape: [...channelsLast(output)], inputShape }));
        break;
      case 'flatten':
        result.add(layers.layers.flatten({ inputShape }));
        break;
      case 'leakyRelu':
        result.add(layers.layers.leakyReLU({ alpha: spec.slope, inputShape }));
        break;
      case 'relu':
        result.add(layers.layers.reLU({ inputShape }));
        break;
      case 'tanh':
        result.add(layers.layers.activation({ activation: 'tanh', inputShape }));
        break;
    }
  }
  return result;
}

function convolutionOptions(
  { type, channels, kernel, stride, padding, bias }: ConvolutionSpec,
  input: Shape,
) {
  // 'same' is the only padding that TensorFlow.js has; it is this one where it is even on both sides.
  const isEven = type === 'convTranspose2d' || input.slice(1).every((side) => side % stride === 0);
  if (2 * padding !== kernel - stride || !isEven) throw new Error('No such padding here.');
  return {
    filters: channels,
    kernelSize: kernel,
    strides: stride,
    padding: 'same' as const,
    useBias: bias !== false,
  };
}

/**
 * The places, in PyTorch's layout, of the numbers of a tensor in TensorFlow.js' layout, and its shape there. Dense weights are
 * [inputs, outputs], of a convolution [height, width, inputs, outputs], of a transposed one [height, width, outputs, inputs];
 * and where a dense layer's inputs or outputs are a picture, they go through it channels last.
 */
function layout(placed: Placed, neighbours: Neighbours, shape: Shape): { places: Uint32Array; shape: Shape } {
  const turned = (axes: readonly number[], from: Shape) => transposedPlaces(from, axes);
  if (placed.spec.type === 'dense') {
    const outputs = neighbours.reshaped ?? [shape[0]!];
    if (shape.length === 1) return { places: pictureOrder(outputs), shape };
    const inputs = neighbours.flattened ?? [shape[1]!];
    const columns = pictureOrder(inputs);
    const rows = pictureOrder(outputs);
    const places = new Uint32Array(sizeOf(shape));
    columns.forEach((column, i) => {
      rows.forEach((row, o) => {
        places[i * rows.length + o] = row * columns.length + column;
      });
    });
    return { places, shape: [shape[1]!, shape[0]!] };
  }
  if (shape.length !== 4) return { places: Uint32Array.from({ length: sizeOf(shape) }, (_, i) => i), shape };
  // Of PyTorch's [outputs, inputs, …] or, transposed, [inputs, outputs, …]: the first two come last, turned round.
  const axes = [2, 3, 1, 0];
  return { places: turned(axes, shape), shape: axes.map((axis) => shape[axis]!) };
}

/** Where a picture's numbers, taken channels last, stand in [channels, height, width]. */
const pictureOrder = (shape: Shape): Uint32Array =>
  transposedPlaces(shape, shape.length === 3 ? [1, 2, 0] : shape.map((_, axis) => axis));

/** For each number of a transposed array, its place in the array. */
function transposedPlaces(shape: Shape, axes: readonly number[]): Uint32Array {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  let places = [0];
  for (const axis of axes) {
    places = places.flatMap((place) =>
      Array.from({ length: shape[axis]! }, (_, i) => place + i * strides[axis]!),
    );
  }
  return Uint32Array.from(places);
}

/** The pictures that a dense layer's inputs were flattened from, and that its outputs are made into. */
interface Neighbours {
  readonly flattened?: Shape | undefined;
  readonly reshaped?: Shape | undefined;
}

/** A network's parameters in order, with their places in PyTorch's layout. */
function layouts(problem: Problem, network: NetworkName) {
  const all = placedLayers(problem, network);
  return all.flatMap((placed, index) => {
    const [before, after] = [all[index - 1], all[index + 1]];
    const neighbours: Neighbours = {
      flattened: before?.spec.type === 'flatten' ? before.input : undefined,
      reshaped: after?.spec.type === 'reshape' ? after.output : undefined,
    };
    return layerParameters(network, placed).map((parameter) => ({
      ...parameter,
      theirs: layout(placed, neighbours, parameter.shape),
    }));
  });
}

class TensorFlowRun implements Run {
  readonly #problem: Problem;
  readonly #models: Readonly<Record<NetworkName, layers.Sequential>>;
  readonly #generatorOptimizer: tf.AdamOptimizer;
  readonly #discriminatorOptimizer: tf.AdamOptimizer;
  /** −1 above the real half of the joined batch, +1 above the fake half: softplus(sign · logit) is the loss of both. */
  readonly #signs: tf.Tensor;
  /** [count, …sample], kept on the GPU, of a problem with pictures. */
  readonly #pictures: tf.Tensor | undefined;
  readonly #drawOnCpu: (uniform: () => number) => Batch;
  readonly #wait: Wait;

  constructor(problem: Problem, weights: Weights, wait: Wait) {
    this.#problem = problem;
    this.#wait = wait;
    this.#models = { generator: model(problem, 'generator'), discriminator: model(problem, 'discriminator') };
    this.#generatorOptimizer = adam(problem);
    this.#discriminatorOptimizer = adam(problem);
    const { batchSize, data } = problem;
    this.#signs = tf.concat([tf.fill([batchSize, 1], -1), tf.fill([batchSize, 1], 1)]);
    this.#drawOnCpu = batchDrawer(problem);
    if (data.kind === 'pictures') {
      const pixels = Float32Array.from(makePictures(data), pixelValue);
      this.#pictures = tf.tensor(pixels, [data.count, ...channelsLast(sampleShape(problem))]);
    }
    for (const network of NETWORKS) {
      const variables = this.#variables(network);
      for (const [index, { name, theirs }] of layouts(problem, network).entries()) {
        const { data } = weights.get(name)!;
        const turned = Float32Array.from(theirs.places, (place) => data[place]!);
        tf.tidy(() => variables[index]!.assign(tf.tensor(turned, [...theirs.shape])));
      }
    }
  }

  async stepOn(batch: Batch): Promise<void> {
    const { batchSize } = this.#problem;
    const real = tf.tensor(batch.real, [batchSize, ...channelsLast(sampleShape(this.#problem))]);
    this.#step(real, this.#noise(batch.discriminatorNoise), this.#noise(batch.generatorNoise));
  }

  async advance(iterations: number): Promise<void> {
    for (let iteration = 0; iteration < iterations; iteration++) this.#step(...this.#draw());
    // The queue keeps its order, so a weight of the last update is there when everything before it is.
    await this.#wait(this.#variables('generator').at(-1)!.data());
  }

  async draw(): Promise<Batch> {
    const drawn = this.#draw();
    const [real, discriminatorNoise, generatorNoise] = await Promise.all(
      drawn.map((tensor) => this.#wait(tensor.data()) as Promise<Float32Array>),
    );
    tf.dispose(drawn);
    return { real: real!, discriminatorNoise: discriminatorNoise!, generatorNoise: generatorNoise! };
  }

  async weights(): Promise<Weights> {
    const result = new Map<string, Tensor>();
    for (const network of NETWORKS) {
      const variables = this.#variables(network);
      for (const [index, { name, shape, theirs }] of layouts(this.#problem, network).entries()) {
        const turned = (await this.#wait(variables[index]!.data())) as Float32Array;
        const data = new Float32Array(turned.length);
        theirs.places.forEach((place, i) => {
          data[place] = turned[i]!;
        });
        result.set(name, { shape, data });
      }
    }
    return result;
  }

  async dispose(): Promise<void> {
    for (const network of NETWORKS) this.#models[network].dispose();
    this.#generatorOptimizer.dispose();
    this.#discriminatorOptimizer.dispose();
    tf.dispose([this.#signs, ...(this.#pictures ? [this.#pictures] : [])]);
  }

  /** Points and noise come from the CPU: the library's own generators run there, too, and one number at a time. */
  #draw(): [real: tf.Tensor, discriminatorNoise: tf.Tensor, generatorNoise: tf.Tensor] {
    const { batchSize, noiseSize, data } = this.#problem;
    const pictures = this.#pictures;
    if (!pictures || data.kind !== 'pictures') {
      const { real, discriminatorNoise, generatorNoise } = this.#drawOnCpu(Math.random);
      return [tf.tensor(real, [batchSize, 2]), this.#noise(discriminatorNoise), this.#noise(generatorNoise)];
    }
    const chosen = Int32Array.from({ length: batchSize }, () => Math.floor(Math.random() * data.count));
    const normal = normalNumbers(Math.random);
    const noise = () => this.#noise(Float32Array.from({ length: batchSize * noiseSize }, normal));
    return [tf.tidy(() => tf.gather(pictures, tf.tensor1d(chosen, 'int32'))), noise(), noise()];
  }

  #noise(data: Float32Array): tf.Tensor {
    return tf.tensor(data, [this.#problem.batchSize, this.#problem.noiseSize]);
  }

  /** One iteration; the given tensors are used up. */
  #step(real: tf.Tensor, discriminatorNoise: tf.Tensor, generatorNoise: tf.Tensor): void {
    tf.tidy(() => {
      const fake = this.#apply('generator', discriminatorNoise);
      const joined = judgesApart(this.#problem) ? undefined : tf.concat([real, fake]);
      this.#discriminatorOptimizer.minimize(
        () => {
          if (!joined) {
            const realLoss = tf.mean(tf.softplus(tf.neg(this.#apply('discriminator', real))));
            return tf.add(realLoss, tf.mean(tf.softplus(this.#apply('discriminator', fake)))) as tf.Scalar;
          }
          const logits = this.#apply('discriminator', joined);
          // The mean over the joined batch is half the sum of the two means.
          return tf.mul(2, tf.mean(tf.softplus(tf.mul(this.#signs, logits)))) as tf.Scalar;
        },
        false,
        this.#variables('discriminator'),
      );
    });
    tf.tidy(() => {
      this.#generatorOptimizer.minimize(
        () => {
          const logits = this.#apply('discriminator', this.#apply('generator', generatorNoise));
          return tf.mean(tf.softplus(tf.neg(logits))) as tf.Scalar;
        },
        false,
        this.#variables('generator'),
      );
    });
    tf.dispose([real, discriminatorNoise, generatorNoise]);
  }

  #apply(network: NetworkName, input: tf.Tensor): tf.Tensor {
    return this.#models[network].apply(input, { training: true }) as tf.Tensor;
  }

  #variables(network: NetworkName): tf.Variable[] {
    return this.#models[network].trainableWeights.map((weight) => weight.read() as tf.Variable);
  }
}

const adam = ({ learningRate, beta1, beta2, epsilon }: Problem) =>
  tf.train.adam(learningRate, beta1, beta2, epsilon);

/** TensorFlow.js on the adapter that `navigator.gpu` gives. */
export async function contestants(wait: Wait): Promise<readonly Contestant[]> {
  if (!(await tf.setBackend('webgpu'))) throw new Error('TensorFlow.js found no WebGPU backend here.');
  await tf.ready();
  return [
    {
      key: 'tfjs-webgpu',
      library: 'TensorFlow.js',
      version: tf.version_core,
      backend: 'WebGPU',
      problems: PROBLEMS.map(({ key }) => key),
      start: async (problem, weights) => new TensorFlowRun(problem, weights, wait),
    },
  ];
}
