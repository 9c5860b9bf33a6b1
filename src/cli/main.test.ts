// The command in this process: what it prints, writes and returns.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readCheckpoint } from '../export/checkpoint';
import { writeSafetensors } from '../export/safetensors';
import { STRATEGIES } from '../gpu/strategies';
import { presets } from '../presets';
import { parseConfig } from '../training/config';
import { type Game, recordGame } from '../training/reference-game';
import type { Console } from './console';
import { main } from './main';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'webgan-main-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the command; `onLine` sees each line of output with a way to interrupt. */
async function webgan(args: string[], onLine?: (line: string, interrupt: () => void) => void) {
  const [out, err]: [string[], string[]] = [[], []];
  let interrupt = () => {};
  const console: Console = {
    out: (line) => {
      out.push(line);
      onLine?.(line, interrupt);
    },
    err: (line) => err.push(line),
    status: undefined,
    onInterrupt: (listener) => {
      interrupt = listener;
      return () => {
        interrupt = () => {};
      };
    },
  };
  return { code: await main(args, console), out, err };
}

const small = ['--batch-size', '8', '--report-every', '10', '--evaluate-every', '20'];
const train = (...args: string[]) => ['train', 'ring', ...small, '--out', join(folder, 'runs'), ...args];
const read = (run: string, file: string) => readFileSync(join(folder, 'runs', run, file));
const metrics = (run: string) =>
  read(run, 'metrics.jsonl')
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('train', () => {
  test('writes a run folder, says how it goes, and ends with a summary', async () => {
    const { code, out, err } = await webgan(train('--steps', '40'));
    expect([code, err]).toEqual([0, []]);
    const progress = out.filter((line) =>
      / of 40 · .* steps\/s · .* left · V\(D,G\) .* · D\(x\) .* · D\(G\(z\)\) /.test(line),
    );
    expect(progress.map((line) => Number.parseInt(line, 10))).toEqual([10, 20, 30, 40]);
    expect(progress[3]).toMatch(/ · JS \d\.\d{3} · modes \d\/8$/);
    expect(out.join('\n')).toMatch(
      /Trained 40 steps in .*\nG found \d of 8 modes; .*\nJS is .*\nV\(D,G\) is /,
    );

    expect(readdirSync(join(folder, 'runs', 'ring')).sort()).toEqual([
      'checkpoint.safetensors',
      'config.json',
      'metrics.jsonl',
      'samples',
      'summary.json',
    ]);
    expect(readdirSync(join(folder, 'runs', 'ring', 'samples'))).toEqual(['000020.png', '000040.png']);
    expect(read('ring', 'samples/000040.png').subarray(1, 4).toString()).toBe('PNG');
    const config = JSON.parse(read('ring', 'config.json').toString());
    expect(config).toEqual(
      parseConfig({
        ...presets.get('ring').config,
        steps: 40,
        batchSize: 8,
        reportEvery: 10,
        evaluateEvery: 20,
      }),
    );
    const lines = metrics('ring');
    expect(lines.map(({ step }) => step)).toEqual([10, 20, 30, 40]);
    for (const line of lines) {
      for (const key of [
        'discriminatorLoss',
        'generatorLoss',
        'value',
        'realScore',
        'fakeScore',
        'realSign',
        'discriminatorGradientNorm',
        'generatorGradientNorm',
        'stepsPerSecond',
        'seconds',
      ]) {
        expect(line[key], key).toBeTypeOf('number');
      }
    }
    for (const key of ['js', 'jsFloor', 'modes', 'modesTotal', 'highQuality']) {
      expect(lines.map((line) => typeof line[key])).toEqual(['undefined', 'number', 'undefined', 'number']);
    }
    const summary = JSON.parse(read('ring', 'summary.json').toString());
    expect(summary).toMatchObject({
      end: 'finished',
      step: 40,
      runtime: 'node',
      evaluation: { step: 40, modesTotal: 8 },
    });
    expect(summary.evaluation.js).toBe(lines[3].js);
    const checkpoint = readCheckpoint(read('ring', 'checkpoint.safetensors'), 'c');
    expect(checkpoint.config).toEqual(config);
    expect(checkpoint.state.updates).toEqual({ discriminator: 40, generator: 40 });
  });

  test('gives the same bytes for the same seed, others for another, and never writes into an older run', async () => {
    for (const args of [[], [], ['--seed', '2']])
      expect((await webgan(train('--steps', '20', ...args))).code).toBe(0);
    const bytes = ['ring', 'ring-2', 'ring-3'].map((run) => read(run, 'checkpoint.safetensors'));
    expect(bytes[0]!.equals(bytes[1]!)).toBe(true);
    expect(bytes[0]!.equals(bytes[2]!)).toBe(false);
    expect(metrics('ring').map(({ value }) => value)).toEqual(metrics('ring-2').map(({ value }) => value));
  });

  test('ends at once and cleanly when interrupted, with everything written', async () => {
    const { code, out } = await webgan(train('--steps', '1000000'), (line, interrupt) => {
      if (line.startsWith('30 of')) interrupt();
    });
    expect(code).toBe(0);
    const step = Number(/Stopped after (\d+) steps/.exec(out.join('\n'))![1]);
    expect(step).toBeGreaterThanOrEqual(30);
    expect(metrics('ring').at(-1).step).toBe(step);
    expect(JSON.parse(read('ring', 'summary.json').toString())).toMatchObject({
      end: 'stopped',
      step,
      evaluation: { step },
    });
    expect(readCheckpoint(read('ring', 'checkpoint.safetensors'), 'c').state.updates.generator).toBe(step);
    expect(readdirSync(join(folder, 'runs', 'ring', 'samples'))).toContain(
      `${String(step).padStart(6, '0')}.png`,
    );
  });

  test('prints one object with --json, and progress apart from it', async () => {
    const { code, out, err } = await webgan(train('--steps', '20', '--json', '--name', 'mine'));
    expect(code).toBe(0);
    expect(out).toHaveLength(1);
    expect(JSON.parse(out[0]!)).toMatchObject({
      folder: join(folder, 'runs', 'mine'),
      end: 'finished',
      step: 20,
    });
    expect(err.some((line) => line.startsWith('20 of 20'))).toBe(true);
  });

  test('stops where a number is no longer finite, naming it, back where it can go on from', async () => {
    const args = train(
      '--steps',
      '100',
      '--set',
      'optimizer.discriminator={"type":"sgd","learningRate":1e25}',
    );
    const { code, err } = await webgan(args);
    expect(code).toBe(1);
    expect(err).toHaveLength(1);
    expect(err[0]).toMatch(
      /^webgan: [\w.]+ is no longer finite at step \d+: a smaller learning rate would do\. The run is back at its beginning, in .*ring; webgan train --resume .*ring --recover goes on /,
    );
    const { fault, end, step } = JSON.parse(read('ring', 'summary.json').toString());
    expect([end, step]).toEqual(['failed', 0]);
    expect(read('ring', 'metrics.jsonl').toString()).toBe('');
    expect(err[0]).toContain(`${fault.tensor} is no longer finite at step ${fault.step}:`);
    expect(existsSync(join(folder, 'runs', 'ring', 'config.json'))).toBe(true);
  });

  test('learns from a CSV file, and draws one dimension too', async () => {
    writeFileSync(
      join(folder, 'data.csv'),
      `height\n${Array.from({ length: 50 }, (_, i) => 2 + i / 50).join('\n')}\n`,
    );
    const { data: _, ...rest } = presets.get('gaussian-1d').config;
    writeFileSync(
      join(folder, 'mine.json'),
      JSON.stringify({ ...rest, data: { source: 'points', file: 'data.csv' } }),
    );
    const args = ['train', join(folder, 'mine.json'), '--steps', '5', '--out', join(folder, 'runs')];
    expect((await webgan(args)).code).toBe(0);
    expect(readdirSync(join(folder, 'runs', 'mine', 'samples'))).toEqual(['000005.png']);
    expect(JSON.parse(read('mine', 'summary.json').toString()).evaluation.js).toBeTypeOf('number');
  });
});

