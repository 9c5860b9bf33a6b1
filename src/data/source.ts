// The contract of a data source: what D is shown as real, and what is known about it.

import type * as v from 'valibot';
import type { Draw } from '../gpu/draw';
import { linearGrid, type Slot, type Work, work } from '../gpu/work';
import type { Box } from '../math/quadrature';
import type { Kernel } from '../wgsl/kernel';
import type { ImageSet } from './image-set';

/** Slots that hold a source's `tables`, by the tables' names. */
export type TableSlots = Readonly<Record<string, Slot>>;

export interface DataDraw extends Draw {
  readonly tables: TableSlots;
}

export interface DataSource {
  /** A sample's shape: [1] or [2] for points. */
  readonly shape: readonly number[];
  /** Constant numbers that the kernels read; whoever runs them keeps each in a slot. */
  readonly tables: Readonly<Record<string, Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>>;
  /** The work that fills `draw.output`, [batch, …shape] with channels last, from one draw of one stream. */
  draw(draw: DataDraw): readonly Work[];
  /** Set where samples are pictures, from −1 black to 1 white. */
  readonly image?: { readonly channels: 1 | 3; readonly height: number; readonly width: number };
  /** What tells its samples from others where the configuration names files: of images, `fingerprintOf`. */
  fingerprint?(): string;
  /** How many classes the samples are of, where that is known. */
  readonly classes?: number;
  /** The work that fills `draw.output`, u32 [batch], with the classes of the samples that `draw` draws from the same. */
  drawLabels?(draw: DataDraw): readonly Work[];
  /** The class that a point [dimensions] most likely is of, where classes are places. */
  classAt?(point: ArrayLike<number>): number;
  /** The known density of points of one or two dimensions. */
  readonly distribution?: Distribution;
  /** Where a list of points is all that is known: the list, [n, …shape], and the deviation added to each draw. */
  readonly points?: { readonly list: Float32Array<ArrayBuffer>; readonly jitter: number };
}

export interface Distribution {
  readonly dimensions: 1 | 2;
  /** Normalised density in float64, per unit of length or area. */
  density(x: ArrayLike<number>): number;
  /** Holds all but about 1e-6 of the mass: for pictures, quadrature and histograms. */
  readonly bounds: Box;
  /** The length over which the density changes: a standard deviation, or a share of a side that an edge falls on. */
  readonly resolution: number;
  /** A mixture's components. */
  readonly modes?: readonly Mode[];
  /** The work that writes the density at `count` points, [count, dimensions], to `output`, [count]. */
  densityWork(slots: DensitySlots): readonly Work[];
}

export interface Mode {
  /** `dimensions` numbers. */
  readonly center: readonly number[];
  readonly standardDeviation: number;
  /** Its share of the samples; all shares sum to 1. */
  readonly weight: number;
}

export interface DensitySlots {
  readonly points: Slot;
  readonly output: Slot;
  readonly count: number;
  readonly tables: TableSlots;
}

// biome-ignore lint/suspicious/noExplicitAny: a schema of any object with a `source`.
export type DataSchema = v.GenericSchema<any, { readonly source: string }>;

/** What a configuration names and does not hold: whoever has read it hands it over beside the configuration. */
export interface DataContent {
  readonly images?: ImageSet;
}

/** A data source as a plug-in: its name and options in a configuration, and how to make it. */
export interface DataPlugin<Schema extends DataSchema = DataSchema> {
  readonly source: string;
  /** What is drawn, in a sentence, and from which distribution, in a line. */
  readonly summary: string;
  readonly formula: string;
  readonly schema: Schema;
  /** Without the content that it needs a source still knows its shape, but cannot be drawn from. */
  create(config: v.InferOutput<Schema>, content?: DataContent): DataSource;
}

/** Types a plug-in by its schema; a source's file exports what this returns as its default. */
export function defineData<Schema extends DataSchema>(plugin: DataPlugin<Schema>): DataPlugin<Schema> {
  return plugin;
}

type Bindings<K> = K extends Kernel<infer Shapes, string> ? Shapes : never;
type Sampler = Bindings<typeof import('../../shaders/uniform.wgsl').drawBatch>;
type Evaluator = Bindings<typeof import('../../shaders/uniform.wgsl').evaluateDensity>;

/** What a source is made of; its kernels are the two entry points of lib/distribution.wgsl. */
export interface DistributionParts {
  readonly drawBatch: Kernel<Sampler, string>;
  readonly evaluateDensity: Kernel<Evaluator, string>;
  readonly tables?: DataSource['tables'];
  readonly distribution: Omit<Distribution, 'densityWork'>;
}

/** A source of points with a known density, from its kernels and its float64 twin. */
export function distributionSource(parts: DistributionParts): DataSource {
  const { drawBatch, evaluateDensity, tables = {}, distribution } = parts;
  return {
    shape: [distribution.dimensions],
    tables,
    draw: (draw) => [sampleWork(drawBatch, draw)],
    distribution: {
      ...distribution,
      densityWork: ({ points, output, count, tables }) => {
        const bindings = { points, density: output, query: { count }, ...tables };
        return [work(evaluateDensity, bindings, linearGrid(count, evaluateDensity as unknown as Kernel))];
      },
    },
  };
}

/** One dispatch of `drawBatch` (lib/sampler.wgsl). */
export function sampleWork(drawBatch: Kernel<Sampler, string>, draw: DataDraw): Work {
  const { clock, output, batch, stream, tables } = draw;
  const bindings = { clock, random: { ...stream, count: batch }, output, ...tables };
  return work(drawBatch, bindings, linearGrid(batch, drawBatch as unknown as Kernel));
}
