// Every source with a density: it integrates to 1, the GPU's is the CPU's, and what is drawn follows it. Seeds are fixed;
// the thresholds are those that a right sampler fails once in 10⁵ or less.

import { parse } from 'valibot';
import { beforeAll, describe, expect, test } from 'vitest';
import type { StreamSettings } from '../gpu/draw';
import { useDevice } from '../gpu/test-device';
import { runWork } from '../gpu/testing';
import type { Slot, Work } from '../gpu/work';
import { cellProbabilities, cutBox } from '../math/histogram';
import { normals, seedWords, uniforms } from '../math/philox';
import { compositeRule, integrate, valuesAt } from '../math/quadrature';
import { STREAMS } from '../math/streams';
import { dataSources } from './index';
import type { DataSource, Distribution, TableSlots } from './source';

const device = useDevice();

/** Runs work that reads a source's tables. */
async function run(
  source: DataSource,
  list: (tables: TableSlots) => readonly Work[],
  given: Map<Slot, Float32Array | Uint32Array>,
  output: Slot,
) {
  const tables: Record<string, Slot> = {};
  for (const [name, data] of Object.entries(source.tables)) {
    tables[name] = { name, length: data.length };
    given.set(tables[name], data);
  }
  const [bytes] = await runWork(device(), list(tables), given, [output]);
  return new Float32Array(bytes!);
}

async function draw(
  source: DataSource,
  batch: number,
  { iteration = 0, ...settings }: Partial<StreamSettings> & { iteration?: number } = {},
) {
  const clock = { name: 'clock', length: 4 };
  const output = { name: 'batch', length: batch * source.shape[0]! };
  const stream = { seed: seedWords(5), stream: STREAMS.data, stride: 1, offset: 0, ...settings };
  const given = new Map([[clock, new Uint32Array([iteration])]]);
  return run(source, (tables) => source.draw({ clock, output, batch, stream, tables }), given, output);
}

async function densities(source: DataSource, at: Float32Array) {
  const points = { name: 'points', length: at.length };
  const count = at.length / source.shape[0]!;
  const output = { name: 'density', length: count };
  const given = new Map([[points, at]]);
  return run(
    source,
    (tables) => source.distribution!.densityWork({ points, output, count, tables }),
    given,
    output,
  );
}

/** Points of a batch as the density takes them. */
const pointsOf = (values: Float32Array, dimensions: number) =>
  Array.from({ length: values.length / dimensions }, (_, i) =>
    values.subarray(i * dimensions, (i + 1) * dimensions),
  );

const configurations: { source: string; [option: string]: unknown }[] = [
  { source: 'gaussian' },
  { source: 'gaussian', mean: 2.5, standardDeviation: 0.3 },
  { source: 'gaussianMixture' },
  {
    source: 'gaussianMixture',
    components: [
      { mean: -2, standardDeviation: 0.5, weight: 4 },
      { mean: -1, standardDeviation: 0.4, weight: 3 },
      { mean: 0.1, standardDeviation: 0.1, weight: 1 },
      { mean: 0.7, standardDeviation: 0.2, weight: 2 },
      { mean: 3, standardDeviation: 1, weight: 0.5 },
    ],
  },
  { source: 'uniform' },
  { source: 'uniform', low: 0.25, high: 3 },
  { source: 'ring' },
  { source: 'ring', modes: 5, radius: 2, standardDeviation: 0.3 },
  { source: 'grid' },
  { source: 'grid', modes: 9, spacing: 0.5, standardDeviation: 0.1 },
  { source: 'spiral' },
  { source: 'spiral', arms: 3, turns: 0.5, radius: 1, standardDeviation: 0.1 },
  { source: 'moons' },
  { source: 'circles' },
  { source: 'circles', radius: 2, factor: 0.8, standardDeviation: 0.2 },
  { source: 'swissRoll' },
  { source: 'line' },
  { source: 'line', from: [0, 1], to: [0, -2], standardDeviation: 0.2 },
  // Segments of four σ: only here does it show where on a segment a point falls.
  { source: 'line', from: [-2, 0], to: [2, 0], standardDeviation: 0.004 },
  { source: 'checkerboard' },
  { source: 'checkerboard', squares: 6, side: 3 },
];