describe('what the user can mend is said in one line, with exit code 2 and nothing written', () => {
  const inFolder = (path: string) => join(folder, path);
  test.each<[string, () => string[], RegExp]>([
    [
      'an unknown field',
      () => train('--set', 'sedd=1'),
      /^webgan: sedd: there is no such field; did you mean seed\?/,
    ],
    ['a wrong type', () => train('--set', 'seed="many"'), /^webgan: seed: "many" given; a whole number/],
    ['a negative batch', () => train('--batch-size', '-4'), /^webgan: batchSize: -4 given; a whole number/],
    ['steps in words', () => train('--steps', 'many'), /^webgan: steps: "many" given; a whole number/],
    [
      'a D that ends in two',
      () => train('--set', 'discriminator[4].units=2'),
      /^webgan: discriminator: its output has shape \[2\]/,
    ],
    [
      'shapes that do not fit',
      () => train('--set', 'generator[4].units=3'),
      /^webgan: generator: its output has shape \[3\], but/,
    ],
    [
      'a layer not built',
      () => train('--set', 'generator[1].type=attention'),
      /^webgan: generator\[1\]\.type: "attention" given; the layers here are avgPool2d/,
    ],
    [
      'a loss not built',
      () => train('--set', 'loss=dragan'),
      /^webgan: loss: "dragan" given; the losses here are/,
    ],
    [
      'an unreadable CSV',
      () => train('--set', 'data={"source":"points","file":"none.csv"}'),
      /^webgan: none\.csv: there is no such file/,
    ],
    [
      'a NaN in a CSV',
      () => {
        writeFileSync(inFolder('nan.csv'), '1,2\nnan,3\n');
        return train('--set', `data={"source":"points","file":${JSON.stringify(inFolder('nan.csv'))}}`);
      },
      /nan\.csv, line 2: "nan" in column 1; a finite number would do/,
    ],
    [
      'a folder that cannot be written',
      () => {
        writeFileSync(inFolder('file'), '');
        return ['train', '--out', inFolder('file/runs')];
      },
      /^webgan: --out .*file\/runs cannot be written: a part of the path is a file/,
    ],
    [
      'a name that is a path',
      () => train('--name', '../up'),
      /^webgan: --name: "\.\.\/up" given; a plain folder name/,
    ],
    [
      'a preset that is none',
      () => ['train', 'rng'],
      /^webgan: There is no preset "rng"; did you mean ring\?/,
    ],
    ['a runtime that is none', () => train('--runtime', 'firefox'), /^webgan: .*firefox.*node, chrome/],
    ['an unknown option', () => train('--sed', '3'), /^webgan: unknown option '--sed'.*--seed/],
    ['an unknown command', () => ['trian'], /^webgan: unknown command 'trian'.*train/],
    [
      'an option without its value',
      () => ['train', '--steps'],
      /^webgan: option '--steps <n>' argument missing/,
    ],
    ['too many arguments', () => ['train', 'ring', 'grid'], /^webgan: too many arguments/],
    [
      'no run to sample',
      () => ['sample', inFolder('none'), '--out', inFolder('x.png')],
      /none: has no checkpoint\.safetensors/,
    ],
    [
      'a sample without a file',
      () => ['sample', 'ring'],
      /^webgan: required option '--out <path>' not specified/,
    ],
    [
      'a sample of another kind',
      () => ['sample', 'ring', '--out', 'x.gif'],
      /^webgan: --out: "x\.gif" given; a name that ends in \.png, \.csv or \.npy/,
    ],
    [
      'a sample into no folder',
      () => ['sample', 'ring', '--out', inFolder('no/x.png')],
      /^webgan: --out: there is no folder .*no/,
    ],
    [
      'no samples',
      () => ['sample', 'ring', '--out', 'x.png', '--count', '0'],
      /^webgan: --count: "0" given; a whole number/,
    ],
    [
      'half a sample',
      () => ['sample', 'ring', '--out', 'x.png', '--count', '1.5'],
      /^webgan: --count: "1\.5" given/,
    ],
    ['nothing to replay', () => ['replay'], /^webgan: missing required argument/],
    ['no case', () => ['replay', inFolder('none.safetensors')], /none\.safetensors: there is no such file/],
    [
      'an experiment that is none',
      () => ['theory', 'z', '--out', inFolder('theory')],
      /^webgan: experiment: "z" given/,
    ],
    [
      'no preset for a checkpoint',
      () => ['sample', inFolder('x.safetensors'), '--out', inFolder('x.png')],
      /has no checkpoint/,
    ],
  ])('%s', async (_, args, message) => {
    const command = args();
    const before = readdirSync(folder);
    const { code, err, out } = await webgan(command);
    expect(err).toHaveLength(1);
    expect(err[0]).toMatch(message);
    expect(err[0]).not.toMatch(/\n|^\s*at /);
    expect([code, out]).toEqual([2, []]);
    expect(readdirSync(folder)).toEqual(before);
  });

  test('no command at all is answered with help', async () => {
    const { code, err } = await webgan([]);
    expect(code).toBe(2);
    expect(err.join('\n')).toMatch(/Usage: webgan/);
  });
});

