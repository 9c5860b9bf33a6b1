// The classifier: its loss and its shifts against float64, what it learns, and what is made of what it says.

import { parse } from 'valibot';
import { describe, expect, test } from 'vitest';
import { dataSources } from '../data';
import type { ImageSet } from '../data/image-set';
import type { DataSource } from '../data/source';
import { useDevice } from '../gpu/test-device';
import { runWork } from '../gpu/testing';
import type { Slot } from '../gpu/work';
import { choose, normals, philox, seedWords } from '../math/philox';
import type { DataConfig } from '../training/config';
import { classShares, confidentShare, klFromUniform, scoreClasses } from './class-scores';
import { crossEntropyWork, shiftWork, trainClassifier } from './classifier';
import { frechetDistance } from './frechet';
import { labelledData } from './held-out';
import type { Pictures } from './pictures';

const device = useDevice();
const random = (count: number, draw: number) => normals(count, { seed: seedWords(11), stream: 0, draw });

test.each([
  [7, 10, 1],
  [130, 36, 1],
  // Logits that exponentials of would overflow.
  [5, 3, 200],
])('softmax cross-entropy of %i samples in %i classes, times %i', async (batch, classes, scale) => {
  const slot = (name: string, length: number): Slot => ({ name, length });
  const slots = {
    logits: slot('logits', batch * classes),
    logitsGrad: slot('logitsGrad', batch * classes),
    labels: slot('labels', batch),
    losses: slot('losses', batch),
    clock: slot('clock', 1),
  };
  const logits = random(batch * classes, 1).map((x) => scale * x);
  const labels = Uint32Array.from({ length: batch }, (_, i) => (i * 7 + 1) % classes);
  const given = new Map<Slot, Float32Array | Uint32Array>([
    [slots.logits, logits],
    [slots.labels, labels],
    [slots.clock, new Uint32Array([4])],
  ]);
  const [gradient, losses, clock] = await runWork(
    device(),
    [crossEntropyWork({ batch, classes, ...slots })],
    given,
    [slots.logitsGrad, slots.losses, slots.clock],
  );
  expect(new Uint32Array(clock!)[0]).toBe(5);
  const loss = (row: readonly number[], label: number) => {
    const largest = Math.max(...row);
    return Math.log(row.reduce((sum, x) => sum + Math.exp(x - largest), 0)) + largest - row[label]!;
  };
  const rowOf = (sample: number) => [...logits.subarray(sample * classes, (sample + 1) * classes)];
  const found = new Float32Array(losses!);
  for (let i = 0; i < batch; i++) {
    const expected = loss(rowOf(i), labels[i]!);
    expect(Math.abs(found[i]! - expected)).toBeLessThan(1e-5 * (1 + expected));
  }
  // Finite differences of the mean loss in float64.
  const step = 1e-5;
  const gradients = new Float32Array(gradient!);
  for (let i = 0; i < batch * classes; i++) {
    const sample = Math.floor(i / classes);
    const moved = (by: number) =>
      loss(
        rowOf(sample).map((x, k) => (k === i % classes ? x + by : x)),
        labels[sample]!,
      );
    const expected = (moved(step) - moved(-step)) / (2 * step) / batch;
    expect(Math.abs(gradients[i]! - expected)).toBeLessThan(2e-6);
  }
});

test('images are shifted by up to a pixel, each by its own, borders repeated', async () => {
  const [batch, channels, height, width] = [40, 3, 5, 4];
  const size = channels * height * width;
  const slot = (name: string, length: number): Slot => ({ name, length });
  const slots = {
    clock: slot('clock', 1),
    images: slot('images', batch * size),
    shifted: slot('shifted', batch * size),
  };
  const images = random(batch * size, 2);
  const given = new Map<Slot, Float32Array | Uint32Array>([
    [slots.images, images],
    [slots.clock, new Uint32Array([6])],
  ]);
  const stream = { seed: seedWords(3), stream: 20, stride: 1, offset: 0 };
  const list = [shiftWork([channels, height, width], { ...slots, random: { ...stream, count: batch } })];
  const [bytes] = await runWork(device(), list, given, [slots.shifted]);
  const shifted = new Float32Array(bytes!);
  const seen = new Set<string>();
  const clamp = (i: number, length: number) => Math.max(0, Math.min(length - 1, i));
  for (let i = 0; i < batch; i++) {
    const words = philox([i, 6, 20, 0], stream.seed);
    const [dx, dy] = [choose(words[0], 3).index - 1, choose(words[1], 3).index - 1];
    seen.add(`${dx} ${dy}`);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        for (let c = 0; c < channels; c++) {
          const from = ((i * height + clamp(y + dy, height)) * width + clamp(x + dx, width)) * channels + c;
          expect(shifted[((i * height + y) * width + x) * channels + c]).toBe(images[from]);
        }
  }
  expect(seen.size).toBe(9);
});

