// jax-js on WebGPU and on wasm: one jitted function draws, differentiates and updates, so an iteration is one call.

import {
  blockUntilReady,
  type Device,
  defaultDevice,
  grad,
  init,
  jit,
  nn,
  numpy as np,
  random,
  tree,
} from '@jax-js/jax';
import type { Contestant, Run, Wait } from '../contestant';
import { makePictures, pixelValue } from '../pictures';
import {
  type Batch,
  type LayerSpec,
  layerParameters,
  NETWORKS,
  type NetworkName,
  type Problem,
  parameterShapes,
  placedLayers,
  type Shape,
  sampleShape,
  type Tensor,
  type Weights,
} from '../problem';

/** weight, bias, weight, bias, … of one network, in PyTorch's layout. */
type Parameters = np.Array[];
type Adam = { readonly first: Parameters; readonly second: Parameters };
type Network = { readonly parameters: Parameters; readonly adam: Adam };
/** `count` is the number of finished iterations, kept on the device like everything else. */
type State = { readonly generator: Network; readonly discriminator: Network; readonly count: np.Array };

// In jax-js a function consumes its arguments; `.ref` keeps one for a later use.

/** A layer as a function of its input and of its parameters; those without any are given none. */
function applyLayer(spec: LayerSpec, output: Shape, input: np.Array, parameters: Parameters): np.Array {
  switch (spec.type) {
    case 'dense':
      return np.dot(input, np.matrixTranspose(parameters[0]!)).add(parameters[1]!);
    case 'relu':
      return nn.relu(input);
    case 'leakyRelu':
      return nn.leakyRelu(input, spec.slope);
    case 'tanh':
      return np.tanh(input);
    case 'reshape':
    case 'flatten':
      return input.reshape([-1, ...output]);
    default:
      throw new Error(`${spec.type} is not written for jax-js here.`);
  }
}

/** A network as a function of its parameters and its input. */
function networkOf(problem: Problem, network: NetworkName) {
  const layers = placedLayers(problem, network).map((placed) => ({
    ...placed,
    parameters: layerParameters(network, placed).length,
  }));
  return (parameters: Parameters, input: np.Array): np.Array => {
    let at = 0;
    return layers.reduce((value, { spec, output, parameters: count }) => {
      at += count;
      return applyLayer(spec, output, value, parameters.slice(at - count, at));
    }, input);
  };
}

/** softplus in the form that does not overflow: max(x, 0) + log(1 + exp(−|x|)). */
const softplus = (x: np.Array) => nn.relu(x.ref).add(np.log1p(np.exp(np.negative(np.abs(x)))));

/** Adam (Kingma and Ba 2015, algorithm 1); `count` is the number of this update, from 1. */
function update(
  { beta1, beta2, epsilon, learningRate }: Problem,
  { parameters, adam }: Network,
  gradients: Parameters,
  count: np.Array,
): Network {
  const firstScale = np.subtract(1, np.power(beta1, count.ref));
  const secondScale = np.subtract(1, np.power(beta2, count));
  const first = adam.first.map((m, i) => m.mul(beta1).add(gradients[i]!.ref.mul(1 - beta1)));
  const second = adam.second.map((v, i) => v.mul(beta2).add(np.square(gradients[i]!).mul(1 - beta2)));
  const moved = parameters.map((parameter, i) => {
    const direction = first[i]!.ref.div(firstScale.ref);
    const size = np.sqrt(second[i]!.ref.div(secondScale.ref)).add(epsilon);
    return parameter.sub(direction.div(size).mul(learningRate));
  });
  tree.dispose([firstScale, secondScale]);
  return { parameters: moved, adam: { first, second } };
}

/** The functions of one problem that are jitted. `pictures`, [count, …sample], is empty where there are none. */
function functionsOf(problem: Problem) {
  const { batchSize, noiseSize, data } = problem;
  const generate = networkOf(problem, 'generator');
  const score = networkOf(problem, 'discriminator');

  function discriminatorLoss(parameters: Parameters, real: np.Array, fake: np.Array): np.Array {
    const logits = score(parameters, np.concatenate([real, fake]));
    const signs = np.concatenate([np.full([batchSize, 1], -1), np.ones([batchSize, 1])]);
    // The mean over the joined batch is half the sum of the two means.
    return np.mean(softplus(logits.mul(signs))).mul(2);
  }

  function generatorLoss(parameters: Parameters, discriminator: Parameters, noise: np.Array): np.Array {
    return np.mean(softplus(np.negative(score(discriminator, generate(parameters, noise)))));
  }

  /** One iteration: the discriminator's update, then the generator's. */
  function step(state: State, real: np.Array, discriminatorNoise: np.Array, generatorNoise: np.Array): State {
    const count = state.count.add(1);
    const fake = generate(tree.ref(state.generator.parameters), discriminatorNoise);
    const discriminatorGradients = grad(discriminatorLoss)(
      tree.ref(state.discriminator.parameters),
      real,
      fake,
    ) as Parameters;
    const discriminator = update(problem, state.discriminator, discriminatorGradients, count.ref);
    const generatorGradients = grad(generatorLoss)(
      tree.ref(state.generator.parameters),
      tree.ref(discriminator.parameters),
      generatorNoise,
    ) as Parameters;
    const generator = update(problem, state.generator, generatorGradients, count.ref);
    return { generator, discriminator, count };
  }

  function drawReal(firstKey: np.Array, secondKey: np.Array, pictures: np.Array): np.Array {
    if (data.kind === 'pictures') {
      secondKey.dispose();
      const chosen = random.randint(firstKey, { minval: 0, maxval: data.count, shape: [batchSize] });
      return np.take(pictures, chosen, 0);
    }
    pictures.dispose();
    const mode = random.randint(firstKey, { minval: 0, maxval: data.modes, shape: [batchSize] });
    const angle = mode.astype(np.float32).mul((2 * Math.PI) / data.modes);
    const centers = np.stack([np.cos(angle.ref), np.sin(angle)], 1).mul(data.radius);
    return centers.add(random.normal(secondKey, [batchSize, 2]).mul(data.standardDeviation));
  }

  function draw(key: np.Array, pictures: np.Array): [np.Array, np.Array, np.Array] {
    const keys = random.split(key, 4);
    const [firstKey, secondKey, discriminatorKey, generatorKey] = [0, 1, 2, 3].map((i) =>
      keys.ref.slice(i),
    ) as [np.Array, np.Array, np.Array, np.Array];
    keys.dispose();
    return [
      drawReal(firstKey, secondKey, pictures),
      random.normal(discriminatorKey, [batchSize, noiseSize]),
      random.normal(generatorKey, [batchSize, noiseSize]),
    ];
  }

  /** Draws an iteration's batch and takes it; the key goes round with the state. */
  function drawAndStep(state: State, key: np.Array, pictures: np.Array): [State, np.Array] {
    const keys = random.split(key, 2);
    const next = keys.ref.slice(0);
    return [step(state, ...draw(keys.slice(1), pictures)), next];
  }

  // A jitted function computes on the device that is the default when it is called.
  const jitted = <F>(f: F) => jit(f as never) as unknown as F;
  return { step: jitted(step), draw: jitted(draw), drawAndStep: jitted(drawAndStep) };
}

