// A run that is written down: at each evaluation everything that a run's folder holds, all of the same step.

import type { Evaluation } from './evaluate';
import { TrainingLoop } from './loop';
import type { MetricsRow } from './metrics';
import type { TrainerState } from './tensor';
import type { Trainer } from './trainer';

/** What a snapshot is to hold. */
export interface SnapshotRequest {
  readonly samples: number;
  /** Of the noise, which is always the same. */
  readonly seed: number;
  /** [n, …sample]: where D is asked. */
  readonly points: Float32Array;
}

/** What is written down at an evaluation. */
export interface Snapshot {
  readonly state: TrainerState;
  /** [samples, …sample] of G. */
  readonly generated: Float32Array;
  /** D(x) at the wanted points. */
  readonly field: Float32Array;
}

export interface RecordingHooks {
  /** Rows of all iterations since the last report, oldest first. */
  onReport(rows: readonly MetricsRow[]): void;
  /** In the order of steps; a step's report comes before its evaluation. */
  onEvaluation(evaluation: Evaluation, snapshot: Snapshot): void;
}

export interface Recording {
  /** Resolves when all of it has been handed over; rejects with what ended the loop. */
  readonly done: Promise<void>;
  /** Ends it soon; then `done` resolves. */
  stop(): void;
}

/**
 * Takes a snapshot of the step that the trainer is at now. Only the first of a request may be of a later one, if
 * training goes on meanwhile: it compiles first.
 */
export async function takeSnapshot(trainer: Trainer, request: SnapshotRequest): Promise<Snapshot> {
  // Asked for at once, so that all of it is of one step.
  const [state, generated, field] = await Promise.all([
    trainer.readState(),
    trainer.sample(request.samples, request.seed),
    trainer.score(request.points),
  ]);
  return { state, generated, field };
}

/** Trains to the configuration's end, with a report every `reportEvery` iterations and a snapshot at every evaluation. */
export function record(trainer: Trainer, request: SnapshotRequest, hooks: RecordingHooks): Recording {
  let stop = () => {};
  const done = new Promise<void>((resolve, reject) => {
    // One for every evaluation under way, in order.
    const waiting: Promise<Snapshot>[] = [];
    const handedOver: Promise<void>[] = [];
    const settle = () => void Promise.all(handedOver).then(() => resolve(), reject);
    const { steps, reportEvery, evaluateEvery } = trainer.config;
    const loop = new TrainingLoop(trainer, {
      until: steps,
      reportEvery,
      evaluateEvery,
      onReport: (rows) => hooks.onReport(rows),
      atEvaluation: () => {
        const snapshot = takeSnapshot(trainer, request);
        snapshot.catch(() => {});
        waiting.push(snapshot);
      },
      onEvaluation: (evaluation) => {
        const snapshot = waiting.shift()!;
        const handed = snapshot.then((taken) => hooks.onEvaluation(evaluation, taken));
        handed.catch(fail);
        handedOver.push(handed);
      },
      onDone: settle,
      onError: fail,
    });
    /** What was taken before it went wrong is still handed over. */
    function fail(error: unknown): void {
      void loop.stop();
      void Promise.allSettled(handedOver).then(() => reject(error));
    }
    stop = () => void loop.stop().then(settle);
    // The first snapshot compiles; the others are of the very step they are asked at.
    takeSnapshot(trainer, request).then(() => loop.start(), reject);
  });
  return { done, stop: () => stop() };
}
