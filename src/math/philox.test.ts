// Philox against its published vectors; floats and normals against their distributions; streams against each other.

import { describe, expect, test } from 'vitest';
import {
  choose,
  normalPair,
  normals,
  openUnitFloat,
  philox,
  seedWords,
  uniforms,
  unitFloat,
  type Words,
} from './philox';
import { STREAMS } from './streams';

describe('philox', () => {
  // kat_vectors of Random123, the authors' library: philox4x32 with 10 rounds.
  test.each<{ counter: Words; seed: readonly [number, number]; words: Words }>([
    { counter: [0, 0, 0, 0], seed: [0, 0], words: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8] },
    {
      counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      seed: [0xffffffff, 0xffffffff],
      words: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    },
    {
      counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      seed: [0xa4093822, 0x299f31d0],
      words: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    },
  ])('gives the published words for $counter', ({ counter, seed, words }) => {
    expect(philox(counter, seed)).toEqual(words);
  });
});

describe('floats', () => {
  test('stay inside their intervals at the ends and are exact in float32', () => {
    expect([unitFloat(0), unitFloat(0xffffffff)]).toEqual([0, 1 - 2 ** -24]);
    expect([openUnitFloat(0), openUnitFloat(0xffffffff)]).toEqual([2 ** -24, 1 - 2 ** -24]);
    for (const word of [0, 1, 0x1ff, 0x200, 0x80000000, 0xfffffdff, 0xffffffff]) {
      expect(Math.fround(unitFloat(word))).toBe(unitFloat(word));
      expect(Math.fround(openUnitFloat(word))).toBe(openUnitFloat(word));
    }
  });

  test('choose cuts the words into equal parts', () => {
    expect(choose(0, 25)).toEqual({ index: 0, fraction: 0 });
    expect(choose(0xffffffff, 25).index).toBe(24);
    expect(choose(0x80000000, 8)).toEqual({ index: 4, fraction: 0 });
    expect(choose(0x90000000, 8)).toEqual({ index: 4, fraction: 0.5 });
  });

  test('normalPair is Box–Muller to 3e-7 of the radius, finite at the extremes', () => {
    for (let i = 0; i < 20_000; i++) {
      const [first, second] = philox([i, 0, 99, 0], [7, 0]);
      const radius = Math.sqrt(-2 * Math.log(Math.fround(Math.fround(first) + 0.5) * 2 ** -32));
      const quarter = second >>> 30;
      const angle = ((second & 0x3fffffff) * 2 ** -30 - 0.5 + quarter) * (Math.PI / 2);
      const [x, y] = normalPair(first, second);
      const tolerance = 3e-7 * radius + 1e-12;
      expect(Math.abs(x - radius * Math.cos(angle))).toBeLessThan(tolerance);
      expect(Math.abs(y - radius * Math.sin(angle))).toBeLessThan(tolerance);
    }
    expect(Math.hypot(...normalPair(0, 0))).toBeCloseTo(6.7637, 3);
    expect(Math.hypot(...normalPair(0xffffffff, 0))).toBe(0);
  });
});

describe('sequences', () => {
  const address = { seed: seedWords(1), stream: STREAMS.initialWeights, draw: 0 };

  test('a shorter sequence is the beginning of a longer one', () => {
    expect(normals(7, address)).toEqual(normals(1000, address).slice(0, 7));
    expect(uniforms(5, address)).toEqual(uniforms(8, address).slice(0, 5));
  });

  test('seed, stream and draw each change every number', () => {
    const base = uniforms(64, address);
    const others = [
      { ...address, draw: 1 },
      { ...address, stream: STREAMS.data },
      { ...address, seed: seedWords(2) },
      { ...address, seed: seedWords(1 + 2 ** 32) },
    ].map((other) => uniforms(64, other));
    for (const other of others) expect(other.some((value, i) => value === base[i])).toBe(false);
  });

  test('normals have the moments of a standard normal (five standard errors of 100,000)', () => {
    const n = 100_000;
    const values = normals(n, address);
    const moment = (power: number) => values.reduce((sum, value) => sum + value ** power, 0) / n;
    expect(Math.abs(moment(1))).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    expect(Math.abs(moment(3))).toBeLessThan(5 * Math.sqrt(15 / n));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(5 * Math.sqrt(96 / n));
  });

  test('streams, draws, seeds and neighbours are uncorrelated (five standard errors)', () => {
    const n = 20_000;
    const base = normals(n + 4, address);
    const others = [
      ...Object.values(STREAMS)
        .filter((stream) => stream !== address.stream)
        .map((stream) => normals(n, { ...address, stream })),
      normals(n, { ...address, draw: 1 }),
      normals(n, { ...address, draw: 2 }),
      normals(n, { ...address, seed: seedWords(2) }),
      ...[1, 2, 3, 4].map((lag) => base.slice(lag)),
    ];
    for (const other of others) {
      let sum = 0;
      let squares = 0;
      for (let i = 0; i < n; i++) {
        sum += base[i]! * other[i]!;
        squares += (base[i]! ** 2 - 1) * (other[i]! ** 2 - 1);
      }
      expect(Math.abs(sum / n)).toBeLessThan(5 / Math.sqrt(n));
      expect(Math.abs(squares / n)).toBeLessThan(5 * (2 / Math.sqrt(n)));
    }
  });

  test('a seed is a whole number that a double holds', () => {
    expect(seedWords(2 ** 32 + 5)).toEqual([5, 1]);
    for (const seed of [-1, 0.5, Number.NaN, 2 ** 53]) expect(() => seedWords(seed)).toThrow(RangeError);
  });
});
