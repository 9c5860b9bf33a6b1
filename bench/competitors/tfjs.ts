// TensorFlow.js on WebGPU: layers models, `optimizer.minimize`, everything tidied, one readback at the end of a round.

import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-webgpu';
import * as layers from '@tensorflow/tfjs-layers';
import type { Contestant, Run, Wait } from '../contestant';
import { type Batch, drawBatch, PROBLEM, parameterShapes, type Tensor, type Weights } from '../problem';

/** A multilayer perceptron; `activation` makes the layer that stands between two dense ones. */
function perceptron(widths: readonly number[], activation: () => layers.layers.Layer): layers.Sequential {
  const model = layers.sequential();
  widths.slice(1).forEach((units, layer) => {
    if (layer > 0) model.add(activation());
    model.add(layers.layers.dense({ units, inputShape: [widths[layer]!] }));
  });
  return model;
}

/** TensorFlow.js keeps a dense kernel as [inputs, outputs], PyTorch as [outputs, inputs]. */
function transposed({ shape, data }: Tensor): Tensor {
  const [rows, columns] = shape;
  if (rows === undefined || columns === undefined) return { shape, data };
  const turned = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      turned[column * rows + row] = data[row * columns + column]!;
  }
  return { shape: [columns, rows], data: turned };
}

class TensorFlowRun implements Run {
  readonly #generator = perceptron(PROBLEM.generatorWidths, () => layers.layers.reLU());
  readonly #discriminator = perceptron(PROBLEM.discriminatorWidths, () =>
    layers.layers.leakyReLU({ alpha: PROBLEM.slope }),
  );
  readonly #generatorOptimizer = adam();
  readonly #discriminatorOptimizer = adam();
  /** −1 above the real half of the joined batch, +1 above the fake half: softplus(sign · logit) is the loss of both. */
  readonly #signs = tf.concat([
    tf.fill([PROBLEM.batchSize, 1], -1),
    tf.fill([PROBLEM.batchSize, 1], 1),
  ]) as tf.Tensor2D;
  readonly #wait: Wait;

  constructor(weights: Weights, wait: Wait) {
    this.#wait = wait;
    for (const [network, model] of this.#networks()) {
      const tensors = parameterShapes(network).map(({ name }) => {
        const { shape, data } = transposed(weights.get(name)!);
        return tf.tensor(data, [...shape]);
      });
      model.setWeights(tensors);
      tf.dispose(tensors);
    }
  }

  async stepOn(batch: Batch): Promise<void> {
    this.#step(batch);
  }

  async advance(iterations: number): Promise<void> {
    // The library's own generators run on the CPU one number at a time; a plain loop into a typed array is faster.
    for (let iteration = 0; iteration < iterations; iteration++) this.#step(drawBatch(Math.random));
    // The queue keeps its order, so a weight of the last update is there when everything before it is.
    await this.#wait(this.#variables(this.#generator).at(-1)!.data());
  }

  async draw(): Promise<Batch> {
    return drawBatch(Math.random);
  }

  async weights(): Promise<Weights> {
    const result = new Map<string, Tensor>();
    for (const [network, model] of this.#networks()) {
      const shapes = parameterShapes(network);
      for (const [index, variable] of this.#variables(model).entries()) {
        const data = (await this.#wait(variable.data())) as Float32Array;
        result.set(shapes[index]!.name, transposed({ shape: variable.shape, data: data.slice() }));
      }
    }
    return result;
  }

  async dispose(): Promise<void> {
    this.#generator.dispose();
    this.#discriminator.dispose();
    this.#generatorOptimizer.dispose();
    this.#discriminatorOptimizer.dispose();
    this.#signs.dispose();
  }

  #step(batch: Batch): void {
    const size: [number, number] = [PROBLEM.batchSize, PROBLEM.noiseSize];
    tf.tidy(() => {
      const fake = this.#generator.apply(tf.tensor2d(batch.discriminatorNoise, size)) as tf.Tensor2D;
      const points = tf.concat([tf.tensor2d(batch.real, size), fake]);
      this.#discriminatorOptimizer.minimize(
        () => {
          const logits = this.#discriminator.apply(points) as tf.Tensor2D;
          // The mean over the joined batch is half the sum of the two means.
          return tf.mul(2, tf.mean(tf.softplus(tf.mul(this.#signs, logits)))) as tf.Scalar;
        },
        false,
        this.#variables(this.#discriminator),
      );
    });
    tf.tidy(() => {
      const noise = tf.tensor2d(batch.generatorNoise, size);
      this.#generatorOptimizer.minimize(
        () => {
          const logits = this.#discriminator.apply(this.#generator.apply(noise)) as tf.Tensor2D;
          return tf.mean(tf.softplus(tf.neg(logits))) as tf.Scalar;
        },
        false,
        this.#variables(this.#generator),
      );
    });
  }

  #networks(): readonly (readonly ['generator' | 'discriminator', layers.Sequential])[] {
    return [
      ['generator', this.#generator],
      ['discriminator', this.#discriminator],
    ];
  }

  #variables(model: layers.Sequential): tf.Variable[] {
    return model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  }
}

const adam = () => tf.train.adam(PROBLEM.learningRate, PROBLEM.beta1, PROBLEM.beta2, PROBLEM.epsilon);

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
      start: async (weights) => new TensorFlowRun(weights, wait),
    },
  ];
}
