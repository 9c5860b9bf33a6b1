// Counts on the GPU against counts by hand, and scores against what is known: floors, collapse, blindness, lost modes.

import { parse } from 'valibot';
import { describe, expect, test } from 'vitest';
import { findDistances } from '../../shaders/pairDistances.wgsl';
import { dataSources } from '../data';
import type { DataSource, Distribution } from '../data/source';
import { useDevice } from '../gpu/test-device';
import { runWork } from '../gpu/testing';
import { linearGrid, type Slot, work } from '../gpu/work';
import { jensenShannon } from '../math/divergence';
import { cellProbabilities, cutBox, histogramDivergence } from '../math/histogram';
import { normals, seedWords, uniforms } from '../math/philox';
import { boxRule, valuesAt } from '../math/quadrature';
import { STREAMS } from '../math/streams';
import { createEvaluator, type Evaluator, lowerBound } from './evaluation';

const device = useDevice();

const create = (config: { source: string; [option: string]: unknown }): DataSource => {
  const plugin = dataSources.get(config.source);
  return plugin.create(parse(plugin.schema, config));
};

/** Counts of given samples, or of the source's own. */
async function count(source: DataSource, evaluator: Evaluator, given?: Float32Array): Promise<Uint32Array> {
  const inputs = new Map<Slot, Float32Array | Uint32Array>();
  const slotsOf = (tables: DataSource['tables']) =>
    Object.fromEntries(
      Object.entries(tables).map(([name, data]) => {
        const slot = { name, length: data.length };
        inputs.set(slot, data);
        return [name, slot];
      }),
    );
  const { sampleCount, countsLength } = evaluator;
  const clock = { name: 'clock', length: 4 };
  const samples = { name: 'samples', length: sampleCount * source.shape[0]! };
  const counts = { name: 'counts', length: countsLength };
  const stream = { seed: seedWords(1), stream: STREAMS.evaluationData, stride: 1, offset: 0 };
  const drawing = given
    ? []
    : source.draw({ clock, output: samples, batch: sampleCount, stream, tables: slotsOf(source.tables) });
  if (given) inputs.set(samples, given);
  else inputs.set(clock, new Uint32Array(4));
  // What was counted before must not matter.
  inputs.set(counts, new Uint32Array(countsLength).fill(7));
  const counting = evaluator.works({ samples, counts, tables: slotsOf(evaluator.tables) });
  const [bytes] = await runWork(device(), [...drawing, ...counting], inputs, [counts]);
  return new Uint32Array(bytes!);
}

const sum = (values: Uint32Array) => values.reduce((total, value) => total + value, 0);

