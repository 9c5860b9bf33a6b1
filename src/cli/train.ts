// `webgan train`: a run from its configuration to its folder.

import type { DataContent } from '../data/source';
import type { StrategyName } from '../gpu/strategies';
import { UserError } from '../math/errors';
import type { RunConfig } from '../training/config';
import { TrainingFault } from '../training/fault';
import { memoryInWords, productsInWords } from '../training/run-words';
import type { Change } from '../training/watch';
import { artistOf } from './artist';
import { openChromeRuntime } from './chrome-runtime';
import { type Console, Failure } from './console';
import { imageLines, otherImages } from './images';
import { type ImageOptions, loadConfig, loadContent } from './load-config';
import { openNodeRuntime } from './node-runtime';
import { progressLine } from './progress';
import { type Progress, Recorder } from './recorder';
import { createRunFolder, type RunFolder } from './run-folder';
import type { OpenRuntime, Runtime } from './runtime';
import { scorerOf } from './scorer';
import { openStoredRun, type SavedState, type StoredRun } from './stored-run';
import { changeInWords, count, duration, verdict } from './words';

export interface TrainOptions extends ImageOptions {
  /** `path=value`, the last one wins. */
  readonly settings: readonly string[];
  readonly out: string;
  readonly name?: string;
  /** A run's folder to go on in, instead of a new one. */
  readonly resume?: string;
  /** Iterations between two checkpoints; one at every evaluation where absent. */
  readonly checkpointEvery?: number;
  /** Whether to go on at half the learning rates, once, where numbers are no longer finite. */
  readonly recover?: boolean;
  readonly runtime: 'node' | 'chrome';
  readonly strategy?: StrategyName;
  readonly verbose?: boolean;
  readonly json: boolean;
}

const RUNTIMES: Record<TrainOptions['runtime'], OpenRuntime> = {
  node: openNodeRuntime,
  chrome: openChromeRuntime,
};

/** Of a run's `interpolation.png`. */
const WAYS = { rows: 8, columns: 10 };

/** What an interrupt is to end. */
interface Running {
  runtime: Runtime | undefined;
  interrupted: boolean;
}

/** Trains and writes the run's folder. @throws UserError or Failure; see `main`. */
export async function train(
  source: string | undefined,
  options: TrainOptions,
  console: Console,
): Promise<void> {
  const tell = options.json ? console.err : console.out;
  let stage =
    options.resume === undefined
      ? await beginRun(source, options, console)
      : await resumeRun(options.resume, options, console);
  if (stage.finished) {
    stage.abandon();
    tell(stage.greeting);
    if (options.json) console.out(JSON.stringify({ folder: stage.path, ...stage.finished }));
    return;
  }
  const running: Running = { runtime: undefined, interrupted: false };
  const stopListening = console.onInterrupt(() => {
    // Asked twice: whoever asks does not want to wait.
    if (running.interrupted) process.exit(130);
    running.interrupted = true;
    console.status?.('');
    tell('Stopping: writing what there is (once more to leave at once).');
    running.runtime?.stop();
  });
  try {
    for (;;) {
      tell(stage.greeting);
      const fault = await trainStage(stage, options, console, running);
      if (!fault) return;
      stage = goBack(stage, fault, options);
    }
  } finally {
    stopListening();
  }
}

/** Trains from where a stage begins to the end, unless numbers are no longer finite: then that is returned. */
async function trainStage(
  stage: Stage,
  options: TrainOptions,
  console: Console,
  running: Running,
): Promise<TrainingFault | undefined> {
  const tell = options.json ? console.err : console.out;
  const { config, content, path, from } = stage;
  const artist = artistOf(config);
  const { samples, points, imageShape } = artist;
  const scorer = scorerOf(config, content);
  const recording = {
    samples,
    seed: config.seed,
    points,
    checkpointEvery: options.checkpointEvery ?? config.evaluateEvery,
    atReports: imageShape !== undefined,
    scored: scorer?.samples ?? 0,
  };
  let runtime: Runtime | undefined;
  let folder: RunFolder | undefined;
  try {
    try {
      const { strategy } = options;
      runtime = await RUNTIMES[options.runtime]({ config, content, recording, saved: stage.saved, strategy });
      folder = stage.open();
    } catch (error) {
      stage.abandon();
      throw error;
    }
    running.runtime = runtime;
    if (running.interrupted) runtime.stop();
    tell(`Training on ${runtime.adapter}, into ${path}.`);
    if (options.verbose && runtime.memory) tell(memoryInWords(runtime.memory()));
    const real = await runtime.real(samples, config.seed);
    await scorer?.prepare(runtime.real);
    const tellChange = (change: Change) => {
      console.status?.('');
      for (const line of changeInWords(change, recorder.step, console.colour === true && !options.json))
        tell(line);
    };
    const recorder: Recorder = new Recorder(
      folder,
      config,
      folder.name,
      artist,
      real,
      from,
      undefined,
      tellChange,
    );
    const end = { adapter: runtime.adapter, runtime: options.runtime };
    try {
      await runtime.train({
        onReport: (rows) => {
          recorder.report(rows);
          const line = (width?: number) =>
            progressLine(rows, config.steps, recorder.stepsPerSecond, recorder.evaluation, width);
          if (console.status) console.status(line(console.width));
          else tell(line());
        },
        onEvaluation: (evaluation, snapshot) =>
          recorder.evaluated({ ...evaluation, ...scorer?.score(snapshot.scored) }, snapshot),
        onSamples: (samples) => recorder.sampled(samples),
        onCheckpoint: (state) => recorder.checkpoint(state),
      });
      if (imageShape) recorder.interpolated(await runtime.ways({ ...WAYS, seed: config.seed }), WAYS.columns);
    } catch (error) {
      console.status?.('');
      // Where even this cannot be written, the first error still says more.
      await recorder.close({ end: 'failed', reason: (error as Error).message, ...end }).catch(() => {});
      if (error instanceof TrainingFault) return error;
      const rest = `What was written up to then is in ${path}`;
      if (error instanceof Failure) throw new Failure(`${error.message.replace(/\.$/, '')}. ${rest}.`);
      if (error instanceof UserError)
        throw new UserError(`${error.message} ${rest}; webgan train --resume ${path} goes on from there.`);
      throw error;
    }
    if (options.verbose && runtime.strategies) tell(productsInWords(runtime.strategies(), true));
    const stopped = recorder.step < config.steps;
    const summary = await recorder.close({ end: stopped ? 'stopped' : 'finished', ...end });
    console.status?.('');
    if (options.json) console.out(JSON.stringify({ folder: path, ...summary }));
    else for (const line of summaryLines(recorder, path, stopped)) console.out(line);
    return undefined;
  } finally {
    running.runtime = undefined;
    folder?.close();
    await runtime?.close();
  }
}

