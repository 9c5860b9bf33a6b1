// Where a run takes place, as `train` sees it: Dawn in this process, or a page in Chromium.

import type { DataContent } from '../data/source';
import type { Ways } from '../export/interpolate';
import type { StrategyName } from '../gpu/strategies';
import type { RunConfig } from '../training/config';
import type { RecordingHooks, RecordingRequest } from '../training/recording';
import type { MemoryReport } from '../training/run-memory';
import type { SavedState } from './stored-run';

export interface Runtime {
  /** The adapter in words. */
  readonly adapter: string;
  /** Bytes of the GPU's memory, by use; undefined where that cannot be seen from here. */
  memory?(): MemoryReport;
  /** How the matrix products of an iteration run now: labels, with how many run so. */
  strategies?(): ReadonlyMap<string, number>;
  /** [count, …sample] of the data. */
  real(count: number, seed: number): Promise<Float32Array>;
  /** [rows · columns, …sample] of G, on the ways from one sample to the next. */
  ways(ways: Ways): Promise<Float32Array>;
  /**
   * Trains to the configuration's end, or until `stop`; resolves when everything has been reported, as `record` does.
   * Rejects with a TrainingFault, or a Failure where the GPU gave up.
   */
  train(hooks: RecordingHooks): Promise<void>;
  /** Ends `train` soon. */
  stop(): void;
  close(): Promise<void>;
}

export interface RuntimeRequest {
  readonly config: RunConfig;
  /** What the data source of the configuration needs beside it. */
  readonly content: DataContent;
  readonly recording: RecordingRequest;
  /** Where a run goes on from; nothing of one that begins. */
  readonly saved: SavedState | undefined;
  /** How products have to go about it; whatever is quickest where absent. */
  readonly strategy?: StrategyName | undefined;
}

/** @throws UserError where the saved state does not fit the configuration */
export type OpenRuntime = (request: RuntimeRequest) => Promise<Runtime>;