describe('a ring', () => {
  const source = create({ source: 'ring' });
  const evaluator = createEvaluator(source)!;
  const { sampleCount } = evaluator;
  const { modes } = source.distribution!;
  const cells = evaluator.countsLength - 8;

  /** Samples of the ring with every normal `width` times as wide, from the modes that `choose` gives. */
  const ring = (width: number, choose = (i: number) => i % 8) => {
    const noise = normals(2 * sampleCount, { seed: [4, 0], stream: 96, draw: 0 });
    return noise.map((x, i) => modes![choose(i >> 1)]!.center[i % 2]! + 0.02 * width * x);
  };

  test('a perfect sampler has its floor, 98.89 % within 3σ and every mode', async () => {
    const real = await count(source, evaluator);
    expect(await count(source, evaluator)).toEqual(real);
    const scores = evaluator.interpret(await count(source, evaluator, ring(1)), real);
    expect(scores.jsFloor).toBeLessThan(0.01);
    expect(Math.abs(scores.js - scores.jsFloor)).toBeLessThan(0.002);
    expect([scores.modes, scores.modesTotal]).toEqual([8, 8]);
    const error = 5 * Math.sqrt((0.9889 * 0.0111) / sampleCount);
    expect(Math.abs(scores.highQuality! - 0.9889)).toBeLessThan(error);
    expect(Math.abs(scores.highQualityFloor! - 0.9889)).toBeLessThan(error);
  });

  test('the counts are those of the CPU', async () => {
    const samples = ring(1.5);
    const counts = await count(source, evaluator, samples);
    const { box, columns, rows } = cutBox(source.distribution!.bounds, 0.04, 256);
    expect(columns * rows + 1).toBe(cells);
    const expected = new Uint32Array(evaluator.countsLength);
    for (let i = 0; i < samples.length; i += 2) {
      const [x, y] = [samples[i]!, samples[i + 1]!];
      const column = Math.floor(((x - box.low[0]!) / (box.high[0]! - box.low[0]!)) * columns);
      const row = Math.floor(((y - box.low[1]!) / (box.high[1]! - box.low[1]!)) * rows);
      const inside = column >= 0 && column < columns && row >= 0 && row < rows;
      expected[inside ? row * columns + column : cells - 1]!++;
      const distances = modes!.map(({ center }) => Math.hypot(x - center[0]!, y - center[1]!));
      const nearest = distances.indexOf(Math.min(...distances));
      if (distances[nearest]! <= 0.06) expected[cells + nearest]!++;
    }
    // A sample on an edge may fall to either side in float32: of 16,384 a handful.
    const differences = counts.reduce((total, value, i) => total + Math.abs(value - expected[i]!), 0);
    expect(differences).toBeLessThanOrEqual(8);
    expect(sum(counts.subarray(0, cells))).toBe(sampleCount);
  });

  test('collapse on one mode shows', async () => {
    const real = await count(source, evaluator);
    const scores = evaluator.interpret(
      await count(
        source,
        evaluator,
        ring(1, () => 3),
      ),
      real,
    );
    // One eighth against the whole: ½ log(2/(1 + ⅛)) + ½ (⅛ log(⅛ · 2/(1 + ⅛)) + ⅞ log 2).
    const expected = (Math.log(16 / 9) + Math.log(2 / 9) / 8 + (7 / 8) * Math.LN2) / 2;
    expect(Math.abs(scores.js - expected)).toBeLessThan(0.01);
    expect([scores.modes, scores.modesTotal]).toEqual([1, 8]);
    expect(scores.highQuality).toBeGreaterThan(0.98);
  });

  test('a mode with a few stray samples is not found', async () => {
    const real = await count(source, evaluator);
    // A mode's due are 2048 of the samples: 1 in 100 of them is too few, 1 in 5 is enough.
    const strays = (every: number) => ring(1, (i) => (i % 8 === 5 && i % every !== 5 ? 4 : i % 8));
    expect(evaluator.interpret(await count(source, evaluator, strays(800)), real).modes).toBe(7);
    expect(evaluator.interpret(await count(source, evaluator, strays(40)), real).modes).toBe(8);
  });

  test.each([
    ['collapsed to points', 0.01, 0.25],
    ['half as wide', 0.5, 0.09],
    ['half as wide again', 1.5, 0.04],
  ])('modes that are %s show', async (_, width, least) => {
    const real = await count(source, evaluator);
    const scores = evaluator.interpret(await count(source, evaluator, ring(width)), real);
    expect(scores.js - scores.jsFloor).toBeGreaterThan(least);
  });

  test('what is outside or no number is counted as outside', async () => {
    const samples = ring(1);
    samples.set([Number.NaN, 0, 0, Number.POSITIVE_INFINITY, 1e30, 0, -5, 0, 0, 1.5, 1, Number.NaN]);
    const counts = await count(source, evaluator, samples);
    const outside = (await count(source, evaluator, ring(1)))[cells - 1]!;
    expect(counts[cells - 1]! - outside).toBe(6);
    expect(sum(counts.subarray(0, cells))).toBe(sampleCount);
    const nothing = await count(source, evaluator, new Float32Array(2 * sampleCount).fill(Number.NaN));
    const scores = evaluator.interpret(nothing, await count(source, evaluator));
    expect(scores.js).toBeCloseTo(Math.LN2, 5);
    expect([scores.modes, scores.highQuality]).toEqual([0, 0]);
  });
});

const WITHOUT_DENSITY = ['glyphs', 'images', 'points'];
describe.each(dataSources.names.filter((name) => !WITHOUT_DENSITY.includes(name)))('%s', (name) => {
  test('has a floor below 0.02 and as high as so many cells make it', async () => {
    const source = create({ source: name });
    const evaluator = createEvaluator(source)!;
    const real = await count(source, evaluator);
    const { js, jsFloor, modesTotal } = evaluator.interpret(real, real);
    const cells = evaluator.countsLength - (modesTotal ?? 0);
    expect(sum(real.subarray(0, cells))).toBe(evaluator.sampleCount);
    expect(js).toBe(jsFloor);
    expect(jsFloor).toBeLessThan(0.02);
    const reached = real.subarray(0, cells).filter((value) => value > 0).length;
    const expected = (reached - 1) / (8 * evaluator.sampleCount);
    expect(jsFloor / expected).toBeGreaterThan(0.5);
    expect(jsFloor / expected).toBeLessThan(2);
    expect(modesTotal).toBe({ ring: 8, grid: 25, gaussianMixture: 3 }[name]);
  });
});