/**
 * Takes a run back to its last checkpoint, or to its beginning where there is none.
 * @returns how it goes on from there
 * @throws Failure where it does not: nobody wishes it, or it was tried already
 */
function goBack({ path, content }: Stage, fault: TrainingFault, options: TrainOptions): Stage {
  const stored = openStoredRun(path, []);
  const { step, tensor } = fault;
  const place = stored.saved ? `at its checkpoint of step ${count(stored.step)}` : 'at its beginning';
  if (options.recover && !stored.recovered) {
    return {
      ...stageOf(stored.recover({ step, tensor }), content),
      greeting: `${tensor} is no longer finite at step ${count(step)}: the run is back ${place}, and goes on from there at half the learning rates.`,
    };
  }
  const folder = stored.resume();
  const { message: reason } = fault;
  folder.summary({
    end: 'failed',
    reason,
    fault: { step, tensor },
    step: stored.step,
    seconds: stored.seconds,
  });
  folder.close();
  const why = reason.replace(/\.$/, '');
  throw new Failure(
    stored.recovered
      ? `${why}. That is so at half the learning rates too; the run is back ${place}, in ${path}.`
      : `${why}. The run is back ${place}, in ${path}; webgan train --resume ${path} --recover goes on from there and halves the learning rates where it happens again.`,
  );
}

/** A run that is about to be trained, from its beginning or from where it was left. */
interface Stage {
  readonly config: RunConfig;
  readonly content: DataContent;
  readonly path: string;
  readonly greeting: string;
  readonly from: Progress;
  readonly saved: SavedState | undefined;
  /** The summary, where there is nothing left to do. */
  readonly finished: object | undefined;
  /** Once training can begin. */
  open(): RunFolder;
  /** Where it cannot: nothing has changed then. */
  abandon(): void;
}

async function beginRun(source: string | undefined, options: TrainOptions, console: Console): Promise<Stage> {
  const { config, name, read } = await loadConfig(source, options.settings, options, console);
  if (read) for (const line of imageLines(read)) (options.json ? console.err : console.out)(line);
  const folder = createRunFolder(options.out, options.name, name, config);
  return {
    config,
    content: read ? { images: read.images } : {},
    path: folder.path,
    greeting: `Preparing ${name}: ${count(config.steps)} steps of ${config.batchSize} samples.`,
    from: { step: 0, seconds: 0 },
    saved: undefined,
    finished: undefined,
    open: () => folder,
    abandon: () => folder.discard(),
  };
}

async function resumeRun(
  run: string,
  { settings, data, json }: TrainOptions,
  console: Console,
): Promise<Stage> {
  const stored = openStoredRun(run, settings);
  const { config, finished, release } = stored;
  let content: DataContent = {};
  try {
    if (!finished || data !== undefined) content = await loadContent(config, data, console);
    const others = stored.saved && otherImages(stored.saved.state, content, stored.path);
    if (others !== undefined) (json ? console.err : console.out)(`${others} It goes on with these.`);
  } catch (error) {
    release();
    throw error;
  }
  return stageOf(stored, content);
}

function stageOf(stored: StoredRun, content: DataContent): Stage {
  const { config, path, step, seconds, lines, saved, finished, resume, release } = stored;
  return {
    config,
    content,
    path,
    greeting: resuming(stored),
    from: { step, seconds, lines },
    saved,
    finished,
    open: resume,
    abandon: release,
  };
}

function resuming({ config, path, step, saved, falling, finished }: StoredRun): string {
  const steps = count(config.steps);
  if (finished && falling)
    return `${path} has made all of its ${steps} steps; the learning rate of the ${falling} falls over them, so that a longer run is another one.`;
  if (finished) return `${path} has made all of its ${steps} steps; a larger number for --steps would do.`;
  if (saved) return `Resuming ${path} at step ${count(step)} of ${steps}.`;
  return `${path} has no checkpoint: beginning it again, ${steps} steps.`;
}

function summaryLines(recorder: Recorder, path: string, stopped: boolean): string[] {
  const { step, seconds, evaluation } = recorder;
  const rate = count(Number((step / Math.max(1e-3, seconds)).toPrecision(3)));
  return [
    '',
    `${stopped ? 'Stopped after' : 'Trained'} ${count(step)} steps in ${duration(seconds)} (${rate} steps/s).`,
    ...verdict(evaluation!),
    ...(evaluation!.swd === undefined ? [] : [`All scores of its images: webgan score ${path}`]),
    `See ${path}/samples/${String(evaluation!.step).padStart(6, '0')}.png; draw more with: webgan sample ${path} --count 1000 --out samples.png`,
  ];
}
