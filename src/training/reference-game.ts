// For tests: a whole GAN game in float64, by reverse-mode differentiation of single numbers, recorded as a parity case.
// It shares nothing with the kernels: their mistakes cannot be its own.

/** A number that knows how it was made, so that gradients can flow back to its parts. */
class Value {
  grad = 0;
  readonly data: number;
  readonly #parts: readonly (readonly [Value, number])[];
  /** `parts`: what it was made of, with the derivative by each. */
  constructor(data: number, parts: readonly (readonly [Value, number])[] = []) {
    this.data = data;
    this.#parts = parts;
  }

  plus(other: Value): Value {
    return new Value(this.data + other.data, [
      [this, 1],
      [other, 1],
    ]);
  }
  times(other: Value): Value {
    return new Value(this.data * other.data, [
      [this, other.data],
      [other, this.data],
    ]);
  }
  map(f: (x: number) => number, derivative: (x: number) => number): Value {
    return new Value(f(this.data), [[this, derivative(this.data)]]);
  }

  /** Adds ∂this/∂part to every part's `grad`, parts of parts included. */
  backward(): void {
    const order: Value[] = [];
    const seen = new Set<Value>();
    const visit = (value: Value) => {
      if (seen.has(value)) return;
      seen.add(value);
      for (const [part] of value.#parts) visit(part);
      order.push(value);
    };
    visit(this);
    for (const value of order) value.grad = 0;
    this.grad = 1;
    for (const value of order.reverse()) {
      for (const [part, slope] of value.#parts) part.grad += slope * value.grad;
    }
  }
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const softplus = (x: number) => Math.log1p(Math.exp(-Math.abs(x))) + Math.max(x, 0);
type Pair = [f: (x: number) => number, derivative: (x: number) => number];
const ACTIVATIONS: Record<string, Pair> = {
  relu: [(x) => Math.max(x, 0), (x) => (x > 0 ? 1 : 0)],
  leakyRelu: [(x) => (x > 0 ? x : 0.2 * x), (x) => (x > 0 ? 1 : 0.2)],
  tanh: [Math.tanh, (x) => 1 - Math.tanh(x) ** 2],
  sigmoid: [sigmoid, (x) => sigmoid(x) * (1 - sigmoid(x))],
  softplus: [softplus, sigmoid],
  elu: [(x) => (x > 0 ? x : Math.expm1(x)), (x) => (x > 0 ? 1 : Math.exp(x))],
  silu: [(x) => x * sigmoid(x), (x) => sigmoid(x) * (1 + x * (1 - sigmoid(x)))],
};

const SP: Pair = [softplus, sigmoid];
const SP_MINUS: Pair = [(x) => softplus(-x), (x) => -sigmoid(-x)];
const half = (goal: number): Pair => [(x) => 0.5 * (x - goal) ** 2, (x) => x - goal];
/** Per loss: what D minimises of a real and of a generated logit, and what G does. */
const LOSSES: Record<string, { real: Pair; fake: Pair; generator: Pair }> = {
  minimax: { real: SP_MINUS, fake: SP, generator: [(x) => -softplus(x), (x) => -sigmoid(x)] },
  nonSaturating: { real: SP_MINUS, fake: SP, generator: SP_MINUS },
  leastSquares: { real: half(1), fake: half(0), generator: half(1) },
};

export interface Game {
  readonly noise: { readonly type: string; readonly size: number };
  readonly generator: readonly Record<string, unknown>[];
  readonly discriminator: readonly Record<string, unknown>[];
  readonly loss: string;
  readonly optimizer: { readonly generator: OptimizerOptions; readonly discriminator: OptimizerOptions };
  readonly batchSize: number;
  readonly discriminatorSteps: number;
}
interface OptimizerOptions {
  readonly type: 'sgd' | 'adam';
  readonly learningRate: number;
  readonly [option: string]: number | string;
}

interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  values: Value[];
  readonly first: Float64Array;
  readonly second: Float64Array;
}

type Recorded = Parameters<typeof import('./replay').parseReplayCase>[0];

/** Plays `iterations` of a game whose numbers come from `random` (in [0, 1)), and records it as a case's file holds it. */
export function recordGame(game: Game, iterations: number, random: () => number): Recorded {
  const tensors = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  const record = (name: string, shape: readonly number[], numbers: Iterable<number>) => {
    const data = Float32Array.from(numbers);
    tensors.set(name, { shape, data });
    return data;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const draw = (name: string, shape: readonly number[], scale = 1) =>
    record(
      name,
      shape,
      Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => scale * normal()),
    );

  const build = (
    network: 'generator' | 'discriminator',
    inputs: number,
  ): { parameters: Parameter[]; outputs: number } => {
    const parameters: Parameter[] = [];
    let width = inputs;
    game[network].forEach((layer, i) => {
      if (layer.type !== 'dense') return;
      const units = layer.units as number;
      const shapes: [string, number[]][] = [['weight', [units, width]]];
      if (layer.bias !== false) shapes.push(['bias', [units]]);
      for (const [kind, shape] of shapes) {
        const name = `${network}.${i}.${kind}`;
        const data = draw(`before.${name}`, shape, 0.6);
        const zeros = () => new Float64Array(data.length);
        parameters.push({
          name,
          shape,
          values: Array.from(data, (x) => new Value(x)),
          first: zeros(),
          second: zeros(),
        });
      }
      width = units;
    });
    return { parameters, outputs: width };
  };
  const g = build('generator', game.noise.size);
  const d = build('discriminator', g.outputs);

  const forward = (network: 'generator' | 'discriminator', input: Value[]): Value[] => {
    const { parameters } = network === 'generator' ? g : d;
    return game[network].reduce<Value[]>((x, layer, i) => {
      if (layer.type !== 'dense') return x.map((value) => value.map(...ACTIVATIONS[layer.type as string]!));
      const find = (kind: string) =>
        parameters.find(({ name }) => name === `${network}.${i}.${kind}`)?.values;
      const [weight, bias] = [find('weight')!, find('bias')];
      return Array.from({ length: layer.units as number }, (_, o) =>
        x.reduce(
          (sum, value, j) => sum.plus(value.times(weight[o * x.length + j]!)),
          bias?.[o] ?? new Value(0),
        ),
      );
    }, input);
  };
  const rows = (data: Float32Array) => {
    const width = data.length / game.batchSize;
    return Array.from({ length: game.batchSize }, (_, i) =>
      Array.from(data.subarray(i * width, (i + 1) * width), (x) => new Value(x)),
    );
  };
  const meanOf = (values: Value[]) =>
    values
      .reduce((a, b) => a.plus(b))
      .map(
        (x) => x / game.batchSize,
        () => 1 / game.batchSize,
      );

  const updates = { generator: 0, discriminator: 0 };
  const update = (network: 'generator' | 'discriminator', loss: Value) => {
    loss.backward();
    const { parameters } = network === 'generator' ? g : d;
    const options = game.optimizer[network];
    const step = ++updates[network];
    for (const parameter of parameters) {
      if (step === 1)
        record(
          `grad.${parameter.name}`,
          parameter.shape,
          parameter.values.map(({ grad }) => grad),
        );
      parameter.values = parameter.values.map(
        ({ data, grad }, i) => new Value(data - moved(options, parameter, i, grad, step)),
      );
    }
    return loss.data;
  };

  const losses: number[] = [];
  const { real, fake, generator } = LOSSES[game.loss]!;
  for (let t = 0; t < iterations; t++) {
    for (let k = 0; k < game.discriminatorSteps; k++) {
      const realRows = rows(draw(`real.${t}.${k}`, [game.batchSize, g.outputs]));
      const noiseRows = rows(draw(`noise.discriminator.${t}.${k}`, [game.batchSize, game.noise.size]));
      const terms = realRows.map((x, i) => {
        const r = forward('discriminator', x)[0]!;
        const f = forward('discriminator', forward('generator', noiseRows[i]!))[0]!;
        return r.map(...real).plus(f.map(...fake));
      });
      losses.push(update('discriminator', meanOf(terms)));
    }
    const noise = rows(draw(`noise.generator.${t}`, [game.batchSize, game.noise.size]));
    const logits = noise.map((z) => forward('discriminator', forward('generator', z))[0]!);
    losses.push(update('generator', meanOf(logits.map((logit) => logit.map(...generator)))));
  }
  record('loss', [iterations, game.discriminatorSteps + 1], losses);
  const last = rows(tensors.get('noise.generator.0')!.data).flatMap((z) => forward('generator', z));
  record(
    'sample',
    [game.batchSize, g.outputs],
    last.map(({ data }) => data),
  );
  for (const { name, shape, values } of [...g.parameters, ...d.parameters]) {
    record(
      `after.${name}`,
      shape,
      values.map(({ data }) => data),
    );
  }
  const tolerance = Object.fromEntries(
    [...tensors.keys()]
      .filter((name) => /^(grad\.|after\.|loss$|sample$)/.test(name))
      .map((name) => [name, name.startsWith('grad') ? 2e-4 : name === 'loss' ? 1e-4 : 1e-3]),
  );
  const metadata = new Map([
    ['config', JSON.stringify(game)],
    ['iterations', String(iterations)],
    ['tolerance', JSON.stringify(tolerance)],
  ]);
  return { metadata, tensors };
}

/** How far a parameter's number moves down: PyTorch's SGD with momentum, and Adam. */
function moved(
  options: OptimizerOptions,
  { first, second }: Parameter,
  i: number,
  grad: number,
  step: number,
): number {
  const { learningRate } = options;
  if (options.type === 'sgd') {
    const momentum = Number(options.momentum ?? 0);
    first[i] = step === 1 ? grad : momentum * first[i]! + grad;
    return learningRate * first[i]!;
  }
  const [beta1, beta2, epsilon] = [
    Number(options.beta1 ?? 0.9),
    Number(options.beta2 ?? 0.999),
    Number(options.epsilon ?? 1e-8),
  ];
  first[i] = beta1 * first[i]! + (1 - beta1) * grad;
  second[i] = beta2 * second[i]! + (1 - beta2) * grad * grad;
  const root = Math.sqrt(second[i]! / (1 - beta2 ** step));
  return (learningRate * (first[i]! / (1 - beta1 ** step))) / (root + epsilon);
}
