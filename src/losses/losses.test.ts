// Every loss: its terms against the float64 reference, its gradients against central finite differences of it.

import { describe, expect, test } from 'vitest';
import { useDevice } from '../gpu/test-device';
import { runWork } from '../gpu/testing';
import { normals } from '../math/philox';
import { sigmoid, softplus } from '../math/smooth';
import { losses } from './index';

const device = useDevice();
const DIFFERENCE = 1e-5;
const BATCH = 67;

/** Logits from timid to certain, both signs. */
const logitsOf = (count: number) =>
  normals(count, { seed: [3, 0], stream: 98, draw: count }).map((x, i) => x * (i % 5 === 0 ? 20 : 2));

describe.each(losses.names)('%s', (type) => {
  const loss = losses.get(type);
  const run = async (side: 'discriminator' | 'generator') => {
    const rows = side === 'discriminator' ? 2 * BATCH : BATCH;
    const logits = { name: 'logits', length: rows };
    const logitsGrad = { name: 'logitsGrad', length: rows };
    const terms = { name: 'terms', length: 4 * BATCH };
    const data = logitsOf(rows);
    const list = loss[side]({ batch: BATCH, logits, logitsGrad, terms });
    const bytes = await runWork(device(), list, new Map([[logits, data]]), [logitsGrad, terms]);
    const [grads, values] = bytes.map((part) => new Float32Array(part));
    return { data, grads: grads!, values: values! };
  };
  const slope = (f: (x: number) => number, x: number) =>
    (f(x + DIFFERENCE) - f(x - DIFFERENCE)) / (2 * DIFFERENCE);

  test('the discriminator', async () => {
    const { data, grads, values } = await run('discriminator');
    for (let i = 0; i < BATCH; i++) {
      const [r, f] = [data[i]!, data[BATCH + i]!];
      const expected = [
        loss.reference.discriminator(r, f),
        -softplus(-r) - softplus(f),
        sigmoid(r),
        sigmoid(f),
      ];
      expected.forEach((value, c) => {
        expect(Math.abs(values[4 * i + c]! - value)).toBeLessThan(2e-6 * (1 + Math.abs(value)));
      });
      const real = slope((x) => loss.reference.discriminator(x, f), r) / BATCH;
      const fake = slope((x) => loss.reference.discriminator(r, x), f) / BATCH;
      expect(Math.abs(grads[i]! - real)).toBeLessThan(2e-7 * (1 + Math.abs(real)));
      expect(Math.abs(grads[BATCH + i]! - fake)).toBeLessThan(2e-7 * (1 + Math.abs(fake)));
    }
  });

  test('the generator', async () => {
    const { data, grads, values } = await run('generator');
    for (let i = 0; i < BATCH; i++) {
      const value = loss.reference.generator(data[i]!);
      expect(Math.abs(values[4 * i]! - value)).toBeLessThan(2e-6 * (1 + Math.abs(value)));
      const expected = slope(loss.reference.generator, data[i]!) / BATCH;
      expect(Math.abs(grads[i]! - expected)).toBeLessThan(2e-7 * (1 + Math.abs(expected)));
    }
  });
});
