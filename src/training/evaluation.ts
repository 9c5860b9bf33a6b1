// How good the generated points are: their histogram against the known density, and a mixture's modes.

import { clearCounts, countCells } from '../../shaders/histogram.wgsl';
import { countModes } from '../../shaders/modes.wgsl';
import type { DataSource, Distribution, TableSlots } from '../data/source';
import { linearGrid, type Slot, type Work, work } from '../gpu/work';
import {
  type Cells,
  cellProbabilities,
  cutBox,
  histogramDivergence,
  pointProbabilities,
} from '../math/histogram';
import type { Box } from '../math/quadrature';
import type { Kernel } from '../wgsl/kernel';
import { specialize } from '../wgsl/specialize';

/**
 * What an evaluation says. Each score has its floor beside it: the same measure on as many true samples, which is what a
 * perfect generator would get.
 */
export interface Scores {
  /** Jensen–Shannon divergence in nats between the histogram of generated points and the data's, 0 to log 2. */
  readonly js: number;
  readonly jsFloor: number;
  /** Modes found, of `modesTotal`; only for mixtures, as all that follow. */
  readonly modes?: number;
  readonly modesTotal?: number;
  /** The share of samples within three standard deviations of the nearest mode. */
  readonly highQuality?: number;
  readonly highQualityFloor?: number;
}

export interface EvaluationSlots {
  /** [sampleCount, dimensions] */
  readonly samples: Slot;
  /** [countsLength], u32; overwritten. */
  readonly counts: Slot;
  /** Slots that hold `tables`. */
  readonly tables: TableSlots;
}

export interface Evaluator {
  /** How many samples to evaluate, generated ones and true ones. */
  readonly sampleCount: number;
  readonly countsLength: number;
  readonly tables: Readonly<Record<string, Float32Array<ArrayBuffer>>>;
  /** The work that counts one set of samples. */
  works(slots: EvaluationSlots): readonly Work[];
  /** The scores, from the counts of generated and of true samples. */
  interpret(generated: Uint32Array, real: Uint32Array): Scores;
}

/**
 * With n samples the floor of JS is about (cells reached) / (8 n). The 25 modes of `grid` reach about 25 · 16 cells, which
 * makes 0.003: small beside the 0.15 that separate good from bad.
 */
const SAMPLES = 16_384;

/** A sample is of high quality within this many standard deviations of a mode, as in the papers below. */
const REACH = 3;

/**
 * A mode counts as found when at least this share of the samples that are its due (weight · n) are of high quality.
 * VEEGAN (Srivastava et al., 2017) and PacGAN (Lin et al., 2018) ask for a single sample; with many samples that takes
 * a stray one for a mode.
 */
const FOUND = 0.1;

/** Cells of a histogram along an axis at most: 65,536 counters in all. */
const LIMIT = { 1: 1024, 2: 256 } as const;

/** JS ≥ (V(D, G) + 2 log 2) / 2 for every D, on expectations: the discriminator's own estimate, from below. */
export const lowerBound = (value: number): number => (value + 2 * Math.LN2) / 2;

/** How samples of a source are evaluated; undefined where neither a density nor a list of points is known. */
export function createEvaluator(source: DataSource): Evaluator | undefined {
  const reference = source.distribution ? densityReference(source.distribution) : pointsReference(source);
  if (!reference) return undefined;
  const { cells, probabilities } = reference;
  const dimensions = cells.box.low.length;
  const cellCount = cells.columns * cells.rows + 1;
  const modes = modesOf(source);
  return {
    sampleCount: SAMPLES,
    countsLength: cellCount + modes.length,
    tables: modes.length > 0 ? { modes: modeTable(modes) } : {},
    works: ({ samples, counts, tables }) => {
      const settings = {
        count: SAMPLES,
        columns: cells.columns,
        rows: cells.rows,
        counters: cellCount + modes.length,
        low: pair(cells.box.low, 0),
        scale: pair(scaleOf(cells), 1),
      };
      const clear = work(
        clearCounts,
        { counts, cells: settings },
        linearGrid(settings.counters, clearCounts as unknown as Kernel),
      );
      const cellKernel = specialize(countCells, { DIMENSIONS: dimensions });
      const grid = linearGrid(SAMPLES, cellKernel as unknown as Kernel);
      const list = [clear, work(cellKernel, { points: samples, counts, cells: settings }, grid)];
      if (modes.length === 0) return list;
      const modeKernel = specialize(countModes, { DIMENSIONS: dimensions, MODES: modes.length, REACH });
      const modeCount = { count: SAMPLES, first: cellCount };
      const bindings = { points: samples, counts, modeCount, modes: tables.modes! };
      return [...list, work(modeKernel, bindings, grid)];
    },
    interpret: (generated, real) => {
      const js = (counts: Uint32Array) => histogramDivergence(counts.subarray(0, cellCount), probabilities());
      const scores = { js: js(generated), jsFloor: js(real) };
      if (modes.length === 0) return scores;
      const found = modes.filter(
        ({ weight }, i) => generated[cellCount + i]! >= Math.max(1, FOUND * weight * SAMPLES),
      );
      return {
        ...scores,
        modes: found.length,
        modesTotal: modes.length,
        highQuality: sum(generated.subarray(cellCount)) / SAMPLES,
        highQualityFloor: sum(real.subarray(cellCount)) / SAMPLES,
      };
    },
  };
}

