// Runs that stop, are killed and go on: they end in the bytes of one that was never disturbed.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readCheckpoint } from '../export/checkpoint';
import { seedWords, uniforms } from '../math/philox';
import { main } from './main';

const COMMAND = fileURLToPath(new URL('../../dist/cli/webgan.js', import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'webgan-resume-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the command in this process; `onLine` sees each line of output, with Ctrl-C. */
async function webgan(args: string[], onLine?: (line: string, interrupt: () => void) => void) {
  const [out, err]: [string[], string[]] = [[], []];
  let interrupt = () => {};
  const code = await main(args, {
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
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

/** In a folder of its own each, because pictures say the run's name. */
const path = (run: string, ...rest: string[]) => join(folder, run, 'run', ...rest);
const configFile = () => join(folder, 'config.json');
const checkpoint = (run: string) => readFileSync(path(run, 'checkpoint.safetensors'));
const stepsOf = (run: string): number[] =>
  readFileSync(path(run, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).step);
/** Metrics without what time does to them. */
const metricsOf = (run: string) =>
  readFileSync(path(run, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => ({ ...JSON.parse(line), seconds: 0, stepsPerSecond: 0 }));

const adam = { type: 'adam', learningRate: 1e-3, beta1: 0.5 };
const points = {
  data: { source: 'ring' },
  noise: { type: 'normal', size: 2 },
  generator: [{ type: 'dense', units: 8 }, { type: 'tanh' }, { type: 'dense', units: 2 }],
  discriminator: [{ type: 'dense', units: 8 }, { type: 'leakyRelu' }, { type: 'dense', units: 1 }],
  optimizer: { generator: adam, discriminator: adam },
  batchSize: 8,
  steps: 40,
  reportEvery: 10,
  evaluateEvery: 20,
};
const momentum = { type: 'sgd', learningRate: 1e-2, momentum: 0.9 };

const interruptAt = (start: string) => (line: string, interrupt: () => void) => {
  if (line.startsWith(start)) interrupt();
};

/** Configurations that between them keep everything that a state can hold. */
const CONFIGS: [string, object][] = [
  ['Adam, and two updates of D for one of G', { ...points, discriminatorSteps: 2 }],
  ['momentum', { ...points, optimizer: { generator: momentum, discriminator: momentum } }],
  [
    'a schedule',
    { ...points, optimizer: { generator: { ...adam, schedule: { type: 'cosine' } }, discriminator: adam } },
  ],
  [
    'batch norm, dropout and an average, on images',
    {
      ...points,
      data: { source: 'glyphs' },
      noise: { type: 'normal', size: 4 },
      generator: [
        { type: 'dense', units: 8 * 7 * 7 },
        { type: 'batchNorm' },
        { type: 'relu' },
        { type: 'reshape', shape: [8, 7, 7] },
        { type: 'upsample', scale: 2 },
        { type: 'convTranspose2d', channels: 1, kernel: 4, stride: 2, padding: 1 },
        { type: 'tanh' },
      ],
      discriminator: [
        { type: 'conv2d', channels: 4, kernel: 4, stride: 4 },
        { type: 'batchNorm' },
        { type: 'leakyRelu' },
        { type: 'dropout', p: 0.3 },
        { type: 'flatten' },
        { type: 'dense', units: 1 },
      ],
      average: { halfLife: 50, ramp: 0.5 },
    },
  ],
];

describe.each(CONFIGS)('%s', (_, config) => {
  const train = (...args: string[]) => ['train', configFile(), '--name', 'run', ...args];
  beforeEach(() => writeFileSync(configFile(), JSON.stringify(config)));

  test('interrupted and resumed, a run ends in the same bytes, lines and pictures', async () => {
    expect(await webgan(train('--out', join(folder, 'whole')))).toMatchObject({ code: 0, err: '' });
    // Reports more often, so that there is a step to stop at: what is written of a run changes nothing in it.
    expect(
      await webgan(train('--out', join(folder, 'parts'), '--report-every', '1'), interruptAt('3 of 40')),
    ).toMatchObject({ code: 0 });
    const stoppedAt = stepsOf('parts').at(-1)!;
    expect(stoppedAt).toBeLessThan(40);
    const { out, code } = await webgan(['train', '--resume', path('parts'), '--report-every', '10']);
    expect([code, out]).toEqual([
      0,
      expect.stringContaining(`Resuming ${path('parts')} at step ${stoppedAt} of 40.`),
    ]);
    expect(checkpoint('parts').equals(checkpoint('whole'))).toBe(true);
    expect(metricsOf('parts').filter(({ step }) => step > stoppedAt)).toEqual(
      metricsOf('whole').filter(({ step }) => step > stoppedAt),
    );
    const last = join('samples', '000040.png');
    expect(readFileSync(path('parts', last)).equals(readFileSync(path('whole', last)))).toBe(true);
  });
});

describe('train --resume', () => {
  const train = (run: string, ...args: string[]) => [
    'train',
    configFile(),
    '--name',
    'run',
    '--out',
    join(folder, run),
    ...args,
  ];
  beforeEach(() => writeFileSync(configFile(), JSON.stringify(points)));

  test('with twice the steps ends in the bytes of a run of so many', async () => {
    expect((await webgan(train('whole', '--steps', '40'))).code).toBe(0);
    expect((await webgan(train('parts', '--steps', '20'))).code).toBe(0);
    const resumed = await webgan([
      'train',
      '--resume',
      path('parts'),
      '--steps',
      '40',
      '--checkpoint-every',
      '7',
    ]);
    expect(resumed).toMatchObject({ code: 0, err: '' });
    expect(checkpoint('parts').equals(checkpoint('whole'))).toBe(true);
    expect(metricsOf('parts')).toEqual(metricsOf('whole'));
    expect(readdirSync(path('parts')).sort()).toEqual(readdirSync(path('whole')).sort());
    for (const name of readdirSync(path('whole', 'samples')))
      expect(
        readFileSync(path('parts', 'samples', name)).equals(readFileSync(path('whole', 'samples', name))),
      ).toBe(true);
    expect(readFileSync(path('parts', 'config.json'), 'utf8')).toBe(
      readFileSync(path('whole', 'config.json'), 'utf8'),
    );
  });

  test('of a finished run says so and changes nothing', async () => {
    expect((await webgan(train('done'))).code).toBe(0);
    const all = () => readdirSync(path('done'), { recursive: true, encoding: 'utf8' }).sort();
    const [files, bytes] = [all(), checkpoint('done')];
    const { code, out } = await webgan(['train', '--resume', path('done')]);
    expect([code, out]).toEqual([
      0,
      `${path('done')} has made all of its 40 steps; a larger number for --steps would do.`,
    ]);
    const json = await webgan(['train', '--resume', path('done'), '--json']);
    expect(JSON.parse(json.out)).toMatchObject({ folder: path('done'), end: 'finished', step: 40 });
    expect([all(), checkpoint('done').equals(bytes)]).toEqual([files, true]);
  });

  test('finishes what a crash after the last checkpoint left undone', async () => {
    expect((await webgan(train('done'))).code).toBe(0);
    const bytes = checkpoint('done');
    for (const file of ['summary.json', join('samples', '000040.png')]) rmSync(path('done', file));
    expect((await webgan(['train', '--resume', path('done')])).code).toBe(0);
    expect(checkpoint('done').equals(bytes)).toBe(true);
    expect(existsSync(path('done', 'samples', '000040.png'))).toBe(true);
    expect(JSON.parse(readFileSync(path('done', 'summary.json'), 'utf8'))).toMatchObject({
      end: 'finished',
      step: 40,
      evaluation: { step: 40 },
    });
  });

  test('with anything that would make another run of it is refused', async () => {
    expect((await webgan(train('run'))).code).toBe(0);
    for (const [args, why] of [
      [['ring'], /^webgan: --resume: ring given too, but a run goes on in its own folder/],
      [['--name', 'x'], /^webgan: --resume: --name given too/],
      [['--out', 'x'], /^webgan: --resume: --out given too/],
      [['--data', 'x'], /^webgan: --data: the data of the run are "\w+", not images; without it would do\./],
      [['--image-size', '8'], /^webgan: --resume: --image-size given too/],
      [['--skip-bad'], /^webgan: --resume: --skip-bad given too/],
      [['--runtime', 'chrome', '--strategy', 'plain'], /^webgan: --strategy: the page chooses by itself/],
      [['--seed', '2'], /^webgan: seed: cannot be changed with --resume/],
      [['--steps', '10'], /^webgan: steps: 10 given, but the run has made 40 already/],
      [['--checkpoint-every', '0'], /^webgan: --checkpoint-every: "0" given; a whole number/],
    ] as const) {
      const { code, err } = await webgan(['train', '--resume', path('run'), ...args]);
      expect([code, err]).toEqual([2, expect.stringMatching(why)]);
      expect(err).not.toContain('\n');
    }
    expect(readdirSync(join(folder, 'run'))).toEqual(['run']);
  });

  test('checkpoints are of the steps that were asked for', async () => {
    const args = train('run', '--steps', '1000000', '--checkpoint-every', '7', '--evaluate-every', '1000000');
    const steps = new Set<number>();
    const { code } = await webgan(args, (line, interrupt) => {
      const file = path('run', 'checkpoint.safetensors');
      if (existsSync(file)) steps.add(readCheckpoint(readFileSync(file), file).state.updates.generator);
      if (line.startsWith('200 of')) interrupt();
    });
    expect(code).toBe(0);
    // Whoever stops wants the last step too.
    const last = stepsOf('run').at(-1)!;
    expect(readCheckpoint(checkpoint('run'), 'c').state.updates.generator).toBe(last);
    steps.delete(last);
    expect(steps.size).toBeGreaterThan(2);
    for (const step of steps) expect(step % 7).toBe(0);
  });
});

/** The built command as a process of its own. */
function start(args: string[]) {
  expect(existsSync(COMMAND), 'the command is built: `npm run prepare`').toBe(true);
  const child = spawn(process.execPath, [COMMAND, ...args], { cwd: folder });
  const output = { out: '', err: '' };
  child.stdout.on('data', (text) => {
    output.out += text;
  });
  child.stderr.on('data', (text) => {
    output.err += text;
  });
  const ended = new Promise<{ code: number | null; signal: string | null; out: string; err: string }>(
    (resolve) => {
      child.on('close', (code, signal) => resolve({ code, signal, ...output }));
    },
  );
  return { child, ended, output };
}

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

test('killed at ten random moments and resumed, a run ends in the same bytes', {
  timeout: 180_000,
}, async () => {
  const config = { ...points, steps: 1200, reportEvery: 20, evaluateEvery: 300 };
  writeFileSync(configFile(), JSON.stringify(config));
  expect((await webgan(['train', configFile(), '--out', join(folder, 'whole'), '--name', 'run'])).code).toBe(
    0,
  );
  const first = ['train', 'config.json', '--out', 'killed', '--name', 'run'];
  const random = uniforms(10, { seed: seedWords(3), stream: 0, draw: 0 });
  let [hits, trained] = [0, 0];
  for (let kill = 0; kill < 10; kill++) {
    const args = existsSync(path('killed', 'config.json')) ? ['train', '--resume', path('killed')] : first;
    // A checkpoint every few steps: most of the time one is just being written.
    const { child, ended, output } = start([...args, '--checkpoint-every', '5']);
    // Every third one already as it starts, the others while they train.
    const training = kill % 3 !== 0;
    while (training && !output.out.includes(' of 1,200 ·') && child.exitCode === null) await sleep(2);
    await sleep(random[kill]! * (training ? 60 : 800));
    child.kill('SIGKILL');
    if ((await ended).signal === 'SIGKILL') hits++;
    if (existsSync(path('killed')) && !existsSync(path('killed', 'config.json')))
      rmSync(path('killed'), { recursive: true });
    if (output.out.includes(' of 1,200 ·')) trained++;
  }
  expect(hits).toBe(10);
  expect(trained).toBeGreaterThanOrEqual(6);
  const { code } = await start(['train', '--resume', path('killed')]).ended;
  expect(code).toBe(0);
  expect(checkpoint('killed').equals(checkpoint('whole'))).toBe(true);
  expect(metricsOf('killed')).toEqual(metricsOf('whole'));
  expect(readdirSync(path('killed'), { recursive: true }).sort()).toEqual(
    readdirSync(path('whole'), { recursive: true }).sort(),
  );
});

describe('a run whose numbers are no longer finite', () => {
  // A D whose squared loss diverges with a learning rate above a limit, and G hardly moves.
  const sgd = (learningRate: number) => ({ type: 'sgd', learningRate });
  const unstable = (learningRate: number) => ({
    ...points,
    discriminator: [{ type: 'dense', units: 1 }],
    loss: 'leastSquares',
    optimizer: { generator: sgd(2e-38), discriminator: sgd(learningRate) },
    steps: 100,
    evaluateEvery: 10,
  });
  const RATE = 1.75;
  const begin = (run: string, learningRate: number, ...rest: string[]) => {
    writeFileSync(configFile(), JSON.stringify(unstable(learningRate)));
    return ['train', configFile(), '--out', join(folder, run), '--name', 'run', ...rest];
  };
  const json = (run: string, file: string) => JSON.parse(readFileSync(path(run, file), 'utf8'));

  test('goes back to its last checkpoint, on at half the learning rates, and so it is written', async () => {
    const { code, out } = await webgan(begin('one', RATE, '--recover'));
    expect(code).toBe(0);
    const said = out.split('\n').find((line) => line.includes('no longer finite'))!;
    const [, tensor, at, step] =
      /^([\w.]+) is no longer finite at step (\d+): the run is back at its checkpoint of step (\d+), and goes on from there at half the learning rates\.$/.exec(
        said,
      )!;
    expect(Number(step)).toBe(10 * Math.floor((Number(at) - 1) / 10));
    expect(Number(step)).toBeGreaterThan(0);
    const learningRate = { generator: 1e-38, discriminator: RATE / 2 };
    const lines = metricsOf('one');
    const recoveries = lines.filter(({ recovered }) => recovered);
    expect(recoveries.map(({ step, recovered }) => [step, recovered])).toEqual([
      [Number(step), { fault: { step: Number(at), tensor }, learningRate }],
    ]);
    expect(lines.map((line) => line.step)).toEqual(
      [10, 20, 30, 40, 50, 60, 70, 80, 90, 100].flatMap((each) =>
        each === Number(step) ? [each, each] : [each],
      ),
    );
    const { optimizer } = json('one', 'config.json');
    expect(optimizer.discriminator.learningRate).toBe(RATE / 2);
    expect(readCheckpoint(checkpoint('one'), 'c').config.optimizer).toEqual(optimizer);
    expect(json('one', 'summary.json')).toMatchObject({ end: 'finished', step: 100 });

    // Without being asked it stops there, and comes to the same end when it is asked to.
    const stopped = await webgan(begin('two', RATE));
    expect(stopped.code).toBe(1);
    expect(stopped.err).toContain(`The run is back at its checkpoint of step ${step}, in `);
    expect(stepsOf('two').at(-1)).toBe(Number(step));
    expect(json('two', 'config.json').optimizer.discriminator.learningRate).toBe(RATE);
    expect(json('two', 'summary.json')).toMatchObject({
      end: 'failed',
      step: Number(step),
      fault: { tensor },
    });
    expect(readdirSync(path('two', 'samples')).at(-1)).toBe(`0000${step}.png`);
    expect((await webgan(['train', '--resume', path('two'), '--recover'])).code).toBe(0);
    expect(checkpoint('two').equals(checkpoint('one'))).toBe(true);
    expect(metricsOf('two')).toEqual(lines);

    // So does one that is stopped behind its recovery, also where the machine died in the middle of that.
    await webgan(begin('three', RATE, '--recover'), interruptAt('90 of'));
    writeFileSync(path('three', 'config.json'), readFileSync(configFile()));
    expect((await webgan(['train', '--resume', path('three')])).code).toBe(0);
    expect(checkpoint('three').equals(checkpoint('one'))).toBe(true);
  });

  test('does so once', async () => {
    const { code, out, err } = await webgan(begin('one', 1e25, '--recover'));
    expect(code).toBe(1);
    expect(out).toContain(
      'the run is back at its beginning, and goes on from there at half the learning rates.',
    );
    expect(err).toMatch(
      /is no longer finite at step \d+.* That is so at half the learning rates too; the run is back/,
    );
    expect(json('one', 'config.json').optimizer.discriminator.learningRate).toBe(5e24);
    const again = await webgan(['train', '--resume', path('one'), '--recover']);
    expect(again.err).toContain('That is so at half the learning rates too');
    expect(json('one', 'config.json').optimizer.discriminator.learningRate).toBe(5e24);
  });
});
