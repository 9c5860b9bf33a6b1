// A run's folder as it may be left behind, and what going on in it makes of it.

import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readCheckpoint, writeCheckpoint } from '../export/checkpoint';
import { UserError } from '../math/errors';
import { presets } from '../presets';
import { parseConfig, type RunConfig } from '../training/config';
import { createRunFolder, openFolder } from './run-folder';
import { openStoredRun } from './stored-run';

const { config: ring } = presets.get('ring');
const constant = { ...ring.optimizer.generator, schedule: { type: 'constant' } };
const config = parseConfig({
  ...ring,
  steps: 100,
  optimizer: { generator: constant, discriminator: ring.optimizer.discriminator },
});
const stateAt = (step: number) => ({
  tensors: new Map([['generator.0.weight', { shape: [1, 1], data: Float32Array.of(step) }]]),
  updates: { discriminator: step, generator: step },
});

let root: string;
let path: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'webgan-stored-'));
  path = join(root, 'ring');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A folder with metrics and pictures of steps 10, 20, … and a checkpoint. */
function leave({
  upTo = 50,
  checkpoint = 30,
  of = config,
}: Partial<{ upTo: number; checkpoint: number; of: RunConfig }> = {}) {
  const folder = createRunFolder(root, 'ring', 'ring', of);
  for (let step = 10; step <= upTo; step += 10) {
    folder.metrics({ step, seconds: step / 10 });
    folder.sample(String(step).padStart(6, '0'), Uint8Array.of(step));
    if (step === checkpoint) folder.checkpoint(writeCheckpoint(of, stateAt(step)));
  }
  return folder;
}
const metrics = () => readFileSync(join(path, 'metrics.jsonl'), 'utf8');
const steps = () =>
  metrics()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).step);
/** Opens and lets go again: what is said of the run. */
function look(settings: string[] = [], run = path) {
  const stored = openStoredRun(run, settings);
  stored.release();
  return stored;
}
const refusal = (settings: string[] = [], run = path) => {
  expect(() => look(settings, run)).toThrow(UserError);
  return expect(() => look(settings, run));
};

test('what was written after the checkpoint is dropped when the run goes on, and not before', () => {
  leave().close();
  appendFileSync(join(path, 'metrics.jsonl'), '{"step":60,"seco');
  writeFileSync(join(path, 'checkpoint.safetensors.123.part'), 'half');
  writeFileSync(join(path, 'samples', '000060.png.123.part'), 'half');
  writeFileSync(join(path, 'summary.json'), '{"step":50,"end":"stopped"}');
  writeFileSync(join(path, 'samples', 'real.png'), 'real');
  const all = () => [metrics(), readdirSync(path), readdirSync(join(path, 'samples'))];
  const before = all();
  const { config: read, saved, step, seconds, finished } = look();
  expect({ read, saved, step, seconds, finished }).toEqual({
    read: config,
    saved: { state: stateAt(30), file: join(path, 'checkpoint.safetensors') },
    step: 30,
    seconds: 3,
    finished: undefined,
  });
  expect(all()).toEqual(before);

  const folder = openStoredRun(path, []).resume();
  expect(steps()).toEqual([10, 20, 30]);
  expect(readdirSync(join(path, 'samples'))).toEqual(['000010.png', '000020.png', '000030.png', 'real.png']);
  folder.metrics({ step: 40 });
  folder.close();
  expect(steps()).toEqual([10, 20, 30, 40]);
  expect(readdirSync(path).sort()).toEqual([
    'checkpoint.safetensors',
    'config.json',
    'metrics.jsonl',
    'samples',
  ]);
});

test.each([
  ['half a line', '{"step":30,"seconds":3}\n{"st', [10, 20, 30]],
  ['a line without its end', '{"step":30,"seconds":3}', [10, 20]],
  ['zeros, as after a loss of power', '\0\0\0\0\n{"step":30}\n', [10, 20]],
  ['a line that is no row', '[]\n{"step":30}\n', [10, 20]],
  ['nothing', '', [10, 20]],
])('metrics that end in %s', (_, end, kept) => {
  leave({ upTo: 20, checkpoint: 20 }).close();
  writeFileSync(join(path, 'checkpoint.safetensors'), writeCheckpoint(config, stateAt(30)));
  appendFileSync(join(path, 'metrics.jsonl'), end);
  openStoredRun(path, []).resume().close();
  expect(steps()).toEqual(kept);
});

