// Lazy penalties: the second step of an update, on the penalty alone, against single steps that other trainers make.

import { afterEach, expect, test } from 'vitest';
import { useDevice } from '../gpu/test-device';
import { normals } from '../math/philox';
import { parseReplayConfig } from './config';
import type { Tensors } from './tensor';
import { Trainer } from './trainer';

const device = useDevice();
const trainers: Trainer[] = [];
afterEach(() => {
  for (const trainer of trainers.splice(0)) trainer.destroy();
});

const BATCH = 7;
const INTERVAL = 3;
const RATE = 0.1;
/** Karras et al. 2020, appendix B. */
const SLOWED = INTERVAL / (INTERVAL + 1);

async function create(regularizers: object[], learningRate: number): Promise<Trainer> {
  const sgd = { type: 'sgd', learningRate };
  const config = parseReplayConfig({
    noise: { type: 'normal', size: 3 },
    generator: [{ type: 'dense', units: 5 }],
    discriminator: [{ type: 'dense', units: 6 }, { type: 'tanh' }, { type: 'dense', units: 1 }],
    regularizers,
    optimizer: { generator: sgd, discriminator: sgd },
    batchSize: BATCH,
    seed: 4,
  });
  const trainer = await Trainer.create(device(), config);
  trainers.push(trainer);
  return trainer;
}

const numbers = (length: number, draw: number) => normals(length, { seed: [3, 0], stream: 96, draw });
const real = numbers(BATCH * 5, 0);
const noise = numbers(BATCH * 3, 1);

/** What a plain trainer's gradients are, with these weights and this batch. */
async function gradientsAt(weights: Tensors, regularizers: object[]): Promise<Tensors> {
  const trainer = await create(regularizers, RATE);
  trainer.writeTensors(weights);
  trainer.updateDiscriminatorWith(real, noise);
  return trainer.readGradients();
}

/** Every tensor of D as `expected` says, within float32's rounding of the change. */
function expectWeights(actual: Tensors, expected: (name: string, i: number) => number): void {
  for (const [name, { data }] of actual) {
    if (!name.startsWith('discriminator')) continue;
    data.forEach((x, i) => {
      expect(Math.abs(x - expected(name, i)), `${name}[${i}]`).toBeLessThan(1e-6);
    });
  }
}

test('the first update, and every interval-th, steps on the loss and then on interval times the penalty', async () => {
  const lazy = await create([{ type: 'r1', gamma: 2, interval: INTERVAL }], RATE);
  const plain = await create([], SLOWED * RATE);
  plain.writeTensors(await lazy.readTensors());
  for (let update = 1; update <= 5; update++) {
    for (const trainer of [lazy, plain]) trainer.updateDiscriminatorWith(real, noise);
    const between = await plain.readTensors();
    if (update % INTERVAL === 1) {
      const [both, loss] = await Promise.all([
        gradientsAt(between, [{ type: 'r1', gamma: 2 * INTERVAL }]),
        gradientsAt(between, []),
      ]);
      const step = (name: string, i: number) =>
        SLOWED * RATE * (both.get(`grad.${name}`)!.data[i]! - loss.get(`grad.${name}`)!.data[i]!);
      const length = Math.max(
        ...[...between].flatMap(([name, { data }]) =>
          name.startsWith('discriminator') ? [...data].map((_, i) => Math.abs(step(name, i))) : [0],
        ),
      );
      expect(length).toBeGreaterThan(1e-3);
      expectWeights(await lazy.readTensors(), (name, i) => between.get(name)!.data[i]! - step(name, i));
    } else {
      expectWeights(await lazy.readTensors(), (name, i) => between.get(name)!.data[i]!);
    }
    plain.writeTensors(await lazy.readTensors());
  }
});

test('r1 and r2 come together, in one step', async () => {
  const both = [
    { type: 'r1', gamma: 1, interval: 2 },
    { type: 'r2', gamma: 3, interval: 2 },
  ];
  const lazy = await create(both, RATE);
  const plain = await create([], (2 / 3) * RATE);
  plain.writeTensors(await lazy.readTensors());
  for (const trainer of [lazy, plain]) trainer.updateDiscriminatorWith(real, noise);
  const between = await plain.readTensors();
  const [penalized, loss] = await Promise.all([
    gradientsAt(
      between,
      both.map(({ type, gamma }) => ({ type, gamma: 2 * gamma })),
    ),
    gradientsAt(between, []),
  ]);
  expectWeights(await lazy.readTensors(), (name, i) => {
    const step = penalized.get(`grad.${name}`)!.data[i]! - loss.get(`grad.${name}`)!.data[i]!;
    return between.get(name)!.data[i]! - (2 / 3) * RATE * step;
  });
});
