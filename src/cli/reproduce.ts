// `webgan reproduce`: the published small benchmarks, trial by trial, beside what others measured and what a perfect sampler gets.

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { dataSources } from '../data';
import type { DataContent } from '../data/source';
import type { Device } from '../gpu/device';
import { UserError } from '../math/errors';
import { normals, uniforms } from '../math/philox';
import { type Benchmark, benchmarks, type Objective, type Protocol } from '../presets/benchmarks';
import { type Classifier, largestOf, trainClassifier } from '../scores/classifier';
import { labelledData } from '../scores/held-out';
import { type ModeScores, meanAndError, scoreModes, scoreStackedModes } from '../scores/mode-scores';
import { parseConfig, type RunConfig } from '../training/config';
import { TrainingLoop } from '../training/loop';
import { Trainer } from '../training/trainer';
import { type Console, Failure } from './console';
import { writeWhole, writing } from './files';
import { loadContent } from './load-config';
import { openNodeDevice } from './node-runtime';
import { count, duration, percent } from './words';

export interface ReproduceOptions {
  readonly protocol: Protocol;
  readonly objective: Objective;
  /** Seeds 1, 2, … */
  readonly trials?: number;
  readonly data?: string;
  readonly steps?: number;
  readonly out: string;
  readonly json: boolean;
}

type Scores = Pick<ModeScores, 'modes' | 'reverseKl'> & Partial<ModeScores>;

interface Trial extends Scores {
  readonly seed: number;
  readonly seconds: number;
}

/** Trials that a perfect sampler's row is the mean of. */
const PERFECT_TRIALS = 40;
/** Images drawn at a time. */
const PICTURES = 2_000;

/** Runs what trials are not there yet, and prints the table. @throws UserError, Failure */
export async function reproduce(name: string, options: ReproduceOptions, console: Console): Promise<void> {
  const benchmark = benchmarks[name];
  if (!benchmark) {
    throw new UserError(
      `benchmark: ${JSON.stringify(name)} given; ${Object.keys(benchmarks).join(', ')} would do.`,
    );
  }
  const config = configOf(name, benchmark, options);
  const trials = options.trials ?? benchmark.trials;
  const folder = join(options.out, `${name}-${options.protocol}-${options.objective}`);
  writing(folder, () => mkdirSync(resolve(folder), { recursive: true }));
  const tell = options.json ? console.err : console.out;
  const content = await loadContent(config, undefined, console);
  const device = await openNodeDevice();
  let stop: (() => void) | undefined;
  const stopListening = console.onInterrupt(() => stop?.());
  try {
    tell(
      `${name}: ${benchmark.description}. ${count(trials)} ${trials === 1 ? 'trial' : 'trials'} of ${count(config.steps)} steps on ${device.name}, into ${folder}.`,
    );
    const judge = await judgeOf(benchmark, config, content, device, console);
    const done: Trial[] = [];
    for (let seed = 1; seed <= trials; seed++) {
      const path = join(folder, `trial-${seed}.json`);
      const settings = { ...config, seed };
      const known = readTrial(path, settings);
      const trial =
        known ??
        (await runTrial({ device, settings, content, judge, console, samples: benchmark.samples }, (s) => {
          stop = s;
        }));
      if (!trial)
        throw new Failure(
          `Stopped in trial ${seed}; the same command makes it again, and what is missing behind it.`,
        );
      if (!known) {
        const text = JSON.stringify({ ...trial, adapter: device.name, config: settings }, null, 2);
        writing(folder, () => writeWhole(path, `${text}\n`));
      }
      done.push(trial);
      tell(
        `  trial ${seed}: ${scoresInWords(trial, benchmark)}${known ? ', as it was' : ` in ${duration(trial.seconds)}`}`,
      );
    }
    const perfect = await judge.perfect();
    if (options.json) {
      console.out(JSON.stringify({ benchmark: name, ...options, folder, trials: done, perfect }));
      return;
    }
    for (const line of table(options.objective, benchmark, done, perfect)) console.out(line);
  } finally {
    stopListening();
    device.destroy();
  }
}

