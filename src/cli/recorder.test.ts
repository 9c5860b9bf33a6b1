// What a run's folder holds, line by line, for reports and evaluations in any order that training gives them.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readCheckpoint } from '../export/checkpoint';
import { presets } from '../presets';
import { parseConfig } from '../training/config';
import type { Evaluation } from '../training/evaluate';
import type { MetricsRow } from '../training/metrics';
import type { Snapshot } from '../training/recording';
import type { TrainerState } from '../training/tensor';
import type { Change } from '../training/watch';
import { artistOf } from './artist';
import { type Progress, Recorder } from './recorder';
import { createRunFolder, type RunFolder } from './run-folder';
import { changeInWords } from './words';

const config = parseConfig({ ...presets.get('ring').config, steps: 25, reportEvery: 10, evaluateEvery: 10 });
const artist = artistOf(config);
const rows = (from: number, to: number): MetricsRow[] =>
  Array.from({ length: to - from + 1 }, (_, i) => ({
    step: from + i,
    discriminatorLoss: 1.25,
    generatorLoss: 0.75,
    value: -(from + i),
    realScore: 0.5,
    fakeScore: 0.25,
    realSign: 0.5,
  }));
const evaluation = (step: number): Evaluation => ({
  step,
  value: -1.5,
  lowerBound: -0.1,
  realScore: 0.9,
  fakeScore: 0.1,
  spread: 1,
  spreadReal: 2,
  js: step / 100,
  jsFloor: 0.004,
  modes: 3,
  modesTotal: 8,
  highQuality: 0.4,
  highQualityFloor: 0.99,
});
const state = (updates: number): TrainerState => ({
  tensors: new Map([['generator.0.weight', { shape: [1, 2], data: Float32Array.of(updates, 2) }]]),
  updates: { discriminator: updates, generator: updates },
});
const snapshot = (): Snapshot => ({
  generated: new Float32Array(20),
  field: new Float32Array(artist.points.length / 2).fill(0.5),
  scored: new Float32Array(),
});

let root: string;
let folder: RunFolder;
let time: number;
let recorder: Recorder;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'webgan-recorder-'));
  folder = createRunFolder(root, undefined, 'ring', config);
  time = 1000;
  recorder = new Recorder(folder, config, 'ring', artist, undefined, undefined, () => time);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const read = (name: string) => readFileSync(join(folder.path, name), 'utf8');
const lines = () =>
  read('metrics.jsonl')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

test('a line a report; at an evaluation it waits for what that says', async () => {
  time = 3000;
  recorder.report(rows(1, 10));
  expect(lines()).toEqual([]);
  time = 4000;
  recorder.report(rows(11, 20));
  recorder.evaluated(evaluation(10), snapshot());
  expect(lines()).toEqual([
    {
      step: 10,
      discriminatorLoss: 1.25,
      generatorLoss: 0.75,
      value: -10,
      realScore: 0.5,
      fakeScore: 0.25,
      realSign: 0.5,
      stepsPerSecond: 5,
      seconds: 2,
      lowerBound: -0.1,
      js: 0.1,
      jsFloor: 0.004,
      modes: 3,
      modesTotal: 8,
      highQuality: 0.4,
      highQualityFloor: 0.99,
      spread: 1,
      spreadReal: 2,
      observations: [],
    },
  ]);
  recorder.evaluated(evaluation(20), snapshot());
  time = 4500;
  recorder.report(rows(21, 25));
  recorder.evaluated(evaluation(25), snapshot());
  await recorder.checkpoint(state(25));
  expect(lines().map(({ step, js, stepsPerSecond, seconds }) => [step, js, stepsPerSecond, seconds])).toEqual(
    [
      [10, 0.1, 5, 2],
      [20, 0.2, 10, 3],
      [25, 0.25, 10, 3.5],
    ],
  );

  await recorder.close({ end: 'finished', adapter: 'x' });
  expect(readdirSync(join(folder.path, 'samples')).sort()).toEqual([
    '000010.png',
    '000020.png',
    '000025.png',
  ]);
  expect(JSON.parse(read('summary.json'))).toEqual({
    end: 'finished',
    adapter: 'x',
    step: 25,
    seconds: 3.5,
    evaluation: evaluation(25),
    observations: [],
  });
  const saved = readCheckpoint(readFileSync(join(folder.path, 'checkpoint.safetensors')), 'c');
  expect(saved).toEqual({ config, state: state(25) });
});

