// `webgan train`: a run from its configuration to its folder.

import { TrainingFault } from '../training/fault';
import { artistOf } from './artist';
import { openChromeRuntime } from './chrome-runtime';
import { type Console, Failure } from './console';
import { loadConfig } from './load-config';
import { openNodeRuntime } from './node-runtime';
import { progressLine } from './progress';
import { Recorder } from './recorder';
import { createRunFolder } from './run-folder';
import type { OpenRuntime, Runtime } from './runtime';
import { count, duration, verdict } from './words';

export interface TrainOptions {
  /** `path=value`, the last one wins. */
  readonly settings: readonly string[];
  readonly out: string;
  readonly name?: string;
  readonly runtime: 'node' | 'chrome';
  readonly json: boolean;
}

const RUNTIMES: Record<TrainOptions['runtime'], OpenRuntime> = {
  node: openNodeRuntime,
  chrome: openChromeRuntime,
};

/** Trains and writes the run's folder. @throws UserError, Failure or TrainingFault; see `main`. */
export async function train(
  source: string | undefined,
  options: TrainOptions,
  console: Console,
): Promise<void> {
  const { config, name } = loadConfig(source, options.settings);
  const tell = options.json ? console.err : console.out;
  const artist = artistOf(config);
  const folder = createRunFolder(options.out, options.name, name, config);
  const { samples, points, drawsImages } = artist;
  const request = { samples, seed: config.seed, points, atReports: drawsImages };

  let runtime: Runtime | undefined;
  let interrupted = false;
  const stopListening = console.onInterrupt(() => {
    // Asked twice: whoever asks does not want to wait.
    if (interrupted) process.exit(130);
    interrupted = true;
    console.status?.('');
    tell('Stopping: writing what there is (once more to leave at once).');
    runtime?.stop();
  });
  try {
    tell(`Preparing ${name}: ${count(config.steps)} steps of ${config.batchSize} samples.`);
    try {
      runtime = await RUNTIMES[options.runtime](config, request);
    } catch (error) {
      folder.discard();
      throw error;
    }
    if (interrupted) runtime.stop();
    tell(`Training on ${runtime.adapter}, into ${folder.path}.`);
    const real = await runtime.real(samples, config.seed);
    const recorder = new Recorder(folder, config, folder.name, artist, real);
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
        onEvaluation: (evaluation, snapshot) => recorder.evaluated(evaluation, snapshot),
        onSamples: (samples) => recorder.sampled(samples),
      });
      if (recorder.evaluation === undefined || recorder.evaluation.step !== recorder.step) {
        const { evaluation, snapshot } = await runtime.evaluate();
        recorder.evaluated(evaluation, snapshot);
      }
    } catch (error) {
      console.status?.('');
      const fault = error instanceof TrainingFault && { fault: { step: error.step, tensor: error.tensor } };
      // Where even this cannot be written, the first error still says more.
      await recorder
        .close({ end: 'failed', reason: (error as Error).message, ...fault, ...end })
        .catch(() => {});
      if (error instanceof TrainingFault || error instanceof Failure) {
        throw new Failure(
          `${error.message.replace(/\.$/, '')}. What was written up to then is in ${folder.path}.`,
        );
      }
      throw error;
    }
    const stopped = recorder.step < config.steps;
    const summary = await recorder.close({ end: stopped ? 'stopped' : 'finished', ...end });
    console.status?.('');
    if (options.json) console.out(JSON.stringify({ folder: folder.path, ...summary }));
    else for (const line of summaryLines(recorder, folder.path, stopped)) console.out(line);
  } finally {
    stopListening();
    await runtime?.close();
  }
}

function summaryLines(recorder: Recorder, path: string, stopped: boolean): string[] {
  const { step, seconds, evaluation } = recorder;
  const rate = count(Number((step / Math.max(1e-3, seconds)).toPrecision(3)));
  return [
    '',
    `${stopped ? 'Stopped after' : 'Trained'} ${count(step)} steps in ${duration(seconds)} (${rate} steps/s).`,
    ...verdict(evaluation!),
    `See ${path}/samples/${String(evaluation!.step).padStart(6, '0')}.png; draw more with: webgan sample ${path} --count 1000 --out samples.png`,
  ];
}