test('a run that broke off before its first checkpoint begins again', () => {
  leave({ checkpoint: 0 }).close();
  const stored = openStoredRun(path, ['steps=200']);
  expect([stored.saved, stored.step, stored.seconds, stored.config.steps]).toEqual([undefined, 0, 0, 200]);
  stored.resume().close();
  expect([metrics(), readdirSync(join(path, 'samples'))]).toEqual(['', []]);

  for (const name of ['samples', 'metrics.jsonl']) rmSync(join(path, name), { recursive: true });
  openStoredRun(path, []).resume().close();
  expect(readdirSync(path).sort()).toEqual(['config.json', 'metrics.jsonl', 'samples']);
});

test('a run that ended and lost its checkpoint is not begun again over what is left', () => {
  leave({ checkpoint: 50 }).summary({ end: 'stopped', step: 50 });
  rmSync(join(path, 'checkpoint.safetensors'));
  rmSync(join(path, 'lock'));
  expect(() => openStoredRun(path, [])).toThrow(
    /checkpoint\.safetensors: is missing, though the run has ended/,
  );
  expect(steps()).toEqual([10, 20, 30, 40, 50]);
  // One that failed before its first checkpoint is at its beginning.
  writeFileSync(join(path, 'summary.json'), JSON.stringify({ end: 'failed', step: 0 }));
  openStoredRun(path, []).release();
});