describe('sample', () => {
  test('draws the same samples for the same seed, as numbers or as a picture', async () => {
    await webgan(train('--steps', '5'));
    const run = join(folder, 'runs', 'ring');
    const draw = async (file: string, ...args: string[]) => {
      expect((await webgan(['sample', run, '--out', join(folder, file), ...args])).code).toBe(0);
      return readFileSync(join(folder, file));
    };
    const csv = (await draw('a.csv', '--count', '1500')).toString();
    const rows = csv.trim().split('\n');
    expect(rows[0]).toBe('x,y');
    expect(rows).toHaveLength(1501);
    for (const row of rows.slice(1))
      expect(row.split(',').map(Number).filter(Number.isFinite)).toHaveLength(2);
    expect((await draw('b.csv', '--count', '1500')).toString()).toBe(csv);
    // Fewer are the first of more.
    expect(csv.startsWith((await draw('c.csv', '--count', '10')).toString())).toBe(true);
    expect((await draw('d.csv', '--count', '1500', '--seed', '2')).toString()).not.toBe(csv);
    expect((await draw('e.png')).subarray(1, 4).toString()).toBe('PNG');
  });

  test('refuses a checkpoint that is broken', async () => {
    await webgan(train('--steps', '5'));
    const path = join(folder, 'runs', 'ring', 'checkpoint.safetensors');
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, bytes.length - 4));
    const { code, err } = await webgan([
      'sample',
      join(folder, 'runs', 'ring'),
      '--out',
      join(folder, 'x.csv'),
    ]);
    expect([code, err.length]).toEqual([2, 1]);
    expect(err[0]).toMatch(/checkpoint\.safetensors: tensor .* ends at byte/);
    expect(existsSync(join(folder, 'x.csv'))).toBe(false);
  });
});