function configOf(name: string, benchmark: Benchmark, options: ReproduceOptions): RunConfig {
  const given = benchmark.config(options.protocol, options.objective);
  const images = given.data.source === 'images';
  if (images && options.data === undefined) {
    throw new UserError(`${name} trains on MNIST, and no images were given; --data with its files would do.`);
  }
  if (!images && options.data !== undefined)
    throw new UserError(`--data: ${name} makes its own data; the command without it would do.`);
  const data = images ? { ...given.data, path: options.data } : given.data;
  return parseConfig({ ...given, data, ...(options.steps !== undefined && { steps: options.steps }) });
}

/** A trial that was made with exactly these settings. */
function readTrial(path: string, settings: RunConfig): Trial | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const { config, adapter: _on, ...trial } = JSON.parse(readFileSync(path, 'utf8'));
    return JSON.stringify(config) === JSON.stringify(settings) ? trial : undefined;
  } catch {
    // Half a file is no trial.
    return undefined;
  }
}

/** How samples of a benchmark are measured. */
interface Judge {
  score(trainer: Trainer, samples: number, seed: number): Promise<Scores>;
  perfect(): Promise<Scores[]>;
}

interface TrialRequest {
  readonly device: Device;
  readonly settings: RunConfig;
  readonly content: DataContent;
  readonly judge: Judge;
  readonly samples: number;
  readonly console: Console;
}

/** Undefined where it was stopped. */
async function runTrial(
  { device, settings, content, judge, samples, console }: TrialRequest,
  onStart: (stop: () => void) => void,
): Promise<Trial | undefined> {
  const start = performance.now();
  const trainer = await Trainer.create(device, settings, content);
  let stopped = false;
  try {
    await new Promise<void>((done, failed) => {
      const loop = new TrainingLoop(trainer, {
        until: settings.steps,
        reportEvery: settings.reportEvery,
        evaluateEvery: Number.POSITIVE_INFINITY,
        onReport: (rows) => {
          const step = rows.at(-1)?.step ?? 0;
          console.status?.(`trial ${settings.seed}: step ${count(step)} of ${count(settings.steps)}`);
        },
        onDone: done,
        onError: failed,
      });
      onStart(() => {
        stopped = true;
        void loop.stop().then(() => done());
      });
      loop.start();
    });
    console.status?.('');
    if (stopped) return undefined;
    const scores = await judge.score(trainer, samples, settings.seed);
    return { seed: settings.seed, ...scores, seconds: (performance.now() - start) / 1000 };
  } finally {
    trainer.destroy();
  }
}

async function judgeOf(
  benchmark: Benchmark,
  config: RunConfig,
  content: DataContent,
  device: Device,
  console: Console,
): Promise<Judge> {
  const source = dataSources.get(config.data.source).create(config.data);
  const modes = source.distribution?.modes;
  if (modes) {
    const centers = modes.map(({ center }) => center);
    const { standardDeviation } = modes[0]!;
    return {
      score: async (trainer, samples, seed) =>
        scoreModes(await trainer.sample(samples, seed), centers, standardDeviation),
      perfect: async () =>
        Array.from({ length: PERFECT_TRIALS }, (_, trial) =>
          scoreModes(
            perfectPoints(benchmark.samples, centers, standardDeviation, trial),
            centers,
            standardDeviation,
          ),
        ),
    };
  }
  const labelled = labelledData({ ...config.data, stack: false }, content);
  if (!labelled)
    throw new UserError(
      '--data: the images have no labels, which tell the modes; MNIST’s files with both would do.',
    );
  console.status?.('Training the classifier that tells the modes');
  const classifier = await trainClassifier(device, labelled);
  console.status?.('');
  const score = async (draw: (count: number, part: number) => Promise<Float32Array>, samples: number) => {
    const classes: number[][] = [[], [], []];
    for (let part = 0; classes[0]!.length < samples; part++) {
      const wanted = Math.min(PICTURES, samples - classes[0]!.length);
      const pixels = await draw(wanted, part);
      for (const [channel, list] of classes.entries())
        list.push(...(await classesOf(classifier, pixels, source.image!, channel)));
    }
    return scoreStackedModes(classes, classifier.classes);
  };
  return {
    // A thousand parts of a seed are further than any draws.
    score: (trainer, samples, seed) =>
      score((wanted, part) => trainer.sample(wanted, 1000 * seed + part), samples),
    perfect: async () => {
      const trainer = await Trainer.create(device, config, content);
      try {
        return [await score((wanted, part) => trainer.real(wanted, part), benchmark.samples)];
      } finally {
        trainer.destroy();
      }
    },
  };
}

