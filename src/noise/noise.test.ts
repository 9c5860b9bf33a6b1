// Every kind of noise: moments, its cumulative function (Kolmogorov–Smirnov), independence, and that any draw can be had
// without those before it. Seeds are fixed; the thresholds are those that a right sampler fails once in 10⁵ or less.

import { parse } from 'valibot';
import { describe, expect, test } from 'vitest';
import type { StreamSettings } from '../gpu/draw';
import { useDevice } from '../gpu/test-device';
import { runWork } from '../gpu/testing';
import { normalCdf, normalInterval } from '../math/normal';
import { normals, seedWords } from '../math/philox';
import { STREAMS } from '../math/streams';
import { noises } from './index';

const device = useDevice();

interface Ask extends Partial<StreamSettings> {
  readonly options?: object;
  readonly size?: number;
  readonly batch?: number;
  readonly iteration?: number;
}

async function draw(type: string, { options, size = 3, batch = 20_000, iteration = 0, ...stream }: Ask = {}) {
  const plugin = noises.get(type);
  const source = plugin.create(parse(plugin.schema, { type, size, ...options }));
  const [clock, output] = [
    { name: 'clock', length: 4 },
    { name: 'noise', length: batch * size },
  ];
  const settings = { seed: seedWords(11), stream: STREAMS.generatorNoise, stride: 1, offset: 0, ...stream };
  const list = source.draw({ clock, output, batch, stream: settings });
  const [bytes] = await runWork(device(), list, new Map([[clock, new Uint32Array([iteration])]]), [output]);
  return new Float32Array(bytes!);
}

const within = (bound: number) => normalInterval(-bound, bound);
const clamp = (x: number) => Math.min(1, Math.max(0, x));

/** Of one number of three: P(number ≤ x), variance and fourth moment. Means and third moments are 0. */
const laws: Record<string, { cdf(x: number): number; variance: number; fourth: number }> = {
  normal: { cdf: normalCdf, variance: 1, fourth: 3 },
  uniform: { cdf: (x) => clamp((x + 1) / 2), variance: 1 / 3, fourth: 1 / 5 },
  bernoulli: { cdf: (x) => (x < -1 ? 0 : x < 1 ? 0.5 : 1), variance: 1, fourth: 1 },
  truncatedNormal: {
    cdf: (x) => clamp(normalInterval(-2, Math.max(-2, x)) / within(2)),
    // 1 − 2·2φ(2)/P and 3·variance − 2·2³φ(2)/P, with φ(2) = 0.0539909665 and P = P(|z| ≤ 2).
    variance: 1 - (4 * 0.0539909665131881) / within(2),
    fourth: 3 * (1 - (4 * 0.0539909665131881) / within(2)) - (16 * 0.0539909665131881) / within(2),
  },
  // Archimedes: each coordinate of the sphere in three dimensions is uniform.
  sphere: { cdf: (x) => clamp((x + 1) / 2), variance: 1 / 3, fourth: 1 / 5 },
};

test('every kind of noise has a law here', () => expect(Object.keys(laws).sort()).toEqual(noises.names));

