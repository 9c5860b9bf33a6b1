// What the page and its training worker say to each other: every message, typed.

import type { ImageSet } from '../data/image-set';
import type { Ways } from '../export/interpolate';
import type { ImageScores } from '../scores/image-scores';
import type { RunConfig } from '../training/config';
import type { Evaluation } from '../training/evaluate';
import type { SampleChoice } from '../training/inference';
import type { MetricsRow } from '../training/metrics';
import type { RecordingRequest, Snapshot, SnapshotRequest, StepSamples } from '../training/recording';
import type { MemoryReport } from '../training/run-memory';
import type { Tensor, TrainerState } from '../training/tensor';
import type { Experiment } from './address';
import type { SavedAs } from './storage';

/** Which half of an iteration a single step makes: k updates of D and one of G are one iteration, `both`. */
export type Update = 'discriminator' | 'generator' | 'both';

/** An sRGB colour, 0 to 1. */
export type Colour = readonly [red: number, green: number, blue: number];

/** The page's colours, so that the picture wears them too. */
export interface Palette {
  readonly paper: Colour;
  readonly ink: Colour;
  readonly real: Colour;
  readonly generated: Colour;
  readonly discriminator: Colour;
}

/** How the picture is to be drawn. */
export interface View {
  /** Of the canvas, in device pixels. */
  readonly width: number;
  readonly height: number;
  /** Device pixels for a CSS pixel. */
  readonly pixelRatio: number;
  readonly palette: Palette;
  readonly show: { readonly real: boolean; readonly generated: boolean; readonly field: boolean };
  /** Of a conditional run: the class that is shown, or all of them. */
  readonly label?: number | undefined;
  /** Least milliseconds between two pictures: longer for who asked for reduced motion. */
  readonly interval: number;
}

/** How samples are drawn: densities over a line, points in the plane, images in rows, or not at all. */
export type PictureKind = 'line' | 'plane' | 'images' | 'none';

/** What images have to be like for a run. */
export interface ImageShape {
  readonly channels: 1 | 3;
  readonly height: number;
  readonly width: number;
}

/**
 * Where a run begins: at step 0 of a configuration, or where a saved run or a checkpoint's file left it. `otherImages`: also on
 * images that it was not trained on so far.
 */
export type Beginning =
  | { readonly kind: 'configuration'; readonly config: unknown }
  | (SavedBeginning & { readonly otherImages?: boolean });

/** `slower`: at half the learning rates. */
type SavedBeginning =
  | { readonly kind: 'saved'; readonly name: string; readonly slower?: boolean }
  | { readonly kind: 'file'; readonly name: string; readonly bytes: Uint8Array };

/** A run in the browser's storage. */
export interface StoredRun {
  readonly name: string;
  readonly preset: string;
  /** When it was saved, in milliseconds since 1970. */
  readonly time: number;
  readonly bytes: number;
  /** How far it got; unknown where it cannot be read. */
  readonly step?: number;
  readonly problem?: string;
}

/** How far a run is saved, if it is, and why not further. */
export interface SavingReport {
  readonly place?: SavedAs;
  readonly problem?: string;
}

/** What the trainer is doing. `waiting` is for images that the run wants. `finished` is reached after the configuration's steps; playing on from there is allowed. */
export type Phase =
  | 'opening'
  | 'preparing'
  | 'waiting'
  | 'ready'
  | 'training'
  | 'paused'
  | 'finished'
  | 'stopped';

/** Metrics of consecutive iterations, a column each; `step` counts from 1. */
export interface MetricsColumns {
  readonly step: Float64Array;
  readonly discriminatorLoss: Float32Array;
  readonly generatorLoss: Float32Array;
  readonly value: Float32Array;
  readonly realScore: Float32Array;
  readonly fakeScore: Float32Array;
  readonly realSign: Float32Array;
}

export type MetricName = Exclude<keyof MetricsColumns, 'step'>;
export const METRIC_NAMES = [
  'discriminatorLoss',
  'generatorLoss',
  'value',
  'realScore',
  'fakeScore',
  'realSign',
] as const satisfies readonly MetricName[];

/** Questions that the worker answers once, each by a `reply` of the same id, behind what was submitted before. */
export interface Questions {
  /** All parameters, by PyTorch's names. */
  tensors: { ask: object; answer: ReadonlyMap<string, Tensor> };
  /** Samples and scores of one step. */
  snapshot: { ask: SnapshotRequest; answer: Snapshot };
  evaluate: { ask: object; answer: Evaluation };
  /** [count, …sample] of G, of classes of one's own where they are given: the same numbers for the same seed and weights. */
  sample: { ask: { count: number; seed: number } & SampleChoice; answer: Float32Array };
  /** [count, …sample] of the data. */
  real: { ask: { count: number; seed: number }; answer: Float32Array };
  /** [rows · columns, …sample] of G, on the ways from one sample to the next. */
  ways: { ask: Ways; answer: Float32Array };
  /** D(x) at points [n, …sample]. */
  score: { ask: { points: Float32Array }; answer: Float32Array };
  /** The bytes of `checkpoint.safetensors`, as the command writes it. */
  checkpoint: { ask: object; answer: Uint8Array<ArrayBuffer> };
  /** The picture as a PNG file. */
  picture: { ask: object; answer: Blob };
}
export type QuestionName = keyof Questions;
export type Question = { [K in QuestionName]: { what: K } & Questions[K]['ask'] }[QuestionName];