class JaxRun implements Run {
  readonly #problem: Problem;
  readonly #device: Device;
  readonly #wait: Wait;
  readonly #functions: ReturnType<typeof functionsOf>;
  readonly #pictures: np.Array;
  #state: State;
  #key: np.Array;

  constructor(problem: Problem, device: Device, weights: Weights, wait: Wait) {
    this.#problem = problem;
    this.#device = device;
    this.#wait = wait;
    defaultDevice(device);
    this.#functions = functionsOf(problem);
    const network = (name: NetworkName): Network => {
      const shapes = parameterShapes(problem, name);
      const zeros = () => shapes.map(({ shape }) => np.zeros([...shape]));
      return {
        parameters: shapes.map((p) => this.#array(weights.get(p.name)!.data, p.shape)),
        adam: { first: zeros(), second: zeros() },
      };
    };
    this.#state = {
      generator: network('generator'),
      discriminator: network('discriminator'),
      count: np.array(0, { device }),
    };
    this.#key = random.key(1);
    const { data } = problem;
    this.#pictures =
      data.kind === 'pictures'
        ? this.#array(Float32Array.from(makePictures(data), pixelValue), [
            data.count,
            ...sampleShape(problem),
          ])
        : np.zeros([1]);
  }

  async stepOn(batch: Batch): Promise<void> {
    defaultDevice(this.#device);
    const { batchSize, noiseSize } = this.#problem;
    this.#state = this.#functions.step(
      this.#state,
      this.#array(batch.real, [batchSize, ...sampleShape(this.#problem)]),
      this.#array(batch.discriminatorNoise, [batchSize, noiseSize]),
      this.#array(batch.generatorNoise, [batchSize, noiseSize]),
    );
  }

  async advance(iterations: number): Promise<void> {
    defaultDevice(this.#device);
    for (let iteration = 0; iteration < iterations; iteration++) {
      [this.#state, this.#key] = this.#functions.drawAndStep(this.#state, this.#key, this.#pictures.ref);
    }
    await this.#wait(blockUntilReady(this.#state));
  }

  async draw(): Promise<Batch> {
    defaultDevice(this.#device);
    const [real, discriminatorNoise, generatorNoise] = this.#functions.draw(
      this.#key.ref,
      this.#pictures.ref,
    );
    const numbers = async (x: np.Array) => (await this.#wait(x.data())) as Float32Array;
    return {
      real: await numbers(real),
      discriminatorNoise: await numbers(discriminatorNoise),
      generatorNoise: await numbers(generatorNoise),
    };
  }

  async weights(): Promise<Weights> {
    const result = new Map<string, Tensor>();
    for (const network of NETWORKS) {
      const shapes = parameterShapes(this.#problem, network);
      for (const [index, parameter] of this.#state[network].parameters.entries()) {
        const data = (await this.#wait(parameter.ref.data())) as Float32Array;
        result.set(shapes[index]!.name, { shape: shapes[index]!.shape, data });
      }
    }
    return result;
  }

  async dispose(): Promise<void> {
    tree.dispose(this.#state);
    this.#key.dispose();
    this.#pictures.dispose();
  }

  #array(data: Float32Array, shape: Shape): np.Array {
    return np.array(data as Float32Array<ArrayBuffer>, { device: this.#device }).reshape([...shape]);
  }
}

/** jax-js on each backend that there is here. `version` comes from its package, which exports none. */
export async function contestants(wait: Wait): Promise<readonly Contestant[]> {
  const available = await init('webgpu', 'wasm');
  const contestant = (device: Device, backend: string): Contestant => ({
    key: `jax-${device}`,
    library: 'jax-js',
    version: JAX_VERSION,
    backend,
    // Those of dense layers: no others are written above.
    problems: ['ring-mlp', 'mnist-mlp'],
    start: async (problem, weights) =>
      new JaxRun(problem, device, weights, device === 'wasm' ? (promise) => promise : wait),
  });
  const all = [contestant('webgpu', 'WebGPU'), contestant('wasm', 'wasm')];
  return all.filter(({ key }) => available.includes(key.slice('jax-'.length) as Device));
}

/** Written in by the bench's build. */
declare const JAX_VERSION: string;