const create = (config: { source: string }): DataSource => {
  const plugin = dataSources.get(config.source);
  return plugin.create(parse(plugin.schema, config));
};

const WITHOUT_DENSITY = ['glyphs', 'images', 'points'];

test('every source with a density is among the configurations', () => {
  const names = new Set(configurations.map(({ source }) => source));
  expect([...names, ...WITHOUT_DENSITY].sort()).toEqual(dataSources.names);
});

test('plain names are enough: every option has a default, where nothing has to be brought', () => {
  for (const source of dataSources.names.filter((name) => name !== 'points' && name !== 'images')) {
    expect(create({ source }).shape.length).toBeGreaterThan(0);
  }
});

describe.each(configurations)('$source $#', (config) => {
  const source = create(config);
  const distribution = source.distribution!;
  const { dimensions, bounds, resolution, density } = distribution;
  const cells = cutBox(bounds, dimensions === 1 ? resolution / 4 : 2 * resolution, 1000);
  let probabilities: Float64Array;
  beforeAll(() => {
    probabilities = cellProbabilities(cells, density, resolution);
  });
  const batch = 50_000;

  test('the density integrates to 1, all but 1e-5 of it in the bounds', () => {
    expect(source.shape).toEqual([dimensions]);
    const inside = probabilities.subarray(0, -1).reduce((sum, p) => sum + p, 0);
    expect(Math.abs(inside - 1)).toBeLessThan(1e-5);
    expect(probabilities.every((p) => p >= 0)).toBe(true);
  });

  test('the GPU has the same density, to 2e-5 of its peak', async () => {
    const drawn = await draw(source, 2000);
    // Beyond the bounds on every side too, and away from the edges, where float32 and float64 may choose sides.
    const spread = uniforms(dimensions * 4000, { seed: [3, 0], stream: 97, draw: 0 }).map((u, i) => {
      const [low, high] = [bounds.low[i % dimensions]!, bounds.high[i % dimensions]!];
      return low + (1.4 * u - 0.2) * (high - low);
    });
    const at = new Float32Array([...drawn, ...spread]);
    const expected = pointsOf(at, dimensions).map(density);
    const found = await densities(source, at);
    const peak = expected.reduce((most, p) => Math.max(most, p), 0);
    expect(peak).toBeGreaterThan(0);
    let worst = 0;
    for (const [i, p] of expected.entries()) worst = Math.max(worst, Math.abs(found[i]! - p));
    expect(worst / peak).toBeLessThan(2e-5);
  });

  test('what is drawn follows the density: χ² over cells', async () => {
    const counts = new Float64Array(probabilities.length);
    const { box, columns, rows } = cells;
    for (const point of pointsOf(await draw(source, batch), dimensions)) {
      const [column, row = 0] = [...point].map((x, axis) =>
        Math.floor(
          ((x - box.low[axis]!) / (box.high[axis]! - box.low[axis]!)) * (axis === 0 ? columns : rows),
        ),
      );
      const inside = column! >= 0 && column! < columns && row >= 0 && row < rows;
      counts[inside ? row * columns + column! : columns * rows]!++;
    }
    // Cells with few expected samples are put together.
    let [chiSquare, degrees, restCount, restExpected] = [0, -1, 0, 0];
    const add = (count: number, expected: number) => {
      chiSquare += (count - expected) ** 2 / expected;
      degrees++;
    };
    for (const [cell, probability] of probabilities.entries()) {
      if (probability * batch >= 10) add(counts[cell]!, probability * batch);
      else {
        restCount += counts[cell]!;
        restExpected += probability * batch;
      }
    }
    if (restExpected >= 10) add(restCount, restExpected);
    else expect(restCount).toBeLessThan(restExpected + 5 * Math.sqrt(restExpected) + 2);
    expect(degrees).toBeGreaterThan(15);
    // Wilson and Hilferty: the cube root of χ²/n is nearly normal with mean 1 − 2/9n and variance 2/9n.
    const z = (Math.cbrt(chiSquare / degrees) - (1 - 2 / (9 * degrees))) / Math.sqrt(2 / (9 * degrees));
    expect(Math.abs(z)).toBeLessThan(4.5);
  });

  if (dimensions === 1) {
    test('what is drawn follows the density: Kolmogorov–Smirnov', async () => {
      const sorted = (await draw(source, batch, { iteration: 1 })).sort();
      expect(kolmogorov(sorted, distribution) * Math.sqrt(batch)).toBeLessThan(2.5);
    });
  }

  test('the same seed gives the same bytes, another draw others, and any draw is had alone', async () => {
    const seventh = await draw(source, 101, { iteration: 7 });
    expect(await draw(source, 101, { iteration: 7 })).toEqual(seventh);
    expect(await draw(source, 101, { iteration: 3, stride: 2, offset: 1 })).toEqual(seventh);
    expect(await draw(source, 40, { iteration: 7 })).toEqual(seventh.subarray(0, 40 * dimensions));
    for (const other of [
      { iteration: 8 },
      { iteration: 7, stream: STREAMS.evaluationData },
      { iteration: 7, seed: seedWords(6) },
    ]) {
      const values = await draw(source, 101, other);
      expect(values.filter((x, i) => x === seventh[i]).length).toBeLessThan(3);
    }
  });
});