/** From the page. */
export type Command =
  | { readonly type: 'open'; readonly canvas: OffscreenCanvas; readonly view: View }
  /** What runs on `images` train on from now on. */
  | { readonly type: 'images'; readonly images: ImageSet }
  /** A new trainer; the name is what it is saved under where that is free, and where there is none it is not saved. `run` comes back in what belongs to it, so that late messages of an old one are known. */
  | {
      readonly type: 'configure';
      readonly run: number;
      readonly beginning: Beginning;
      readonly name?: string;
    }
  /** Takes a saved run out of the browser's storage. */
  | { readonly type: 'forget'; readonly name: string }
  | { readonly type: 'play' }
  /** Trains to the end as the command does: a report every `reportEvery` iterations, a snapshot at each evaluation. */
  | { readonly type: 'record'; readonly request: RecordingRequest }
  | { readonly type: 'pause' }
  | { readonly type: 'step'; readonly update: Update }
  | { readonly type: 'view'; readonly view: View }
  | { readonly type: 'ask'; readonly id: number; readonly question: Question };

/** Why there is no trainer, or why it stopped. */
export type Problem =
  | {
      readonly kind: 'unsupported';
      readonly reason: 'noApi' | 'insecure' | 'noAdapter';
      readonly message: string;
    }
  | { readonly kind: 'lost'; readonly reason: string; readonly message: string }
  | { readonly kind: 'fault'; readonly step: number; readonly tensor: string; readonly message: string }
  | { readonly kind: 'gpu'; readonly message: string }
  | { readonly kind: 'configuration'; readonly message: string }
  /** A checkpoint or a saved run that cannot be gone on with. */
  | { readonly kind: 'file'; readonly message: string }
  | { readonly kind: 'internal'; readonly message: string };

/** From the worker. */
export type Report =
  | { readonly type: 'adapter'; readonly name: string }
  /** Saved runs, the last saved first. */
  | { readonly type: 'stored'; readonly runs: readonly StoredRun[] }
  /** The run was saved, or that failed. */
  | ({ readonly type: 'saved'; readonly run: number } & SavingReport)
  /** The run cannot be made before there are images of this shape; `other`: those at hand are not what it was trained on. */
  | {
      readonly type: 'wanting';
      readonly run: number;
      readonly image: ImageShape;
      readonly other: boolean;
      readonly experiment?: Experiment;
    }
  | {
      readonly type: 'configured';
      readonly run: number;
      /** Checked, with all defaults. */
      readonly config: RunConfig;
      readonly picture: PictureKind;
      /** How many classes a conditional run has. */
      readonly classes?: number;
      /** Which experiment it is, where it began from a checkpoint. */
      readonly experiment?: Experiment;
      /** Whether it goes on with other images than it was trained on so far. */
      readonly otherImages: boolean;
      /** What evaluations say: whether JS, of how many modes (0 for none), and whether scores of images follow. */
      readonly measures: { readonly js: boolean; readonly modes: number; readonly images: boolean };
    }
  | {
      readonly type: 'phase';
      readonly run: number;
      readonly phase: Phase;
      /** Iterations: updates of G. */
      readonly step: number;
      /** Updates of D beyond those that belong to `step` iterations; negative where G is ahead. */
      readonly ahead: number;
      readonly memory: MemoryReport;
    }
  /** How the matrix products run, by strategy, with how many run so; `settled` when that changes no more. */
  | {
      readonly type: 'strategies';
      readonly run: number;
      readonly products: ReadonlyMap<string, number>;
      readonly settled: boolean;
    }
  | {
      readonly type: 'metrics';
      readonly run: number;
      readonly columns: MetricsColumns;
      /** The last row, with what is known of that one only. */
      readonly last: MetricsRow;
      readonly step: number;
      /** Absent while it is not training. */
      readonly stepsPerSecond?: number;
    }
  /** The last updates' metrics after a single step, which may be half an iteration. */
  | { readonly type: 'latest'; readonly run: number; readonly row: MetricsRow }
  | {
      readonly type: 'evaluation';
      readonly run: number;
      readonly evaluation: Evaluation;
      readonly snapshot?: Snapshot;
    }
  /** While recording: samples between evaluations, and all that decides what comes next. */
  | { readonly type: 'samples'; readonly run: number; readonly samples: StepSamples }
  | { readonly type: 'checkpoint'; readonly run: number; readonly state: TrainerState }
  /** Scores of images take a while, and come after their evaluation. */
  | { readonly type: 'scores'; readonly run: number; readonly step: number; readonly scores: ImageScores }
  | { readonly type: 'problem'; readonly problem: Problem }
  /** What an edited shader led to, in words. */
  | { readonly type: 'shader'; readonly message: string; readonly failed: boolean }
  | { readonly type: 'reply'; readonly id: number; readonly answer?: unknown; readonly error?: string };
