// Every optimizer and schedule over some updates, against the same formulas in float64.

import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { useDevice } from '../gpu/test-device';
import { runWork } from '../gpu/testing';
import type { Slot } from '../gpu/work';
import { normals } from '../math/philox';
import { optimizers } from './index';
import { scheduleFactor, slowedForLazySteps } from './optimizer';

const device = useDevice();
const LENGTH = 67;
const UPDATES = 12;
/** Relative to the largest change of a parameter: float32 arithmetic of UPDATES updates. */
const TOLERANCE = 3e-6;

/** θ after `updates` updates with the same gradient each time, in float64: PyTorch's definitions. */
const references: Record<string, (config: Record<string, number>, g: number, rates: number[]) => number> = {
  sgd: ({ momentum = 0, weightDecay = 0 }, g, rates) => {
    let [theta, velocity] = [0, 0];
    for (const rate of rates) {
      velocity = momentum * velocity + g + weightDecay * theta;
      theta -= rate * velocity;
    }
    return theta;
  },
  adam: ({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 }, gradient, rates) => {
    let [theta, m, v2] = [0, 0, 0];
    rates.forEach((rate, i) => {
      const t = i + 1;
      const g = gradient + weightDecay * theta;
      m = beta1 * m + (1 - beta1) * g;
      v2 = beta2 * v2 + (1 - beta2) * g * g;
      theta -= ((rate / (1 - beta1 ** t)) * m) / (Math.sqrt(v2) / Math.sqrt(1 - beta2 ** t) + epsilon);
    });
    return theta;
  },
  adamw: (config, gradient, rates) => {
    const { weightDecay = 0.01 } = config;
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = config;
    let [theta, m, v2] = [0, 0, 0];
    rates.forEach((rate, i) => {
      const t = i + 1;
      theta *= 1 - rate * weightDecay;
      m = beta1 * m + (1 - beta1) * gradient;
      v2 = beta2 * v2 + (1 - beta2) * gradient * gradient;
      theta -= ((rate / (1 - beta1 ** t)) * m) / (Math.sqrt(v2) / Math.sqrt(1 - beta2 ** t) + epsilon);
    });
    return theta;
  },
  rmsprop: ({ decay = 0.99, momentum = 0, epsilon = 1e-8, weightDecay = 0 }, gradient, rates) => {
    let [theta, square, velocity] = [0, 0, 0];
    for (const rate of rates) {
      const g = gradient + weightDecay * theta;
      square = decay * square + (1 - decay) * g * g;
      velocity = momentum * velocity + g / (Math.sqrt(square) + epsilon);
      theta -= rate * velocity;
    }
    return theta;
  },
};

const cases: Record<string, unknown>[] = [
  { type: 'sgd', learningRate: 0.1 },
  { type: 'sgd', learningRate: 0.1, momentum: 0.9 },
  { type: 'sgd', learningRate: 0.1, schedule: { type: 'linear', end: 0.2 } },
  { type: 'sgd', learningRate: 0.1, momentum: 0.5, schedule: { type: 'cosine', end: 0.05 } },
  { type: 'sgd', learningRate: 0.1, momentum: 0.9, weightDecay: 0.3 },
  { type: 'adam', learningRate: 0.01 },
  { type: 'adam', learningRate: 0.01, beta1: 0.5, weightDecay: 0.3 },
  { type: 'adam', learningRate: 0.01, beta1: 0, beta2: 0.9 },
  { type: 'adam', learningRate: 0.01, beta1: 0.5, epsilon: 0.1, schedule: { type: 'cosine' } },
  { type: 'adam', learningRate: 0.01, schedule: { type: 'constant', warmup: 7 } },
  { type: 'sgd', learningRate: 0.1, schedule: { type: 'linear', end: 0.1, warmup: 3 } },
  { type: 'adamw', learningRate: 0.1 },
  { type: 'adamw', learningRate: 0.1, beta1: 0, weightDecay: 0.7, schedule: { type: 'cosine', warmup: 2 } },
  { type: 'rmsprop', learningRate: 0.01 },
  { type: 'rmsprop', learningRate: 0.01, decay: 0.5, momentum: 0.8, weightDecay: 0.3, epsilon: 0.01 },
];

test('every optimizer has a case here', () => {
  expect([...new Set(cases.map(({ type }) => type))].sort()).toEqual(optimizers.names);
});

describe.each(cases)('$type', (given) => {
  test.each([1, UPDATES])(`${JSON.stringify(given)}, %i updates`, async (updates) => {
    const plugin = optimizers.get(given.type as string);
    const config = v.parse(plugin.schema, given);
    const optimizer = plugin.create(config, { network: 'generator', updates: UPDATES });
    const slot = (name: string, length = LENGTH): Slot => ({ name, length });
    const [clock, fault, parameters, gradients] = [
      slot('clock', 1),
      slot('fault', 4),
      slot('parameters'),
      slot('gradients'),
    ];
    const state = Object.fromEntries(optimizer.stateNames.map((name) => [name, slot(name)]));
    const gradient = normals(LENGTH, { seed: [5, 0], stream: 97, draw: 0 }).map(
      (x, i) => x * 10 ** (i % 5 === 0 ? -4 : 0),
    );

    // One dispatch a run, so that the clock can be set before each; what it leaves is given to the next.
    let values = new Map<Slot, Float32Array | Uint32Array>([
      [gradients, gradient],
      [fault, new Uint32Array([0, 0xffffffff, 0, 0xffffffff])],
    ]);
    const kept = [parameters, ...Object.values(state)];
    for (let t = 1; t <= updates; t++) {
      values.set(clock, new Uint32Array([t]));
      const list = optimizer.update({ clock, fault, parameters, gradients, state });
      const results = await runWork(device(), list, values, kept);
      values = new Map([...values, ...kept.map((s, i) => [s, new Float32Array(results[i]!)] as const)]);
    }
    const rates = Array.from(
      { length: updates },
      (_, i) => config.learningRate * scheduleFactor(config.schedule, i + 1, UPDATES),
    );
    const expected = [...gradient].map((g) => references[config.type]!(config, g, rates));
    const actual = values.get(parameters)!;
    const scale = Math.max(...expected.map(Math.abs));
    expected.forEach((theta, i) => {
      expect(Math.abs(actual[i]! - theta) / scale).toBeLessThan(TOLERANCE);
    });
  });
});