/** The largest distance between sorted values' empirical cumulative function and the density's, at every 50th value. */
function kolmogorov(sorted: Float32Array, { bounds, density, resolution }: Distribution): number {
  let [from, below, distance] = [bounds.low[0]!, 0, 0];
  for (let i = 49; i < sorted.length; i += 50) {
    const to = sorted[i]!;
    if (to > from) {
      const rule = compositeRule(from, to, Math.ceil((to - from) / resolution), 5);
      below += integrate(rule, valuesAt(rule, density));
      from = to;
    }
    distance = Math.max(distance, Math.abs((i + 1) / sorted.length - below));
  }
  return distance;
}

describe('points', () => {
  const list = [
    [0, 1],
    [2, -1],
    [5, 5],
  ];

  test('are drawn evenly and with replacement', async () => {
    const values = pointsOf(await draw(create({ source: 'points', points: list } as never), 30_000), 2);
    const counts = list.map(([x, y]) => values.filter((point) => point[0] === x && point[1] === y).length);
    expect(counts.reduce((sum, count) => sum + count)).toBe(30_000);
    for (const count of counts)
      expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(30_000 * (2 / 9)));
  });

  test('are moved by jitter', async () => {
    const source = create({ source: 'points', points: [[3]], jitter: 0.5 } as never);
    const values = await draw(source, 20_000);
    const mean = values.reduce((sum, x) => sum + x, 0) / 20_000;
    const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 20_000;
    expect(Math.abs(mean - 3)).toBeLessThan((5 * 0.5) / Math.sqrt(20_000));
    expect(Math.abs(variance / 0.25 - 1)).toBeLessThan(5 * Math.sqrt(2 / 20_000));
  });
});

test('data is uncorrelated with noise of the same seed and draw', async () => {
  const values = await draw(create({ source: 'gaussian' }), 20_000);
  for (const stream of [STREAMS.discriminatorNoise, STREAMS.generatorNoise, STREAMS.evaluationNoise]) {
    const noise = normals(20_000, { seed: seedWords(5), stream, draw: 0 });
    const correlation = values.reduce((sum, x, i) => sum + x * noise[i]!, 0) / 20_000;
    expect(Math.abs(correlation)).toBeLessThan(5 / Math.sqrt(20_000));
  }
});

test.each(['ring', 'grid', 'gaussianMixture'])('%s: the classes of a draw are its modes', async (name) => {
  const source = create({ source: name } as never);
  const values = await draw(source, 3000);
  const labels = await draw({ ...source, draw: source.drawLabels! }, 3000);
  const { dimensions, modes } = source.distribution!;
  expect(source.classes).toBe(modes!.length);
  const words = new Uint32Array(labels.buffer, labels.byteOffset, 3000);
  let right = 0;
  for (let i = 0; i < 3000; i++) {
    if (source.classAt!(values.subarray(i * dimensions, (i + 1) * dimensions)) === words[i]) right++;
  }
  // On the line, neighbours overlap: about 1 in 500 lies nearer to another.
  expect(right / 3000).toBeGreaterThan(0.99);
  const counts = modes!.map((_, mode) => words.filter((label) => label === mode).length);
  modes!.forEach(({ weight }, i) => {
    expect(Math.abs(counts[i]! - 3000 * weight)).toBeLessThan(5 * Math.sqrt(3000 * weight));
  });
});