test('evaluations between reports get a line too', async () => {
  const odd = parseConfig({ ...presets.get('ring').config, steps: 30, reportEvery: 20, evaluateEvery: 15 });
  recorder = new Recorder(folder, odd, 'ring', artist, undefined, undefined, () => time);
  recorder.evaluated(evaluation(15), snapshot());
  recorder.report(rows(1, 20));
  recorder.report(rows(21, 30));
  expect(lines().map(({ step, js }) => [step, js])).toEqual([
    [15, 0.15],
    [20, undefined],
  ]);
  recorder.evaluated(evaluation(30), snapshot());
  expect(lines().map(({ step, js }) => [step, js])).toEqual([
    [15, 0.15],
    [20, undefined],
    [30, 0.3],
  ]);
  await recorder.close({ end: 'finished' });
});

test('what is seen of the run is told when it begins and ends, and stands in lines and summary', async () => {
  const told: string[] = [];
  const won = (from: number, to: number) =>
    rows(from, to).map((row) => ({ ...row, discriminatorLoss: 0.01, realSign: 1 }));
  const long = parseConfig({
    ...presets.get('ring').config,
    steps: 1000,
    reportEvery: 20,
    evaluateEvery: 1000,
  });
  const tell = (change: Change) => told.push(...changeInWords(change, recorder.step, false));
  const open = (from?: Progress) =>
    new Recorder(folder, long, 'ring', artist, undefined, from, () => time, tell);
  recorder = open();
  for (let to = 20; to <= 100; to += 20) recorder.report(won(to - 19, to));
  // One that goes on from there has seen what the first one saw.
  recorder = open({ step: 100, seconds: 1, lines: lines() });
  for (let to = 120; to <= 240; to += 20) recorder.report(rows(to - 19, to));
  expect(told).toEqual([
    expect.stringMatching(/^Step 100: D has won: its loss is 0\.72 % of .* would help\.$/),
    expect.stringMatching(/^Step 120: no longer so \(since step 100\): d has won/i),
  ]);
  expect(lines().map(({ observations }) => observations.length)).toEqual([
    0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,
  ]);
  await recorder.close({ end: 'stopped' });
  expect(JSON.parse(read('summary.json')).observations).toMatchObject([
    { code: 'discriminatorWon', since: 100, until: 120 },
  ]);
});

test('a run that ends early keeps what it has', async () => {
  recorder.report(rows(1, 10));
  await recorder.close({ end: 'failed', fault: { step: 12, tensor: 'grad.generator.0.weight' } });
  expect(lines().map(({ step, js }) => [step, js])).toEqual([[10, undefined]]);
  expect(JSON.parse(read('summary.json'))).toMatchObject({ end: 'failed', step: 10, fault: { step: 12 } });
});

test('a run that was stopped between evaluations has the last one in its last line', async () => {
  recorder.report(rows(1, 10));
  recorder.evaluated(evaluation(10), snapshot());
  recorder.report(rows(11, 13));
  recorder.evaluated(evaluation(13), snapshot());
  await recorder.close({ end: 'stopped' });
  expect(lines().map(({ step, js, value }) => [step, js, value])).toEqual([
    [10, 0.1, -10],
    [13, 0.13, -13],
  ]);
});

test('a checkpoint is written when all before it is', async () => {
  recorder.report(rows(1, 10));
  recorder.evaluated(evaluation(10), snapshot());
  const written = recorder.checkpoint(state(10));
  expect(existsSync(join(folder.path, 'checkpoint.safetensors'))).toBe(false);
  await written;
  expect(readdirSync(join(folder.path, 'samples'))).toEqual(['000010.png']);
  expect(readCheckpoint(readFileSync(join(folder.path, 'checkpoint.safetensors')), 'c').state).toEqual(
    state(10),
  );
});

test('a run that goes on counts steps and seconds on', async () => {
  recorder = new Recorder(folder, config, 'ring', artist, undefined, { step: 10, seconds: 60 }, () => time);
  expect([recorder.step, recorder.seconds]).toEqual([10, 60]);
  time += 2000;
  recorder.report(rows(11, 20));
  recorder.evaluated(evaluation(20), snapshot());
  expect(lines()).toMatchObject([{ step: 20, stepsPerSecond: 5, seconds: 62 }]);
  expect(await recorder.close({ end: 'stopped' })).toMatchObject({ step: 20, seconds: 62 });
});

test('a picture that cannot be written is told, and no checkpoint passes over it', async () => {
  rmSync(join(folder.path, 'samples'), { recursive: true });
  recorder.evaluated(evaluation(10), snapshot());
  const why = /samples.000010\.png cannot be written: the path cannot be made/;
  await expect(recorder.checkpoint(state(10))).rejects.toThrow(why);
  expect(existsSync(join(folder.path, 'checkpoint.safetensors'))).toBe(false);
  await expect(recorder.close({ end: 'finished' })).rejects.toThrow(why);
});
