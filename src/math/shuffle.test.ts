// Orders of epochs: each holds every sample once, no two are alike, and nothing in them has a preference. Seeds are fixed; the
// thresholds are those that random orders fail once in 10⁵ or less.

import { describe, expect, test } from 'vitest';
import { seedWords } from './philox';
import { shuffledIndex } from './shuffle';

const seed = seedWords(7);
const epoch = (count: number, which: number, stream = 1, key = seed) =>
  Array.from({ length: count }, (_, place) => shuffledIndex(which * count + place, count, stream, key));

describe.each([1, 2, 3, 4, 5, 7, 8, 9, 100, 255, 256, 257, 1000, 10_000])('%i samples', (count) => {
  test.each([0, 1, 2, 12_345, 2 ** 33])('epoch %i has each once', (which) => {
    expect(epoch(count, which).sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
  });
});

test('epochs, streams and seeds have orders of their own', () => {
  const first = epoch(1000, 0);
  const others = [
    epoch(1000, 1),
    // Only the epoch's high word differs.
    epoch(1000, 2 ** 32),
    epoch(1000, 0, 2),
    epoch(1000, 0, 1, seedWords(8)),
    epoch(1000, 0, 1, seedWords(7 + 2 ** 32)),
  ];
  expect(epoch(1000, 0)).toEqual(first);
  // Two random orders agree in one place on average.
  for (const other of others) expect(other.filter((x, i) => x === first[i]).length).toBeLessThan(9);
});

test('the most samples there may be', () => {
  const most = 2 ** 31;
  const places = [0, 1, most - 1, most, 5 * most + 3];
  const found = places.map((position) => shuffledIndex(position, most, 1, seed));
  for (const index of found) expect(index >= 0 && index < most).toBe(true);
  expect(new Set(found).size).toBe(places.length);
});

/** Wilson and Hilferty: the cube root of χ²/n is nearly normal with mean 1 − 2/9n and variance 2/9n. */
const deviations = (chiSquare: number, degrees: number) =>
  (Math.cbrt(chiSquare / degrees) - (1 - 2 / (9 * degrees))) / Math.sqrt(2 / (9 * degrees));

const chiSquare = (counts: readonly number[], expected: number) =>
  counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);

test.each([5, 13, 64])('of %i samples each stands in each place as often, over epochs', (count) => {
  const epochs = 4000;
  const counts = new Array<number>(count * count).fill(0);
  for (let e = 0; e < epochs; e++) {
    for (const [place, index] of epoch(count, e).entries()) counts[place * count + index]!++;
  }
  // Rows and columns of the table each sum to the number of epochs.
  expect(Math.abs(deviations(chiSquare(counts, epochs / count), (count - 1) ** 2))).toBeLessThan(4.5);
});

test('every order of four samples comes as often', () => {
  const counts = new Map<string, number>();
  for (let e = 0; e < 6000; e++) {
    const order = epoch(4, e).join('');
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(24);
  expect(Math.abs(deviations(chiSquare([...counts.values()], 250), 23))).toBeLessThan(4.5);
});

test('neighbours in an order are no neighbours in the data: their distances spread evenly', () => {
  const count = 10_007;
  const order = epoch(count, 3);
  const bins = new Array<number>(50).fill(0);
  for (let i = 0; i < count; i++) {
    const step = (order[(i + 1) % count]! - order[i]! + count) % count;
    bins[Math.floor((step * bins.length) / count)]!++;
  }
  expect(Math.abs(deviations(chiSquare(bins, count / bins.length), bins.length - 1))).toBeLessThan(4.5);
  // Nor does an order keep any of the old one's: the correlation of place and sample is that of chance.
  const mean = (count - 1) / 2;
  const covariance = order.reduce((sum, x, i) => sum + (x - mean) * (i - mean), 0) / count;
  expect(Math.abs(covariance / ((count ** 2 - 1) / 12)) * Math.sqrt(count)).toBeLessThan(4.5);
});
