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
import { type Batch, PROBLEM, parameterShapes, type Tensor, type Weights } from '../problem';

/** weight, bias, weight, bias, … of one network, in PyTorch's layout. */
type Parameters = np.Array[];
type Adam = { readonly first: Parameters; readonly second: Parameters };
type Network = { readonly parameters: Parameters; readonly adam: Adam };
/** `count` is the number of finished iterations, kept on the device like everything else. */
type State = { readonly generator: Network; readonly discriminator: Network; readonly count: np.Array };

const { batchSize, noiseSize, beta1, beta2, epsilon, learningRate, slope } = PROBLEM;

// In jax-js a function consumes its arguments; `.ref` keeps one for a later use.

function perceptron(
  parameters: Parameters,
  input: np.Array,
  activation: (x: np.Array) => np.Array,
): np.Array {
  let output = input;
  for (let index = 0; index < parameters.length; index += 2) {
    if (index > 0) output = activation(output);
    output = np.dot(output, np.matrixTranspose(parameters[index]!)).add(parameters[index + 1]!);
  }
  return output;
}

const generate = (parameters: Parameters, noise: np.Array) => perceptron(parameters, noise, nn.relu);
const score = (parameters: Parameters, points: np.Array) =>
  perceptron(parameters, points, (x) => nn.leakyRelu(x, slope));

/** softplus in the form that does not overflow: max(x, 0) + log(1 + exp(−|x|)). */
const softplus = (x: np.Array) => nn.relu(x.ref).add(np.log1p(np.exp(np.negative(np.abs(x)))));

function discriminatorLoss(parameters: Parameters, real: np.Array, fake: np.Array): np.Array {
  const logits = score(parameters, np.concatenate([real, fake]));
  const signs = np.concatenate([np.full([batchSize, 1], -1), np.ones([batchSize, 1])]);
  // The mean over the joined batch is half the sum of the two means.
  return np.mean(softplus(logits.mul(signs))).mul(2);
}

function generatorLoss(parameters: Parameters, discriminator: Parameters, noise: np.Array): np.Array {
  return np.mean(softplus(np.negative(score(discriminator, generate(parameters, noise)))));
}

/** Adam (Kingma and Ba 2015, algorithm 1); `count` is the number of this update, from 1. */
function update({ parameters, adam }: Network, gradients: Parameters, count: np.Array): Network {
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

/** One iteration: the discriminator's update, then the generator's. */
function step(state: State, real: np.Array, discriminatorNoise: np.Array, generatorNoise: np.Array): State {
  const count = state.count.add(1);
  const fake = generate(tree.ref(state.generator.parameters), discriminatorNoise);
  const discriminatorGradients = grad(discriminatorLoss)(
    tree.ref(state.discriminator.parameters),
    real,
    fake,
  ) as Parameters;
  const discriminator = update(state.discriminator, discriminatorGradients, count.ref);
  const generatorGradients = grad(generatorLoss)(
    tree.ref(state.generator.parameters),
    tree.ref(discriminator.parameters),
    generatorNoise,
  ) as Parameters;
  const generator = update(state.generator, generatorGradients, count.ref);
  return { generator, discriminator, count };
}

function draw(key: np.Array): [np.Array, np.Array, np.Array] {
  const keys = random.split(key, 4);
  const [modeKey, spreadKey, discriminatorKey, generatorKey] = [0, 1, 2, 3].map((i) => keys.ref.slice(i)) as [
    np.Array,
    np.Array,
    np.Array,
    np.Array,
  ];
  keys.dispose();
  const mode = random.randint(modeKey, { minval: 0, maxval: PROBLEM.modes, shape: [batchSize] });
  const angle = mode.astype(np.float32).mul((2 * Math.PI) / PROBLEM.modes);
  const centers = np.stack([np.cos(angle.ref), np.sin(angle)], 1).mul(PROBLEM.radius);
  const spread = random.normal(spreadKey, [batchSize, 2]).mul(PROBLEM.standardDeviation);
  return [
    centers.add(spread),
    random.normal(discriminatorKey, [batchSize, noiseSize]),
    random.normal(generatorKey, [batchSize, noiseSize]),
  ];
}

/** Draws an iteration's batch and takes it; the key goes round with the state. */
function drawAndStep(state: State, key: np.Array): [State, np.Array] {
  const keys = random.split(key, 2);
  const next = keys.ref.slice(0);
  return [step(state, ...draw(keys.slice(1))), next];
}

class JaxRun implements Run {
  readonly #device: Device;
  readonly #wait: Wait;
  readonly #step: typeof step;
  readonly #drawAndStep: typeof drawAndStep;
  readonly #draw: typeof draw;
  #state: State;
  #key: np.Array;

  constructor(device: Device, weights: Weights, wait: Wait) {
    this.#device = device;
    this.#wait = wait;
    // A jitted function computes on the device that is the default when it is called.
    defaultDevice(device);
    this.#step = jit(step) as unknown as typeof step;
    this.#drawAndStep = jit(drawAndStep) as unknown as typeof drawAndStep;
    this.#draw = jit(draw) as unknown as typeof draw;
    const network = (name: 'generator' | 'discriminator'): Network => {
      const shapes = parameterShapes(name);
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
  }

  async stepOn(batch: Batch): Promise<void> {
    defaultDevice(this.#device);
    const points = (data: Float32Array) => this.#array(data, [batchSize, 2]);
    this.#state = this.#step(
      this.#state,
      points(batch.real),
      points(batch.discriminatorNoise),
      points(batch.generatorNoise),
    );
  }

  async advance(iterations: number): Promise<void> {
    defaultDevice(this.#device);
    for (let iteration = 0; iteration < iterations; iteration++) {
      [this.#state, this.#key] = this.#drawAndStep(this.#state, this.#key);
    }
    await this.#wait(blockUntilReady(this.#state));
  }

  async draw(): Promise<Batch> {
    defaultDevice(this.#device);
    const [real, discriminatorNoise, generatorNoise] = this.#draw(this.#key.ref);
    const numbers = async (x: np.Array) => (await this.#wait(x.data())) as Float32Array;
    return {
      real: await numbers(real),
      discriminatorNoise: await numbers(discriminatorNoise),
      generatorNoise: await numbers(generatorNoise),
    };
  }

  async weights(): Promise<Weights> {
    const result = new Map<string, Tensor>();
    for (const network of ['generator', 'discriminator'] as const) {
      const shapes = parameterShapes(network);
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
  }

  #array(data: Float32Array, shape: readonly number[]): np.Array {
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
    start: async (weights) => new JaxRun(device, weights, device === 'wasm' ? (promise) => promise : wait),
  });
  const all = [contestant('webgpu', 'WebGPU'), contestant('wasm', 'wasm')];
  return all.filter(({ key }) => available.includes(key.slice('jax-'.length) as Device));
}

/** Written in by the bench's build. */
declare const JAX_VERSION: string;
