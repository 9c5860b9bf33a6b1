// The auxiliary classifier's cross entropy beside a loss of logits: values and gradients against float64 and differences of it.

import { expect, test } from 'vitest';
import { useDevice } from '../gpu/test-device';
import { runWork } from '../gpu/testing';
import { normals } from '../math/philox';
import { withClassLoss } from './auxiliaryClassifier';
import { losses } from './index';

const device = useDevice();
const DIFFERENCE = 1e-5;
const BATCH = 21;
const CLASSES = 5;
const WIDTH = 1 + CLASSES;
const WEIGHT = 0.7;

test.each([
  { side: 'discriminator', parts: 2 },
  { side: 'generator', parts: 1 },
] as const)('the $side', async ({ side, parts }) => {
  const rows = parts * BATCH;
  const slot = (name: string, length: number) => ({ name, length });
  const outputs = slot('outputs', rows * WIDTH);
  const outputsGrad = slot('outputsGrad', rows * WIDTH);
  const labels = slot('labels', rows);
  const terms = slot('terms', 4 * BATCH);
  const loss = losses.get('nonSaturating');
  // Some numbers are far apart, so that what is not stable shows.
  const numbers = normals(rows * WIDTH, { seed: [3, 0], stream: 98, draw: parts }).map(
    (x, i) => x * (i % 7 ? 2 : 60),
  );
  const own = Uint32Array.from({ length: rows }, (_, i) => (i * 3) % CLASSES);
  const list = withClassLoss(
    { classes: CLASSES, weight: WEIGHT },
    { batch: BATCH, outputs, outputsGrad, labels, terms },
    (logits, logitsGrad) => loss[side]({ batch: BATCH, logits, logitsGrad, terms }),
  );
  const given = new Map<{ name: string; length: number }, Float32Array | Uint32Array>([
    [outputs, numbers],
    [labels, own],
  ]);
  const bytes = await runWork(device(), list, given, [outputsGrad, terms]);
  const [grads, values] = bytes.map((part) => new Float32Array(part)) as [Float32Array, Float32Array];

  const crossEntropy = (x: Float64Array, row: number) => {
    const scores = x.subarray(row * WIDTH + 1, (row + 1) * WIDTH);
    const largest = Math.max(...scores);
    return Math.log(scores.reduce((sum, s) => sum + Math.exp(s - largest), 0)) + largest - scores[own[row]!]!;
  };
  const lossOf = (x: Float64Array, pair: number) => {
    const logit = (part: number) => x[(part * BATCH + pair) * WIDTH]!;
    const game =
      side === 'discriminator'
        ? loss.reference.discriminator(logit(0), logit(1))
        : loss.reference.generator(logit(0), 0);
    let sum = game;
    for (let part = 0; part < parts; part++) sum += WEIGHT * crossEntropy(x, part * BATCH + pair);
    return sum;
  };
  const x = Float64Array.from(numbers);
  for (let pair = 0; pair < BATCH; pair++) {
    const value = lossOf(x, pair);
    expect(Math.abs(values[4 * pair]! - value)).toBeLessThan(2e-6 * (1 + Math.abs(value)));
  }
  for (let i = 0; i < x.length; i++) {
    const pair = Math.floor(i / WIDTH) % BATCH;
    const moved = (by: number) =>
      lossOf(
        x.map((value, at) => (at === i ? value + by : value)),
        pair,
      );
    const slope = (moved(DIFFERENCE) - moved(-DIFFERENCE)) / (2 * DIFFERENCE) / BATCH;
    expect(Math.abs(grads[i]! - slope)).toBeLessThan(3e-7);
  }
});
