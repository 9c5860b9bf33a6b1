// Points along curves with normal noise around them: what spiral, moons, circles, swissRoll and line are.

import { drawBatch, evaluateDensity } from '../../shaders/curve.wgsl';
import { compositeRule } from '../math/quadrature';
import { specialize } from '../wgsl/specialize';
import { type DataSource, distributionSource } from './source';

export type Point = readonly [x: number, y: number];

/** A curve from t = 0 to t = 1; its points are drawn evenly in t. */
export type Curve = (t: number) => Point;

/** Segments of all curves together: enough that none of the curves here looks like a polygon. */
const SEGMENTS = 256;

/**
 * A source of points that lie along one of the curves, each curve and each stretch of t as likely, plus
 * N(0, standardDeviation² I). The curves are taken as polygons of equally likely segments, on the GPU too, so that the
 * density is known exactly (shaders/curve.wgsl).
 */
export function curveSource(curves: readonly Curve[], standardDeviation: number): DataSource {
  const perCurve = Math.floor(SEGMENTS / curves.length);
  const segments = new Float32Array(
    curves.flatMap((curve) =>
      Array.from({ length: perCurve }, (_, i) => [
        ...curve(i / perCurve),
        ...curve((i + 1) / perCurve),
      ]).flat(),
    ),
  );
  const constants = { SEGMENTS: segments.length / 4, STANDARD_DEVIATION: standardDeviation };
  const axis = (offset: number) => segments.filter((_, i) => i % 2 === offset);
  // All but 6e-7 of a normal lies within five standard deviations.
  const margin = 5 * standardDeviation;
  return distributionSource({
    drawBatch: specialize(drawBatch, constants),
    evaluateDensity: specialize(evaluateDensity, constants),
    tables: { segments },
    distribution: {
      dimensions: 2,
      density: curveDensity(segments, standardDeviation),
      bounds: {
        low: [Math.min(...axis(0)) - margin, Math.min(...axis(1)) - margin],
        high: [Math.max(...axis(0)) + margin, Math.max(...axis(1)) + margin],
      },
      resolution: standardDeviation,
    },
  });
}

/**
 * The density at a point: the normal's, averaged along the segments by Gauss–Legendre with four points for each standard
 * deviation of length, which leaves an error of 6e-8 of the peak. The GPU's closed form takes ten times as long here.
 */
function curveDensity(segments: Float32Array, deviation: number): (x: ArrayLike<number>) => number {
  const nodes: { x: number; y: number; weight: number }[] = [];
  for (let i = 0; i < segments.length; i += 4) {
    const [x, y, toX, toY] = segments.subarray(i, i + 4) as unknown as readonly [
      number,
      number,
      number,
      number,
    ];
    const rule = compositeRule(0, 1, Math.ceil(Math.hypot(toX - x, toY - y) / deviation), 4);
    rule.points.forEach((t, k) => {
      const weight = (4 * rule.weights[k]!) / segments.length / (2 * Math.PI * deviation ** 2);
      nodes.push({ x: x + t * (toX - x), y: y + t * (toY - y), weight });
    });
  }
  // In arrays and without the far nodes' exp(−25): histograms ask for a hundred thousand points.
  const [xs, ys, weights] = (['x', 'y', 'weight'] as const).map((key) =>
    Float64Array.from(nodes, (node) => node[key]),
  );
  const farthest = 50 * deviation ** 2;
  return (point) => {
    const [x, y] = [point[0]!, point[1]!];
    let sum = 0;
    for (let i = 0; i < xs!.length; i++) {
      const squares = (x - xs![i]!) ** 2 + (y - ys![i]!) ** 2;
      if (squares < farthest) sum += weights![i]! * Math.exp(-squares / (2 * deviation ** 2));
    }
    return sum;
  };
}
