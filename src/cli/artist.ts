// How a run is drawn: points beside what D thinks of the plane, or images in rows.

import { dataSources } from '../data';
import { fieldPoints, frameAround, type RunPicture } from '../export/picture';
import { encodePng } from '../export/png';
import { imageGrid, toRasters } from '../export/raster';
import type { RunConfig } from '../training/config';
import { classGrid, conditionOf } from '../training/labels';
import { renderPicture } from './canvas';

/** What there is to be drawn at a step. */
export type Subject = Pick<RunPicture, 'title' | 'caption' | 'real' | 'generated' | 'field'>;

export interface Artist {
  /** How many samples of each kind a picture has. */
  readonly samples: number;
  /** [n, …sample]: where D is to be asked. */
  readonly points: Float32Array;
  /**
   * [channels, height, width], where samples are images: they are drawn at every report, with the real ones on a picture
   * of their own, and become an animation.
   */
  readonly imageShape?: readonly number[];
  /** A picture as PNG. */
  draw(subject: Subject): Promise<Uint8Array>;
}

const POINTS = 2048;
/** Images in a picture, in rows of eight; of a conditional run as many as show its classes, a row each. */
const IMAGES = 64;

/** Who draws the runs of a configuration. */
export function artistOf(config: RunConfig): Artist {
  const { image, shape, distribution, points } = dataSources.get(config.data.source).create(config.data);
  if (image) {
    const classes = conditionOf(config);
    const grid = classes === undefined ? undefined : classGrid(classes);
    return {
      samples: grid ? grid.rows * grid.columns : IMAGES,
      points: new Float32Array(),
      imageShape: shape,
      draw: async ({ generated }) =>
        encodePng(imageGrid(toRasters(generated, shape), grid && { columns: grid.columns })),
    };
  }
  const bounds = distribution?.bounds ?? boundsOf(points!.list, shape[0]!);
  const frame = frameAround(bounds.low, bounds.high);
  const density = distribution?.dimensions === 1 ? (x: number) => distribution.density([x]) : undefined;
  return {
    samples: POINTS,
    points: fieldPoints(frame),
    draw: (subject) => renderPicture({ ...subject, frame, ...(density && { density }) }),
  };
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
