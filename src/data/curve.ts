// Points along curves with normal noise around them: what spiral, moons, circles, swissRoll and line are.

import { drawBatch, evaluateDensity } from '../../shaders/curve.wgsl';
import { normalInterval } from '../math/normal';
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
 * density is a sum of closed forms (shaders/curve.wgsl).
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

/** The mean over segments of N(across; 0, σ²) · (Φ(along/σ) − Φ((along − length)/σ)) / length. */
function curveDensity(segments: Float32Array, deviation: number): (x: ArrayLike<number>) => number {
  const count = segments.length / 4;
  const peak = 1 / (Math.sqrt(2 * Math.PI) * deviation * count);
  // Start, direction and length of each, in standard deviations: once, since many points will be asked for.
  const scaled = Float64Array.from(segments, (x) => x / deviation);
  const lengths = Float64Array.from({ length: count }, (_, i) => {
    const [x, y, toX, toY] = scaled.subarray(4 * i, 4 * i + 4);
    const length = Math.hypot(toX! - x!, toY! - y!);
    scaled.set([(toX! - x!) / length, (toY! - y!) / length], 4 * i + 2);
    return length;
  });
  // exp(−40) is nothing beside what any point of the bounds has, and most segments are farther than that from a point.
  const farthest = Math.sqrt(80);
  return (x) => {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const px = x[0]! / deviation - scaled[4 * i]!;
      const py = x[1]! / deviation - scaled[4 * i + 1]!;
      const [dx, dy, length] = [scaled[4 * i + 2]!, scaled[4 * i + 3]!, lengths[i]!];
      const across = px * dy - py * dx;
      const along = px * dx + py * dy;
      if (across > farthest || across < -farthest || along < -farthest || along - length > farthest) continue;
      sum +=
        (Math.exp((-across * across) / 2) * normalInterval(along - length, along)) / (length * deviation);
    }
    return sum * peak;
  };
}
