// Where a run takes place, as `train` sees it: Dawn in this process, or a page in Chromium.

import type { RunConfig } from '../training/config';
import type { Evaluation } from '../training/evaluate';
import type { RecordingHooks, Snapshot, SnapshotRequest } from '../training/recording';

export interface Runtime {
  /** The adapter in words. */
  readonly adapter: string;
  /** [count, …sample] of the data. */
  real(count: number, seed: number): Promise<Float32Array>;
  /**
   * Trains to the configuration's end, or until `stop`; resolves when everything has been reported.
   * Rejects with a TrainingFault, or a Failure where the GPU gave up.
   */
  train(hooks: RecordingHooks): Promise<void>;
  /** Ends `train` soon. */
  stop(): void;
  /** An evaluation and a snapshot of now, between trainings. */
  evaluate(): Promise<{ evaluation: Evaluation; snapshot: Snapshot }>;
  close(): Promise<void>;
}

export type OpenRuntime = (config: RunConfig, request: SnapshotRequest) => Promise<Runtime>;
