// What a run of images leaves in its folder: grids, the real ones beside them, an animation of all, ways between samples.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { encodePng } from '../export/png';
import { imageGrid, toRasters } from '../export/raster';
import { presets } from '../presets';
import { parseConfig } from '../training/config';
import type { Evaluation } from '../training/evaluate';
import { artistOf } from './artist';
import { Recorder } from './recorder';
import { createRunFolder, type RunFolder } from './run-folder';

const config = parseConfig({ ...presets.get('glyphs').config, steps: 20, reportEvery: 5, evaluateEvery: 10 });
const shape = [1, 28, 28];
/** 64 images, different ones for each number. */
const images = (number: number) =>
  Float32Array.from({ length: 64 * 784 }, (_, i) => Math.sin(i * 0.01 + number));
const grid = (numbers: Float32Array) => encodePng(imageGrid(toRasters(numbers, shape)));

let root: string;
let folder: RunFolder;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'webgan-recorder-'));
  folder = createRunFolder(root, undefined, 'glyphs', config);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const read = (name: string) => new Uint8Array(readFileSync(join(folder.path, name)));
/** Of a PNG: type and data of each chunk. */
function chunks(png: Uint8Array): { type: string; data: Uint8Array }[] {
  const found: { type: string; data: Uint8Array }[] = [];
  for (let at = 8; at < png.length; ) {
    const length = new DataView(png.buffer, png.byteOffset).getUint32(at);
    found.push({
      type: String.fromCharCode(...png.subarray(at + 4, at + 8)),
      data: png.slice(at + 8, at + 8 + length),
    });
    at += 12 + length;
  }
  return found;
}

test('a grid at step 0, at every report and evaluation, and all of them in turn', async () => {
  const artist = artistOf(config);
  expect([artist.samples, artist.points.length, artist.imageShape]).toEqual([64, 0, shape]);
  const recorder = new Recorder(folder, config, 'glyphs', artist, images(-1));
  const evaluation: Evaluation = {
    step: 10,
    value: -1,
    lowerBound: 0,
    realScore: 0.5,
    fakeScore: 0.5,
    spread: 1,
    spreadReal: 2,
  };
  recorder.sampled({ step: 0, generated: images(0) });
  recorder.sampled({ step: 5, generated: images(5) });
  recorder.evaluated(evaluation, { generated: images(10), field: new Float32Array() });
  recorder.interpolated(images(99).subarray(0, 6 * 784), 3);
  await recorder.close({ end: 'stopped' });

  expect(readdirSync(join(folder.path, 'samples')).sort()).toEqual([
    '000000.png',
    '000005.png',
    '000010.png',
    'real.png',
  ]);
  expect(read('samples/real.png')).toEqual(grid(images(-1)));
  for (const step of [0, 5, 10]) {
    expect(read(`samples/${String(step).padStart(6, '0')}.png`)).toEqual(grid(images(step)));
  }
  const ways = toRasters(images(99).subarray(0, 6 * 784), shape);
  expect(read('interpolation.png')).toEqual(encodePng(imageGrid(ways, { columns: 3 })));

  const pixels = (png: Uint8Array) => chunks(png).find(({ type }) => type === 'IDAT')!.data;
  const frames = chunks(read('animation.png')).filter(({ type }) => type === 'fdAT');
  expect(frames.map(({ data }) => data.slice(4))).toEqual(
    [0, 5, 10].map((step) => pixels(grid(images(step)))),
  );
});

test('a long run’s animation begins and ends as the run does, with frames from all of it', async () => {
  const recorder = new Recorder(folder, config, 'glyphs', artistOf(config));
  const small = (step: number) => encodePng({ width: 1, height: 1, channels: 1, data: Uint8Array.of(step) });
  for (let step = 0; step < 250; step++) folder.sample(String(step).padStart(6, '0'), small(step));
  await recorder.close({ end: 'stopped' });
  const frames = chunks(read('animation.png')).filter(({ type }) => type === 'fdAT');
  const steps = Array.from({ length: 250 }, (_, step) => chunks(small(step))[1]!.data.join());
  const shown = frames.map(({ data }) => steps.indexOf(data.slice(4).join()));
  expect([shown.length, shown[0], shown.at(-1)]).toEqual([100, 0, 249]);
  for (let i = 1; i < shown.length; i++) expect([2, 3]).toContain(shown[i]! - shown[i - 1]!);
});