describe('a number that is not finite', () => {
  const run = async (
    gradient: number[],
    parameter: number[],
    faultBefore = [0, 0xffffffff, 0, 0xffffffff],
  ) => {
    const plugin = optimizers.get('sgd');
    const optimizer = plugin.create(v.parse(plugin.schema, { type: 'sgd', learningRate: 3 }), {
      network: 'generator',
      updates: 9,
    });
    const slot = (name: string, length = 8): Slot => ({ name, length });
    const [clock, fault, parameters, gradients, momentum] = [
      slot('clock', 1),
      slot('fault', 4),
      slot('parameters'),
      slot('gradients'),
      slot('momentum'),
    ];
    const list = optimizer.update({
      clock,
      fault,
      parameters,
      gradients,
      state: { momentum_buffer: momentum },
    });
    const inputs = new Map<Slot, Float32Array | Uint32Array>([
      [clock, new Uint32Array([5])],
      [fault, new Uint32Array(faultBefore)],
      [parameters, new Float32Array(parameter)],
      [gradients, new Float32Array(gradient)],
    ]);
    const [words, after] = await runWork(device(), list, inputs, [fault, parameters]);
    return { fault: [...new Uint32Array(words!)], parameters: [...new Float32Array(after!)] };
  };

  test('in a gradient is reported with its place, and its vec4 is not updated', async () => {
    const { fault, parameters } = await run([1, 1, 1, 1, 1, Number.NaN, 1, 1], [0, 0, 0, 0, 7, 7, 7, 7]);
    // Place 0 is the loss, 1 and 2 are the gradients' two vec4s.
    expect(fault).toEqual([0, 0xffffffff, 5, 2]);
    expect(parameters).toEqual([-3, -3, -3, -3, 7, 7, 7, 7]);
  });

  test('in a new parameter is reported behind the gradients', async () => {
    const { fault, parameters } = await run([1, 1, 1, -3e38, 1, 1, 1, 1], [0, 0, 0, 3e38, 0, 0, 0, 0]);
    expect(fault).toEqual([0, 0xffffffff, 5, 3]);
    expect(parameters.slice(0, 4)).toEqual([0, 0, 0, Math.fround(3e38)]);
  });

  test.each([[[0, 0xffffffff, 4, 1]], [[2, 0, 0, 0xffffffff]]])(
    'from before holds all weights: %j',
    async (before) => {
      const { fault, parameters } = await run([1, 1, 1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 0, 0, 0, 0], before);
      expect(fault).toEqual(before);
      expect(parameters).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    },
  );
});

describe('second steps of updates', () => {
  test('count among Adam’s, and slow its rate and betas', async () => {
    const plugin = optimizers.get('adam');
    const interval = 3;
    const given = v.parse(plugin.schema, { type: 'adam', learningRate: 4, beta1: 0.6, beta2: 0.9 });
    const slowed = slowedForLazySteps(given as Parameters<typeof plugin.create>[0], interval);
    expect(slowed).toMatchObject({ learningRate: 3, beta1: 0.6 ** 0.75, beta2: 0.9 ** 0.75 });
    const slot = (name: string, length = 4): Slot => ({ name, length });
    const [clock, fault, parameters, gradients] = [
      slot('clock', 1),
      slot('fault', 4),
      slot('parameters'),
      slot('gradients'),
    ];
    // From zero state one step moves by learningRate · (1 − β₁)/(1 − β₁ᵗ) · √(1 − β₂ᵗ)/√(1 − β₂), which tells t.
    const moved = async (update: number, lazily: boolean) => {
      const optimizer = plugin.create(slowed, {
        network: 'discriminator',
        updates: 9,
        lazyInterval: interval,
      });
      const state = Object.fromEntries(optimizer.stateNames.map((name) => [name, slot(name)]));
      const list = optimizer.update({ clock, fault, parameters, gradients, state, lazily });
      const inputs = new Map<Slot, Float32Array | Uint32Array>([
        [clock, Uint32Array.of(update)],
        [fault, Uint32Array.of(0, 0xffffffff, 0, 0xffffffff)],
        [gradients, Float32Array.of(1, 1, 1, 1)],
      ]);
      return -new Float32Array((await runWork(device(), list, inputs, [parameters]))[0]!)[0]!;
    };
    const expected = (t: number) =>
      ((slowed.learningRate * (1 - slowed.beta1)) / (1 - slowed.beta1 ** t)) *
      (Math.sqrt(1 - slowed.beta2 ** t) / Math.sqrt(1 - slowed.beta2));
    // Steps in order: update 1, its second step, updates 2 and 3, update 4, its second step, update 5.
    const order = [
      [1, false],
      [1, true],
      [2, false],
      [3, false],
      [4, false],
      [4, true],
      [5, false],
    ] as const;
    for (const [i, [update, lazily]] of order.entries())
      expect(Math.abs((await moved(update, lazily)) / expected(i + 1) - 1)).toBeLessThan(1e-5);
  });
});
