// What all pictures of a run have in common: where they look, and what is known of the data there.

import { dataSources } from '../data';
import { frameAround, type RunPicture } from '../export/picture';
import type { RunConfig } from '../training/config';

/** What a picture shows beside a snapshot of the networks. */
export type Scene = Pick<RunPicture, 'frame' | 'real' | 'density'>;

/** What all pictures of a run have in common. */
export function sceneOf(config: RunConfig): Scene {
  const data = dataSources.get(config.data.source).create(config.data);
  const { distribution } = data;
  const bounds = distribution?.bounds ?? boundsOf(data.points!.list, data.shape[0]!);
  const frame = frameAround(bounds.low, bounds.high);
  return distribution?.dimensions === 1 ? { frame, density: (x) => distribution.density([x]) } : { frame };
}

function boundsOf(points: Float32Array, dimensions: number): { low: number[]; high: number[] } {
  const low = new Array<number>(dimensions).fill(Number.POSITIVE_INFINITY);
  const high = new Array<number>(dimensions).fill(Number.NEGATIVE_INFINITY);
  points.forEach((x, i) => {
    low[i % dimensions] = Math.min(low[i % dimensions]!, x);
    high[i % dimensions] = Math.max(high[i % dimensions]!, x);
  });
  return { low, high };
}
