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
  const run = async (side: 'discriminator' | 'generator', smoothing = 0) => {
    const rows = side === 'discriminator' || loss.paired ? 2 * BATCH : BATCH;
    const logits = { name: 'logits', length: rows };
    const logitsGrad = { name: 'logitsGrad', length: side === 'discriminator' ? rows : BATCH };
    const terms = { name: 'terms', length: 4 * BATCH };
    const data = logitsOf(rows);
    const list = loss[side]({ batch: BATCH, logits, logitsGrad, terms, smoothing });
    const bytes = await runWork(device(), list, new Map([[logits, data]]), [logitsGrad, terms]);
    const [grads, values] = bytes.map((part) => new Float32Array(part));
    return { data, grads: grads!, values: values! };
  };
  const slope = (f: (x: number) => number, x: number) =>
    (f(x + DIFFERENCE) - f(x - DIFFERENCE)) / (2 * DIFFERENCE);

  const smoothings = loss.hasLabels ? [0, 0.1] : [0];
  test.each(smoothings)('the discriminator, labels smoothed by %d', async (smoothing) => {
    const { data, grads, values } = await run('discriminator', smoothing);
    // The cross entropy with a target of 1 − s instead of 1.
    const reference = (r: number, f: number) =>
      loss.reference.discriminator(r, f) + smoothing * (softplus(r) - softplus(-r));
    for (let i = 0; i < BATCH; i++) {
      const [r, f] = [data[i]!, data[BATCH + i]!];
      const expected = [reference(r, f), -softplus(-r) - softplus(f), sigmoid(r), sigmoid(f)];
      expected.forEach((value, c) => {
        expect(Math.abs(values[4 * i + c]! - value)).toBeLessThan(2e-6 * (1 + Math.abs(value)));
      });
      const real = slope((x) => reference(x, f), r) / BATCH;
      const fake = slope((x) => reference(r, x), f) / BATCH;
      expect(Math.abs(grads[i]! - real)).toBeLessThan(2e-7 * (1 + Math.abs(real)));
      expect(Math.abs(grads[BATCH + i]! - fake)).toBeLessThan(2e-7 * (1 + Math.abs(fake)));
    }
  });

  test('the generator', async () => {
    const { data, grads, values } = await run('generator');
    for (let i = 0; i < BATCH; i++) {
      const [r, f] = [data[i]!, data[loss.paired ? BATCH + i : i]!];
      const value = loss.reference.generator(f, r);
      expect(Math.abs(values[4 * i]! - value)).toBeLessThan(2e-6 * (1 + Math.abs(value)));
      const expected = slope((x) => loss.reference.generator(x, r), f) / BATCH;
      expect(Math.abs(grads[i]! - expected)).toBeLessThan(2e-7 * (1 + Math.abs(expected)));
    }
  });

  test('D loses this much where it cannot tell, and hardly anything where it can', () => {
    const { discriminator } = loss.reference;
    const sure = [1, 40].map((logit) => discriminator(logit, logit === 1 ? 0 : -logit));
    if (loss.indifferent === undefined) expect(Math.min(...sure)).toBeLessThan(-50);
    else {
      const alike = Array.from({ length: 81 }, (_, i) => discriminator(i / 20 - 2, i / 20 - 2));
      expect(Math.min(...alike)).toBeCloseTo(loss.indifferent, 12);
      expect(Math.min(...sure)).toBeCloseTo(0, 12);
    }
  });
});