/** Samples of the mixture itself, [count, 2]. */
function perfectPoints(
  count: number,
  centers: readonly (readonly number[])[],
  standardDeviation: number,
  draw: number,
): Float64Array {
  const address = { seed: [1, 0] as const, stream: 0, draw };
  const which = uniforms(count, address);
  const away = normals(2 * count, { ...address, stream: 1 });
  return Float64Array.from(away, (x, i) => {
    const center = centers[Math.min(centers.length - 1, Math.floor(which[i >> 1]! * centers.length))]!;
    return center[i % 2]! + standardDeviation * x;
  });
}

/** The class of one channel of each picture, of pixels [n, 3, height, width]. */
async function classesOf(
  classifier: Classifier,
  pixels: Float32Array,
  { height, width }: { readonly height: number; readonly width: number },
  channel: number,
): Promise<number[]> {
  const size = height * width;
  const grey = new Float32Array(pixels.length / 3);
  for (let i = 0; i < grey.length / size; i++)
    grey.set(pixels.subarray((3 * i + channel) * size, (3 * i + channel + 1) * size), i * size);
  const { probabilities } = await classifier.classify({ channels: 1, height, width, pixels: grey });
  return Array.from({ length: grey.length / size }, (_, i) => largestOf(probabilities, i));
}

const scoresInWords = ({ modes, highQuality, reverseKl }: Scores, benchmark: Benchmark): string =>
  [
    `${count(modes)} of ${count(benchmark.modes)} modes`,
    ...(highQuality === undefined ? [] : [`${percent(highQuality)} of high quality`]),
    `KL ${reverseKl.toFixed(3)}`,
  ].join(', ');

/** Ours, the perfect sampler's, and the published rows, in columns. */
function table(
  objective: Objective,
  { published, modes, samples }: Benchmark,
  trials: readonly Trial[],
  perfect: readonly Scores[],
): string[] {
  const row = (method: string, of: readonly Scores[], source: string): string[] => {
    const say = (values: readonly number[], words: (x: number) => string) => {
      const { mean, error } = meanAndError(values);
      return values.length > 1 ? `${words(mean)} ± ${words(error)}` : words(mean);
    };
    const quality = of.flatMap(({ highQuality }) => (highQuality === undefined ? [] : [highQuality]));
    return [
      method,
      say(
        of.map((scores) => scores.modes),
        (x) => String(Number(x.toFixed(1))),
      ),
      quality.length > 0 ? `${say(quality, (x) => (100 * x).toFixed(1))} %` : '',
      say(
        of.map(({ reverseKl }) => reverseKl),
        (x) => x.toFixed(3),
      ),
      source,
    ];
  };
  const rows = [
    ['', `modes of ${count(modes)}`, 'high quality', 'reverse KL', 'source'],
    row(objective === 'r3gan' ? 'relativistic, R1 + R2' : 'non-saturating GAN', trials, 'here'),
    row('a perfect sampler', perfect, `${count(samples)} true samples`),
    ...published.map(({ method, modes: found, highQuality = '', kl = '', source }) => [
      method,
      found,
      highQuality,
      kl,
      source,
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((cells) => cells[column]!.length)));
  return rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
}
