// A run that is written down: at each evaluation everything that a run's folder holds, all of the same step.

import { sizeOf } from '../layers/layer';
import type { Evaluation } from './evaluate';
import type { SampleChoice } from './inference';
import { classGrid, gridLabels } from './labels';
import { TrainingLoop } from './loop';
import type { MetricsRow } from './metrics';
import type { TrainerState } from './tensor';
import type { Trainer } from './trainer';

/** What a snapshot is to hold. */
export interface SnapshotRequest {
  /** Of images of a conditional run, as many as its `classGrid` has. */
  readonly samples: number;
  /** Of the noise, which is always the same. */
  readonly seed: number;
  /** [n, …sample]: where D is asked; empty where nobody wants to know. */
  readonly points: Float32Array;
  /** How many samples the scores of an evaluation are to have, of the same noise; none where absent. */
  readonly scored?: number;
}

/** What is shown of the networks at an evaluation. */
export interface Snapshot {
  /** [samples, …sample] of G. */
  readonly generated: Float32Array;
  /** D(x) at the wanted points. */
  readonly field: Float32Array;
  /** [scored, …sample] of G. */
  readonly scored: Float32Array;
}

/** What a recording is to hand over, and when. */
export interface RecordingRequest extends SnapshotRequest {
  /** Iterations between two checkpoints. */
  readonly checkpointEvery: number;
  /** Whether samples are wanted of step 0 and at every report too, not only at evaluations. */
  readonly atReports?: boolean;
}

/** Samples of G, [samples, …sample], after so many iterations. */
export interface StepSamples {
  readonly step: number;
  readonly generated: Float32Array;
}

export interface RecordingHooks {
  /** Rows of all iterations since the last report, oldest first. */
  onReport(rows: readonly MetricsRow[]): void;
  /** In the order of steps; a step's report comes before its evaluation. */
  onEvaluation(evaluation: Evaluation, snapshot: Snapshot): void;
  /** The state of a step, behind everything else of that step. Training waits where these take longer than it does. */
  onCheckpoint(state: TrainerState): void | Promise<void>;
  /** Where the request says `atReports`: of step 0, and of every report that is no evaluation. */
  onSamples?(samples: StepSamples): void;
}

export interface Recording {
  /** Resolves when all of it has been handed over; rejects with what ended the loop. */
  readonly done: Promise<void>;
  /** Ends it soon; then `done` resolves. */
  stop(): void;
}

/** How the samples of conditional images are shown: those of `classGrid`, class by class. */
function gridOf({ run }: Trainer): SampleChoice | undefined {
  if (!run.classes || !run.data?.image) return undefined;
  const grid = classGrid(run.classes);
  return { labels: gridLabels(grid), columns: grid.columns };
}

/**
 * Takes a snapshot of the step that the trainer is at now. Only the first of a request may be of a later one, if
 * training goes on meanwhile: it compiles first.
 */
export async function takeSnapshot(trainer: Trainer, request: SnapshotRequest): Promise<Snapshot> {
  // Asked for at once, so that all of it is of one step.
  const { samples, scored = 0 } = request;
  const grid = gridOf(trainer);
  const [drawn, field, shown] = await Promise.all([
    trainer.sample(grid ? scored : Math.max(samples, scored), request.seed),
    request.points.length > 0 ? trainer.score(request.points) : new Float32Array(),
    grid && trainer.sample(samples, request.seed, grid),
  ]);
  // More samples of a seed begin with the same ones.
  const first = (count: number) => drawn.slice(0, count * sizeOf(trainer.run.generator.output));
  return { generated: shown ?? first(samples), field, scored: first(scored) };
}

/**
 * Trains to the configuration's end, with a report every `reportEvery` iterations, a snapshot at every evaluation and a
 * checkpoint every `checkpointEvery`. Wherever it ends, unless by an error, the last step has an evaluation and a checkpoint.
 */
export function record(trainer: Trainer, request: RecordingRequest, hooks: RecordingHooks): Recording {
  let stop = () => {};
  const done = new Promise<void>((resolve, reject) => {
    const { steps, reportEvery, evaluateEvery } = trainer.config;
    let [evaluated, saved] = [Number.NaN, Number.NaN];
    let failed = false;
    // One for every evaluation under way, in order.
    const waiting: Promise<Snapshot>[] = [];
    let handed = Promise.resolve();
    const hand = (action: () => void | Promise<void>): Promise<void> => {
      handed = handed.then(action);
      handed.catch(fail);
      return handed;
    };
    const handEvaluation = (evaluation: Evaluation, snapshot: Promise<Snapshot>) => {
      evaluated = evaluation.step;
      void hand(async () => hooks.onEvaluation(evaluation, await snapshot));
    };
    const handCheckpoint = (state: TrainerState) => {
      saved = state.updates.generator;
      return hand(() => hooks.onCheckpoint(state));
    };
    const handSamples = (step: number) => {
      const samples = trainer.sample(request.samples, request.seed, gridOf(trainer));
      samples.catch(() => {});
      void hand(async () => hooks.onSamples?.({ step, generated: await samples }));
    };
    const loop = new TrainingLoop(trainer, {
      until: steps,
      reportEvery,
      evaluateEvery,
      checkpointEvery: request.checkpointEvery,
      onReport: (rows) => hooks.onReport(rows),
      atReport: (step) => {
        if (request.atReports && step % evaluateEvery !== 0 && step !== steps) handSamples(step);
      },
      atEvaluation: () => {
        const snapshot = takeSnapshot(trainer, request);
        snapshot.catch(() => {});
        waiting.push(snapshot);
      },
      onEvaluation: (evaluation) => handEvaluation(evaluation, waiting.shift()!),
      onCheckpoint: handCheckpoint,
      onDone: end,
      onError: fail,
    });
    let ending = false;
    /** Where it was stopped, the last step lacks what others have. Asked to stop twice, it ends once. */
    async function end(): Promise<void> {
      if (ending) return;
      ending = true;
      try {
        if (!failed && evaluated !== trainer.step) {
          const snapshot = takeSnapshot(trainer, request);
          snapshot.catch(() => {});
          handEvaluation(await trainer.evaluate(), snapshot);
        }
        if (!failed && saved !== trainer.step) void handCheckpoint(await trainer.readState());
        await handed;
        if (!failed) resolve();
      } catch (error) {
        fail(error);
      }
    }
    /** What was taken before it went wrong is still handed over. */
    function fail(error: unknown): void {
      failed = true;
      void loop.stop();
      void handed.catch(() => {}).then(() => reject(error));
    }
    stop = () => void loop.stop().then(end);
    // The first snapshot compiles; the others are of the very step they are asked at.
    takeSnapshot(trainer, request).then(({ generated }) => {
      const { step } = trainer;
      if (request.atReports && step === 0) void hand(() => hooks.onSamples?.({ step, generated }));
      loop.start();
    }, reject);
  });
  return { done, stop: () => stop() };
}