describe('replay', () => {
  const game: Game = {
    noise: { type: 'normal', size: 3 },
    generator: [{ type: 'dense', units: 5 }, { type: 'elu' }, { type: 'dense', units: 2 }],
    discriminator: [{ type: 'dense', units: 7 }, { type: 'relu' }, { type: 'dense', units: 1 }],
    loss: 'nonSaturating',
    optimizer: {
      generator: { type: 'adam', learningRate: 0.01 },
      discriminator: { type: 'sgd', learningRate: 0.05, momentum: 0.5 },
    },
    batchSize: 9,
    discriminatorSteps: 2,
  };
  /** A case's file; `shift` moves the first number of one tensor. */
  function record(name: string, shifted?: string): string {
    let state = 7;
    const { metadata, tensors } = recordGame(game, 2, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    });
    if (shifted !== undefined) tensors.get(shifted)!.data[0]! += 0.1;
    const path = join(folder, name);
    writeFileSync(path, writeSafetensors({ metadata, tensors }));
    return path;
  }

  test('says the worst error of each case, and fails where one is too large', async () => {
    const [good, bad] = [record('good.safetensors'), record('bad.safetensors', 'after.generator.2.bias')];
    const passed = await webgan(['replay', good]);
    expect([passed.code, passed.err]).toEqual([0, []]);
    expect(passed.out[1]).toMatch(/^pass {2}good\.safetensors {2}worst error \S+ of \S+ allowed, in /);
    const failed = await webgan(['replay', good, bad, '--json']);
    expect([failed.code, failed.err]).toEqual([1, []]);
    const [first, second] = failed.out.map((line) => JSON.parse(line));
    expect(first).toEqual({
      file: good,
      pass: true,
      worst: { tensor: expect.any(String), error: expect.any(Number), tolerance: expect.any(Number) },
      errors: expect.arrayContaining([
        { tensor: 'loss', error: expect.any(Number), tolerance: expect.any(Number) },
      ]),
    });
    expect(second).toMatchObject({
      file: bad,
      pass: false,
      worst: { tensor: 'after.generator.2.bias', tolerance: 1e-3 },
    });
  });

  test('a file that cannot be replayed does not keep the others from it', async () => {
    const [good, none] = [record('good.safetensors'), join(folder, 'none.safetensors')];
    const { code, out, err } = await webgan(['replay', none, good]);
    expect(code).toBe(2);
    expect(err).toEqual([`webgan: ${none}: there is no such file; a readable file would do.`]);
    expect(out[1]).toMatch(/^pass {2}good/);
  });

  const parity = fileURLToPath(new URL('../../../shared/parity/', import.meta.url));
  const cases = existsSync(parity) ? readdirSync(parity).filter((name) => name.endsWith('.safetensors')) : [];
  test.skipIf(cases.length === 0)(
    'agrees with PyTorch on every case',
    async () => {
      const { code, out, err } = await webgan(['replay', ...cases.map((name) => join(parity, name))]);
      expect([code, err]).toEqual([0, []]);
      const [, ...verdicts] = out;
      expect(verdicts).toHaveLength(cases.length);
      for (const line of verdicts) expect(line).toMatch(/^pass/);
    },
    // Compiles many kernels.
    240_000,
  );

  const forced = cases.filter((name) => /^(dcgan28-batchnorm|mlp-nonsaturating.*)\./.test(name));
  test.skipIf(forced.length === 0).each(STRATEGIES)(
    'agrees with PyTorch by the strategy %s, where it is forced',
    async (strategy) => {
      const paths = forced.map((name) => join(parity, name));
      const { code, out, err } = await webgan(['replay', ...paths, '--strategy', strategy]);
      expect([code, err]).toEqual([0, []]);
      expect(out.filter((line) => line.startsWith('pass'))).toHaveLength(forced.length);
    },
    240_000,
  );
});