describe.each(Object.entries(laws))('%s', (type, { cdf, variance, fourth }) => {
  test('has its moments and its cumulative function', async () => {
    const values = await draw(type);
    const n = values.length;
    const moment = (power: number) => values.reduce((sum, x) => sum + x ** power, 0) / n;
    expect(Math.abs(moment(1))).toBeLessThan(5 * Math.sqrt(variance / n));
    expect(Math.abs(moment(3))).toBeLessThan(5 * Math.sqrt(15 / n));
    // The third of bernoulli's numbers has no variance in its square; 1e-6 is for rounding.
    expect(Math.abs(moment(2) - variance)).toBeLessThan(5 * Math.sqrt((fourth - variance ** 2) / n) + 1e-6);
    expect(Math.abs(moment(4) - fourth)).toBeLessThan(5 * Math.sqrt(96 / n));

    const sorted = Float64Array.from(values).sort();
    let distance = 0;
    sorted.forEach((x, i) => {
      // Where values repeat only the last of them is the empirical function's.
      if (sorted[i + 1] !== x) distance = Math.max(distance, Math.abs((i + 1) / n - cdf(x)));
    });
    // Kolmogorov: P(√n D > 2.5) = 2 exp(−2 · 2.5²) = 7e-6.
    expect(distance * Math.sqrt(n)).toBeLessThan(2.5);
  });

  test('gives the same bytes for the same seed, other numbers for another seed, stream, draw', async () => {
    const small = { batch: 500 };
    const base = await draw(type, small);
    expect(await draw(type, small)).toEqual(base);
    for (const other of [
      { seed: seedWords(12) },
      { stream: STREAMS.discriminatorNoise },
      { iteration: 1 },
      { offset: 1 },
    ]) {
      const values = await draw(type, { ...small, ...other });
      const same = values.filter((x, i) => x === base[i]).length;
      expect(same).toBeLessThan(type === 'bernoulli' ? 0.6 * base.length : 5);
    }
  });

  test('any draw is had alone, and a smaller batch is the beginning of a larger', async () => {
    const seventh = await draw(type, { batch: 101, iteration: 7 });
    expect(await draw(type, { batch: 101, iteration: 3, stride: 2, offset: 1 })).toEqual(seventh);
    expect(await draw(type, { batch: 33, iteration: 7 })).toEqual(seventh.subarray(0, 99));
  });

  test('streams, draws, seeds, rows and columns are uncorrelated (five standard errors)', async () => {
    const base = await draw(type);
    const others = [
      await draw(type, { stream: STREAMS.discriminatorNoise }),
      await draw(type, { stream: STREAMS.evaluationNoise }),
      await draw(type, { iteration: 1 }),
      await draw(type, { seed: seedWords(12) }),
      ...[1, 2, 3, 4].map((lag) => base.subarray(lag)),
    ];
    for (const other of others) {
      const n = other.length;
      let sum = 0;
      for (let i = 0; i < n; i++) sum += base[i]! * other[i]!;
      expect(Math.abs(sum / n)).toBeLessThan((5 * variance) / Math.sqrt(n));
    }
  });
});

test('normal is what the CPU draws, to 1e-6 of the radius', async () => {
  const found = await draw('normal', { batch: 1000, iteration: 5 });
  const address = { seed: seedWords(11), stream: STREAMS.generatorNoise, draw: 5 };
  const expected = normals(3000, address);
  for (let i = 0; i < 3000; i += 2) {
    const tolerance = 1e-6 * Math.hypot(expected[i]!, expected[i + 1]!);
    for (const k of [i, i + 1]) expect(Math.abs(found[k]! - expected[k]!)).toBeLessThan(tolerance);
  }
});

test.each([1, 2, 3, 4, 5, 64])('sphere of %i has length 1', async (size) => {
  const values = await draw('sphere', { size, batch: 70 });
  for (let row = 0; row < 70; row++) {
    const length = Math.hypot(...values.subarray(row * size, (row + 1) * size));
    expect(Math.abs(length - 1)).toBeLessThan(1e-6);
  }
});

test('the columns of a larger sphere are uncorrelated (five standard errors)', async () => {
  const values = await draw('sphere', { size: 8 });
  for (let column = 1; column < 8; column++) {
    let sum = 0;
    for (let row = 0; row < 20_000; row++) sum += values[8 * row]! * values[8 * row + column]!;
    expect(Math.abs(sum / 20_000)).toBeLessThan(5 / 8 / Math.sqrt(20_000));
  }
});

test.each([0.5, 1.3, 6])('truncatedNormal stays within its bound %d', async (bound) => {
  const values = await draw('truncatedNormal', { options: { bound }, batch: 5000 });
  const largest = values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  expect(largest).toBeLessThanOrEqual(Math.fround(bound));
  expect(largest).toBeGreaterThan(Math.min(bound * 0.99, 3));
  // Numbers that were only clamped would pile up at the bound.
  expect(values.filter((x) => Math.abs(x) === Math.fround(bound)).length).toBe(0);
});
