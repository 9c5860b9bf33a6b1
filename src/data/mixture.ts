// Mixtures of normals without correlation: what ring, grid, gaussian and gaussianMixture are.

import { drawBatch, drawLabels, evaluateDensity } from '../../shaders/mixture.wgsl';
import { linearGrid, work } from '../gpu/work';
import type { Kernel } from '../wgsl/kernel';
import { specialize } from '../wgsl/specialize';
import { type DataSource, distributionSource, type Mode } from './source';

/** A source of points of a mixture, whose classes are its modes; their weights sum to 1, their centers have one or two numbers. */
export function mixtureSource(modes: readonly Mode[]): DataSource {
  const dimensions = modes[0]!.center.length as 1 | 2;
  const constants = { DIMENSIONS: dimensions, COMPONENTS: modes.length };
  const labelKernel = specialize(drawLabels, constants);
  const source = distributionSource({
    drawBatch: specialize(drawBatch, constants),
    evaluateDensity: specialize(evaluateDensity, constants),
    tables: { components: componentTable(modes) },
    distribution: {
      dimensions,
      density: mixtureDensity(modes),
      bounds: {
        low: axes(dimensions, (axis) => Math.min(...modes.map((mode) => reach(mode, axis, -1)))),
        high: axes(dimensions, (axis) => Math.max(...modes.map((mode) => reach(mode, axis, 1)))),
      },
      resolution: Math.min(...modes.map((mode) => mode.standardDeviation)),
      modes,
    },
  });
  if (modes.length < 2) return source;
  const densities = modes.map((mode) => mixtureDensity([mode]));
  return {
    ...source,
    classes: modes.length,
    drawLabels: ({ clock, output, batch, stream, tables }) => {
      const bindings = { clock, random: { ...stream, count: batch }, labels: output };
      const grid = linearGrid(batch, labelKernel as unknown as Kernel);
      return [work(labelKernel, { ...bindings, components: tables.components! }, grid)];
    },
    classAt: (x) => {
      const likely = densities.map((density) => density(x));
      // Far from all of them every density is 0: then the nearest.
      return likely.some((p) => p > 0)
        ? placeOfLargest(likely)
        : placeOfLargest(modes.map((mode) => -distance(mode, x)));
    },
  };
}

const placeOfLargest = (values: readonly number[]) => values.indexOf(Math.max(...values));
const distance = ({ center }: Mode, x: ArrayLike<number>) =>
  Math.hypot(...center.map((c, axis) => x[axis]! - c));

const axes = (dimensions: number, of: (axis: number) => number) =>
  Array.from({ length: dimensions }, (_, axis) => of(axis));

// All but 6e-7 of a normal lies within five standard deviations.
const reach = (mode: Mode, axis: number, sign: number) =>
  mode.center[axis]! + sign * 5 * mode.standardDeviation;

function mixtureDensity(modes: readonly Mode[]): (x: ArrayLike<number>) => number {
  return (x) => {
    let sum = 0;
    for (const { center, standardDeviation, weight } of modes) {
      let squares = 0;
      for (let axis = 0; axis < center.length; axis++) squares += (x[axis]! - center[axis]!) ** 2;
      const variance = standardDeviation ** 2;
      sum +=
        (weight * Math.exp(-squares / (2 * variance))) / Math.sqrt(2 * Math.PI * variance) ** center.length;
    }
    return sum;
  };
}

/**
 * Two vec4s a mode: (x, y, standard deviation, weight) and (share, other, 0, 0), its column of Walker's alias method: a
 * column is as likely as any other and holds its own mode for `share` of it and mode `other` for the rest.
 */
function componentTable(modes: readonly Mode[]): Float32Array<ArrayBuffer> {
  const table = new Float32Array(8 * modes.length);
  modes.forEach(({ center, standardDeviation, weight }, i) => {
    table.set([center[0]!, center[1] ?? 0, standardDeviation, weight, 1, i], 8 * i);
  });
  // What each mode still has to place, in columns. A poor one fills its column up with a rich one's.
  const left = modes.map(({ weight }) => weight * modes.length);
  const poor = left.flatMap((amount, i) => (amount < 1 ? [i] : []));
  const rich = left.flatMap((amount, i) => (amount < 1 ? [] : [i]));
  while (poor.length > 0 && rich.length > 0) {
    const column = poor.pop()!;
    const other = rich.at(-1)!;
    table.set([left[column]!, other], 8 * column + 4);
    left[other]! -= 1 - left[column]!;
    if (left[other]! < 1) poor.push(rich.pop()!);
  }
  return table;
}