test('replay refuses what is no case beside those that are none either, and says so to programs too', async () => {
  const path = join(folder, 'x.safetensors');
  writeFileSync(path, writeSafetensors({ metadata: new Map([['iterations', '1']]), tensors: new Map() }));
  const { code, out, err } = await webgan(['replay', path, '--json']);
  expect(code).toBe(2);
  expect(JSON.parse(out[0]!)).toMatchObject({
    file: path,
    pass: false,
    error: expect.stringMatching(/"config" is missing/),
  });
  expect(err[0]).toMatch(/^webgan: .*x\.safetensors: metadata field "config" is missing/);
});

test('presets are listed with a line each, or as an object', async () => {
  const { code, out } = await webgan(['presets']);
  expect(code).toBe(0);
  expect(out.map((line) => line.split(' ')[0])).toEqual([...presets.names]);
  for (const name of ['ring', 'grid', 'spiral', 'moons', 'gaussian-1d', 'minimax', 'mode-collapse'])
    expect(presets.names).toContain(name);
  const object = JSON.parse((await webgan(['presets', '--json'])).out[0]!);
  expect(Object.keys(object)).toEqual([...presets.names]);
  for (const name of presets.names)
    expect(parseConfig(object[name].config)).toEqual(parseConfig(presets.get(name).config));
});

test('help is everywhere, and is no mistake', async () => {
  for (const command of [[], ['train'], ['sample'], ['replay'], ['theory'], ['doctor'], ['presets']]) {
    const { code, out, err } = await webgan([...command, '--help']);
    expect([code, err]).toEqual([0, []]);
    expect(out.join('\n')).toMatch(new RegExp(`Usage: webgan ${command.join(' ')}`));
  }
  expect((await webgan(['--version'])).out[0]).toMatch(/^\d+\.\d+\.\d+$/);
});
