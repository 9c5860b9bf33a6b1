// Where a run takes place, as `train` sees it: Dawn in this process, or a page in Chromium.

import type { RunConfig } from '../training/config';
import type { Evaluation } from '../training/evaluate';
import type { MetricsRow } from '../training/metrics';
import type { TrainerState } from '../training/tensor';

/** What is written down at an evaluation, all of the same step. */
export interface Snapshot {
  readonly state: TrainerState;
  /** [samples, …sample]: G of always the same noise. */
  readonly generated: Float32Array;
  /** D(x) at the wanted points. */
  readonly field: Float32Array;
}

/** What a snapshot is to hold. */
export interface SnapshotRequest {
  readonly samples: number;
  readonly seed: number;
  /** [n, …sample] */
  readonly points: Float32Array;
}

export interface RunHooks {
  /** Rows of all iterations since the last report, oldest first. */
  onReport(rows: readonly MetricsRow[]): void;
  /** In the order of steps; a step's report comes before its evaluation. */
  onEvaluation(evaluation: Evaluation, snapshot: Snapshot): void;
}

export interface Runtime {
  /** The adapter in words. */
  readonly adapter: string;
  /** [count, …sample] of the data. */
  real(count: number, seed: number): Promise<Float32Array>;
  /**
   * Trains to the configuration's end, or until `stop`; resolves when everything has been reported.
   * Rejects with a TrainingFault, or a Failure where the GPU gave up.
   */
  train(hooks: RunHooks): Promise<void>;
  /** Ends `train` soon. */
  stop(): void;
  /** An evaluation and a snapshot of now, between trainings. */
  evaluate(): Promise<{ evaluation: Evaluation; snapshot: Snapshot }>;
  close(): Promise<void>;
}

export type OpenRuntime = (config: RunConfig, request: SnapshotRequest) => Promise<Runtime>;