test('a run is named by its folder, its checkpoint or its name in runs', () => {
  leave().close();
  expect(look([], join(path, 'checkpoint.safetensors')).path).toBe(path);
  const before = process.cwd();
  mkdirSync(join(root, 'runs'));
  symlinkSync(path, join(root, 'runs', 'mine'));
  try {
    process.chdir(root);
    expect(look([], 'mine').path).toBe(join('runs', 'mine'));
  } finally {
    process.chdir(before);
  }
  refusal([], join(root, 'none')).toThrow(/^--resume: .*none is no run's folder with a config\.json; /);
  refusal([], root).toThrow(/is no run's folder/);
  refusal([], join(path, 'config.json')).toThrow(/is no run's folder/);
});

describe('of its configuration', () => {
  test('what only says how far it goes and what is written may change, and is kept', () => {
    leave().close();
    const set = ['steps=200', 'reportEvery=7', 'evaluateEvery=9', 'batchSize=128', 'seed=1'];
    const stored = openStoredRun(path, set);
    const changed = { ...config, steps: 200, reportEvery: 7, evaluateEvery: 9 };
    expect(stored.config).toEqual(changed);
    expect(JSON.parse(readFileSync(join(path, 'config.json'), 'utf8')).steps).toBe(100);
    stored.resume().close();
    expect(JSON.parse(readFileSync(join(path, 'config.json'), 'utf8'))).toEqual(changed);
    // The checkpoint still says the old ones: a crash before the next one changes nothing.
    expect(look().config).toEqual(changed);
  });

  test.each([
    ['seed=2', /^seed: cannot be changed with --resume, .*; steps, reportEvery, evaluateEvery can\.$/],
    ['batchSize=64', /^batchSize: cannot be changed/],
    ['loss=minimax', /^loss: cannot be changed/],
    ['data.modes=6', /^data: cannot be changed/],
    ['generator[0].units=8', /^generator: cannot be changed/],
    ['optimizer.generator.learningRate=1', /^optimizer: cannot be changed/],
    ['steps=29', /^steps: 29 given, but the run has made 30 already; 30 or more would do\.$/],
    ['steps=x', /^steps: "x" given; a whole number/],
    ['stepz=200', /^stepz: there is no such field/],
  ])('%s may not', (setting, why) => {
    leave().close();
    refusal([setting]).toThrow(why);
    expect(existsSync(join(path, 'lock'))).toBe(false);
  });

  test.each(['linear', 'cosine'])('nor the steps that a %s schedule falls over', (type) => {
    const optimizer = {
      ...config.optimizer,
      discriminator: { ...config.optimizer.discriminator, schedule: { type } },
    };
    leave({ of: parseConfig({ ...config, optimizer }) }).close();
    refusal(['steps=200']).toThrow(
      /^steps: 200 given, but the learning rate of the discriminator falls over the 100 steps /,
    );
    expect(look(['steps=100', 'reportEvery=5']).config.reportEvery).toBe(5);
    expect(look().falling).toBe('discriminator');
  });

  test('a file that was changed by hand is not taken for the run’s', () => {
    leave().close();
    writeFileSync(join(path, 'config.json'), JSON.stringify({ ...config, batchSize: 4 }));
    refusal().toThrow(/config\.json: says another batchSize than the checkpoint beside it, .*training anew/);
    writeFileSync(join(path, 'config.json'), '{');
    refusal().toThrow(/config\.json: is not JSON/);
    writeFileSync(join(path, 'config.json'), '{"steps":0}');
    refusal().toThrow(/config\.json: .*is missing/);
    rmSync(join(path, 'config.json'));
    expect(look().config).toEqual(config);
  });
});

test('a broken checkpoint is told, and nothing is changed', () => {
  leave().close();
  const file = join(path, 'checkpoint.safetensors');
  writeFileSync(file, readFileSync(file).subarray(0, -1));
  const before = metrics();
  refusal().toThrow(/checkpoint\.safetensors: tensor .*a whole safetensors file would do\.$/);
  expect([metrics(), existsSync(join(path, 'lock'))]).toEqual([before, false]);
});

test('a finished run has its summary, and more steps make it go on', () => {
  const folder = leave({ upTo: 100, checkpoint: 100 });
  folder.summary({ end: 'finished', step: 100 });
  folder.close();
  expect(look().finished).toEqual({ end: 'finished', step: 100 });
  expect(look(['steps=120']).finished).toBeUndefined();
  expect(look().falling).toBeUndefined();
  // Killed between its last checkpoint and its summary: the rest is still to be written.
  rmSync(join(path, 'summary.json'));
  expect(look().finished).toBeUndefined();
});

describe('the lock', () => {
  test('keeps a second process out while the first one writes', () => {
    const folder = leave();
    refusal().toThrow(
      new RegExp(`ring: process ${process.pid} is writing into it; resuming once that has ended`),
    );
    folder.close();
    const stored = openStoredRun(path, []);
    refusal().toThrow(/is writing into it/);
    stored.resume().close();
    look();
  });

  test.each([
    ['of a process that is gone', '4194305 1'],
    ['of another process that had the number', `${process.pid} 1`],
    ['of a process that was killed as it wrote this', ''],
    ['that is nonsense', 'x y'],
  ])('is taken over: one %s', (_, content) => {
    leave().close();
    writeFileSync(join(path, 'lock'), content);
    look();
    expect(existsSync(join(path, 'lock'))).toBe(false);
  });
});

describe.skipIf(!existsSync('/dev/full'))('a full disk', () => {
  const replaceByFull = (file: string) => {
    rmSync(file, { force: true });
    symlinkSync('/dev/full', file);
  };

  test('leaves the checkpoint that there was', () => {
    const folder = leave();
    replaceByFull(join(path, `checkpoint.safetensors.${process.pid}.part`));
    const write = () => folder.checkpoint(writeCheckpoint(config, stateAt(50)));
    expect(write).toThrow(UserError);
    replaceByFull(join(path, `checkpoint.safetensors.${process.pid}.part`));
    expect(write).toThrow(
      /checkpoint\.safetensors cannot be written: the disk is full; room on the disk would do\.$/,
    );
    folder.close();
    const saved = readCheckpoint(readFileSync(join(path, 'checkpoint.safetensors')), 'c');
    expect(saved.state).toEqual(stateAt(30));
    expect(look().step).toBe(30);
  });

  test('is told of the metrics', () => {
    mkdirSync(path);
    replaceByFull(join(path, 'metrics.jsonl'));
    const folder = openFolder(
      path,
      () => {},
      () => {},
    );
    expect(() => folder.metrics({ step: 40 })).toThrow(/metrics\.jsonl cannot be written: the disk is full/);
    folder.close();
  });
});

test.skipIf(process.platform !== 'linux')('a folder that cannot be written is told', () => {
  refusal([], '/proc/self').toThrow(/is no run's folder/);
  leave().close();
  rmSync(join(path, 'samples'), { recursive: true });
  writeFileSync(join(path, 'samples'), 'a file');
  const stored = openStoredRun(path, []);
  expect(() => stored.resume()).toThrow(/ring cannot be written: a file of that name is in the way/);
  stored.release();
});