test('cells of one σ see 9/10 of the divergence between σ and 1.5 σ, cells of 2 σ see 7/10, cells of 5 σ nearly nothing', () => {
  const one = (factor: number) =>
    create({ source: 'ring', modes: 1, standardDeviation: 0.1 * factor }).distribution!;
  const [p, q] = [one(1), one(1.5)];
  const box = { low: [0, -1], high: [2, 1] };
  const rule = boxRule(box, 20, 8);
  const js = jensenShannon(rule, valuesAt(rule, p.density), valuesAt(rule, q.density));
  const seen = (size: number) => {
    const cells = cutBox(box, size, 256);
    const of = ({ density }: Distribution) => cellProbabilities(cells, density, 0.1);
    return histogramDivergence(of(q), of(p)) / js;
  };
  expect(seen(0.1)).toBeGreaterThan(0.9);
  expect(seen(0.2)).toBeGreaterThan(0.65);
  expect(seen(0.2)).toBeLessThan(0.75);
  expect(seen(0.5)).toBeLessThan(0.02);
});

describe('a list of points', () => {
  const list = [...normals(3000, { seed: [8, 0], stream: 96, draw: 0 })];
  const pairs = (values: readonly number[], scale = 1) =>
    Array.from({ length: values.length / 2 }, (_, i) => [scale * values[2 * i]!, 7 + values[2 * i + 1]!]);

  test.each([
    ['as they are', { points: pairs(list) }],
    ['with jitter', { points: pairs(list), jitter: 0.3 }],
    ['on one axis', { points: list.map((x) => [x]) }],
    ['that are wide', { points: pairs(list, 50) }],
    [
      'that are all alike',
      {
        points: [
          [2, 2],
          [2, 2],
        ],
      },
    ],
  ])('%s is its own perfect sample', async (_, options) => {
    const source = create({ source: 'points', ...options });
    const evaluator = createEvaluator(source)!;
    const { js, ...others } = evaluator.interpret(
      await count(source, evaluator),
      await count(source, evaluator),
    );
    expect(js).toBeLessThan(0.02);
    expect(Object.keys(others)).toEqual(['jsFloor']);
  });

  test('that differ by their jitter alone is not put into one cell', () => {
    const source = create({
      source: 'points',
      points: Array.from({ length: 1000 }, () => [2, 2]),
      jitter: 0.1,
    });
    expect(createEvaluator(source)!.countsLength).toBeGreaterThan(100);
  });

  test('is far from other points', async () => {
    const source = create({ source: 'points', points: pairs(list) });
    const evaluator = createEvaluator(source)!;
    const elsewhere = uniforms(2 * evaluator.sampleCount, { seed: [8, 0], stream: 95, draw: 0 });
    const real = await count(source, evaluator);
    expect(evaluator.interpret(await count(source, evaluator, elsewhere), real).js).toBeCloseTo(Math.LN2, 5);
    const shifted = normals(2 * evaluator.sampleCount, { seed: [8, 0], stream: 94, draw: 0 });
    const half = shifted.map((x, i) => (i % 2 === 0 ? x + 1 : x + 7));
    const { js } = evaluator.interpret(await count(source, evaluator, half), real);
    // N(0, 1) and N(1, 1) are 0.112 nats apart.
    expect(js).toBeGreaterThan(0.09);
    expect(js).toBeLessThan(0.14);
  });
});

test('a source of which nothing is known has no evaluator', () => {
  expect(createEvaluator({ shape: [28, 28], tables: {}, draw: () => [] })).toBeUndefined();
});

test('the lower bound is 0 at −log 4 and log 2 at 0', () => {
  expect(lowerBound(-Math.log(4))).toBeCloseTo(0, 15);
  expect(lowerBound(0)).toBeCloseTo(Math.LN2, 15);
});

test('distances are those between neighbours, in the batch’s own row', async () => {
  const [batch, size] = [70, 5];
  const samples = { name: 'samples', length: batch * size };
  const row = { name: 'row', length: 1 };
  const distances = { name: 'distances', length: 2 * batch };
  const data = normals(samples.length, { seed: [6, 0], stream: 94, draw: 0 });
  const shape = { batch, size };
  const list = [work(findDistances, { samples, row, distances, shape }, linearGrid(batch, findDistances))];
  const [bytes] = await runWork(
    device(),
    list,
    new Map<Slot, Float32Array | Uint32Array>([
      [samples, data],
      [row, Uint32Array.of(1)],
    ]),
    [distances],
  );
  const found = new Float32Array(bytes!);
  for (let i = 0; i < batch; i++) {
    const next = ((i + 1) % batch) * size;
    const difference = [...data.subarray(i * size, (i + 1) * size)].map((x, k) => x - data[next + k]!);
    expect(found[i]).toBe(0);
    expect(Math.abs(found[batch + i]! / Math.hypot(...difference) - 1)).toBeLessThan(1e-6);
  }
});