interface Reference {
  readonly cells: Cells;
  /** Of every cell and, last, of what lies outside. */
  readonly probabilities: () => Float64Array;
}

/** A cell's side in units of the density's resolution. */
const CELL = { 1: 1 / 8, 2: 2 } as const;

/**
 * Cells of two resolutions (for a mode: 2 σ) in the plane and an eighth of one on the line, where there is room. A coarser
 * histogram is blind to modes of the wrong width: of the divergence between σ and 1.5 σ, cells of one σ see 9/10, cells
 * of 2 σ 7/10 and cells of 5 σ nearly nothing (evaluation.test.ts). A finer one asks for more than a GAN of this size
 * gives, and has a higher floor.
 */
function densityReference({ dimensions, bounds, resolution, density }: Distribution): Reference {
  const cells = cutBox(bounds, CELL[dimensions] * resolution, LIMIT[dimensions]);
  return { cells, probabilities: once(() => cellProbabilities(cells, density, resolution)) };
}

/**
 * Cells after Scott's rule, 3.5 σ n^(−1/(2 + d)) (Multivariate Density Estimation, 1992), as wide as the least spread of
 * the axes asks: as fine as a list of n points can tell.
 */
function pointsReference({ points, shape }: DataSource): Reference | undefined {
  if (!points) return undefined;
  const { list, jitter } = points;
  const dimensions = shape[0] as 1 | 2;
  const count = list.length / dimensions;
  const axes = Array.from({ length: dimensions }, (_, axis) => axisOf(list, dimensions, axis, jitter));
  const box: Box = { low: axes.map(({ low }) => low), high: axes.map(({ high }) => high) };
  const size = 3.5 * Math.min(...axes.map(({ deviation }) => deviation)) * count ** (-1 / (2 + dimensions));
  const cells = cutBox(box, size, LIMIT[dimensions]);
  return { cells, probabilities: once(() => pointProbabilities(cells, list, jitter)) };
}

/** One axis' spread, and ends that hold every point with room for the jitter and for rounding. */
function axisOf(list: Float32Array, dimensions: number, axis: number, jitter: number) {
  const values = list.filter((_, i) => i % dimensions === axis);
  const mean = sum(values) / values.length;
  const [least, most] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
  const variance = values.reduce((total, x) => total + (x - mean) ** 2, 0) / values.length + jitter ** 2;
  // Points that are all alike have no spread; any cell around them will do.
  const deviation = Math.sqrt(variance) || 1;
  const margin = 5 * jitter + 0.01 * deviation;
  return { low: least - margin, high: most + margin, deviation };
}

/** A single mode is not worth counting. */
const modesOf = ({ distribution }: DataSource) => {
  const modes = distribution?.modes ?? [];
  return modes.length > 1 ? modes : [];
};

function modeTable(modes: NonNullable<Distribution['modes']>): Float32Array<ArrayBuffer> {
  return new Float32Array(
    modes.flatMap(({ center, standardDeviation }) => [center[0]!, center[1] ?? 0, standardDeviation, 0]),
  );
}

const scaleOf = ({ box, columns, rows }: Cells) =>
  [columns, rows].slice(0, box.low.length).map((cells, axis) => cells / (box.high[axis]! - box.low[axis]!));
const pair = ([x, y]: readonly number[], missing: number) => [x!, y ?? missing];
const sum = (values: ArrayLike<number>) => {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
};

/** Computed when first asked for: it takes some tenths of a second for the larger histograms. */
function once<T>(compute: () => T): () => T {
  let value: T | undefined;
  return () => {
    value ??= compute();
    return value;
  };
}