/** Samples of a source, as pictures of one channel, with their classes. */
async function drawn(source: DataSource, batch: number, draw: number) {
  const [, height, width] = source.shape as readonly [number, number, number];
  const output = { name: 'batch', length: batch * height * width };
  const labels = { name: 'labels', length: batch };
  const clock = { name: 'clock', length: 1 };
  const given = new Map<Slot, Float32Array | Uint32Array>([[clock, new Uint32Array([draw])]]);
  const tables: Record<string, Slot> = {};
  for (const [name, numbers] of Object.entries(source.tables)) {
    tables[name] = { name, length: numbers.length };
    given.set(tables[name], numbers);
  }
  const common = { clock, batch, stream: { seed: seedWords(5), stream: 1, stride: 1, offset: 0 }, tables };
  const list = [...source.draw({ ...common, output }), ...source.drawLabels!({ ...common, output: labels })];
  const [pixels, classes] = await runWork(device(), list, given, [output, labels]);
  const pictures: Pictures = { channels: 1, height, width, pixels: new Float32Array(pixels!) };
  return { pictures, labels: new Uint32Array(classes!) };
}

describe('a classifier of glyphs', () => {
  const config: DataConfig = { source: 'glyphs', classes: 10, size: 12 };
  const data = labelledData(parse(dataSources.get('glyphs').schema, config) as DataConfig)!;

  test('learns them, tells classes and how even they are', async () => {
    const classifier = await trainClassifier(device(), data, { updates: 120 });
    expect(classifier.classes).toBe(10);
    expect(classifier.accuracy).toBeGreaterThan(0.9);

    // The last batch is only half full.
    const { pictures, labels } = await drawn(data.heldOut, 384, 0);
    const { probabilities, features } = await classifier.classify(pictures);
    expect(features.numbers).toHaveLength(384 * features.width);
    let right = 0;
    for (let i = 0; i < 384; i++) {
      const row = [...probabilities.numbers.subarray(i * 10, i * 10 + 10)];
      expect(row.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
      if (row.indexOf(Math.max(...row)) === labels[i]) right++;
    }
    expect(Math.abs(right / 384 - classifier.accuracy)).toBeLessThan(0.06);

    const [other, third] = [await drawn(data.heldOut, 384, 1), await drawn(data.heldOut, 384, 2)];
    const noise = { ...pictures, pixels: random(pictures.pixels.length, 3) };
    const same = await scoreClasses(classifier, other.pictures, pictures, third.pictures);
    const worse = await scoreClasses(classifier, noise, pictures, third.pictures);
    expect(same.classifierAccuracy).toBe(classifier.accuracy);
    expect(same.classKl).toBeLessThan(0.1);
    expect(same.frechet).toBeLessThan(3 * same.frechetReal);
    expect(worse.frechet).toBeGreaterThan(10 * worse.frechetReal);
    expect(worse.classKl).toBeGreaterThan(worse.classKlReal);
    expect(worse.frechetReal).toBe(same.frechetReal);
    await expect(classifier.classify({ ...pictures, height: 8, width: 8 })).rejects.toThrow('[1, 12, 12]');
    classifier.destroy();
  });

  test('that learns nothing is right by chance', async () => {
    const classifier = await trainClassifier(device(), data, { updates: 0 });
    expect(classifier.accuracy).toBeLessThan(0.3);
    classifier.destroy();
  });
});

describe('what is held out', () => {
  // 25 images of 2 × 3, all of one byte each, in two pieces; labels are the place modulo 4.
  const size = 6;
  const bytes = (from: number, to: number) =>
    Uint8Array.from({ length: (to - from) * size }, (_, i) => from + Math.floor(i / size));
  const images: ImageSet = {
    name: 'numbers',
    count: 25,
    channels: 1,
    height: 2,
    width: 3,
    pieces: [bytes(0, 8), bytes(8, 25)],
    labels: Uint16Array.from({ length: 25 }, (_, i) => i % 4),
  };
  const config = { source: 'images', channels: 1, height: 2, width: 3, flip: true };

  test('is every sixth image; the others are trained on, none of them mirrored', async () => {
    const { training, heldOut, trainingCount, heldOutCount } = labelledData(config, { images })!;
    expect([trainingCount, heldOutCount]).toEqual([21, 4]);
    expect([training.classes, heldOut.classes]).toEqual([4, 4]);
    for (const [source, count] of [
      [heldOut, 4],
      [training, 21],
    ] as const) {
      const { pictures, labels } = await drawn(source, count, 0);
      const places = Array.from({ length: count }, (_, i) =>
        Math.round((pictures.pixels[i * size]! + 1) * 127.5),
      );
      expect(places.map((place) => place % 4)).toEqual([...labels]);
      const expected = Array.from({ length: 25 }, (_, i) => i).filter(
        (i) => (i % 6 === 5) === (source === heldOut),
      );
      expect(places.sort((a, b) => a - b)).toEqual(expected);
    }
  });

  test('is nothing where there are no labels, or no pictures', () => {
    const { labels: _, ...unlabelled } = images;
    expect(labelledData(config, { images: unlabelled })).toBeUndefined();
    const ring = parse(dataSources.get('ring').schema, { source: 'ring' }) as DataConfig;
    expect(labelledData(ring)).toBeUndefined();
  });
});

describe('the Fréchet distance', () => {
  test('of two normals is what the formula says of their moments', () => {
    // Along the axes: Σ (μ₁ − μ₂)² + (σ₁ − σ₂)².
    const rows = (draw: number, mean: readonly number[], deviation: readonly number[]) => ({
      width: 3,
      numbers: random(3 * 20_000, draw).map((x, i) => mean[i % 3]! + deviation[i % 3]! * x),
    });
    const distance = frechetDistance(rows(4, [0, 1, 0], [1, 2, 0.5]), rows(5, [1, 1, -1], [1, 1, 2]));
    expect(distance).toBeCloseTo(1 + 1 + 1 + 2.25, 0);
    expect(Math.abs(distance - 5.25)).toBeLessThan(0.15);
  });

  test('of the same rows is 0, of shifted ones the shift’s square, in correlated features of low rank too', () => {
    const factors = random(4 * 500, 6);
    const mixing = random(4 * 12, 7);
    const numbers = Float32Array.from({ length: 500 * 12 }, (_, i) => {
      let sum = 0;
      for (let k = 0; k < 4; k++) sum += factors[Math.floor(i / 12) * 4 + k]! * mixing[k * 12 + (i % 12)]!;
      return sum;
    });
    const rows = { width: 12, numbers };
    expect(Math.abs(frechetDistance(rows, rows))).toBeLessThan(1e-6);
    const shifted = { width: 12, numbers: numbers.map((x) => x + 0.5) };
    expect(frechetDistance(rows, shifted)).toBeCloseTo(12 * 0.25, 4);
  });
});

test('shares of classes, and how far they are from even', () => {
  const rows = { width: 2, numbers: Float32Array.of(0.95, 0.05, 0.91, 0.09, 0.2, 0.8, 0.89, 0.11) };
  expect(classShares(rows)).toEqual([0.75, 0.25]);
  expect(confidentShare(rows)).toBe(0.5);
  expect(klFromUniform([0.5, 0.5])).toBe(0);
  expect(klFromUniform([1, 0, 0, 0])).toBeCloseTo(Math.log(4), 12);
});
