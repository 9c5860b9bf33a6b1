// Ways through the space of noise: what lies between two samples.

import type { GeneratorChoice } from '../training/inference';
import type { Trainer } from '../training/trainer';

/** Kinds of noise whose samples lie near a sphere, where the straight way between two leads through a place that is never drawn. */
const ROUND = ['normal', 'truncatedNormal', 'sphere'];

/**
 * Noise on the way from each given point to the next one, [rows, columns, size]: row r begins at point r and ends at
 * point r + 1, the last row at the first point, so that the end of a row is the beginning of the next.
 * Normal noise is interpolated on the sphere (Shoemake 1985; White 2016, https://arxiv.org/abs/1609.04468).
 * @param points [rows, size]
 * @param type of the noise, as the configuration names it
 */
export function interpolateNoise(
  points: Float32Array,
  size: number,
  columns: number,
  type: string,
): Float32Array<ArrayBuffer> {
  const rows = points.length / size;
  const result = new Float32Array(rows * columns * size);
  for (let row = 0; row < rows; row++) {
    const from = points.subarray(row * size, (row + 1) * size);
    const to = points.subarray(((row + 1) % rows) * size, ((row + 1) % rows) * size + size);
    for (let column = 0; column < columns; column++) {
      const t = columns > 1 ? column / (columns - 1) : 0;
      const [a, b] = ROUND.includes(type) ? spherical(from, to, t) : [1 - t, t];
      const at = (row * columns + column) * size;
      for (let i = 0; i < size; i++) result[at + i] = a * from[i]! + b * to[i]!;
    }
  }
  return result;
}

/** So many ways between samples, each of so many samples. */
export interface Ways extends GeneratorChoice {
  readonly rows: number;
  readonly columns: number;
  /** Of the samples at their ends: the first ones of `Trainer.sample`. */
  readonly seed: number;
  /** Of a conditional run: the class of all of them. Where absent, each way is of the next class. */
  readonly label?: number | undefined;
}

/** [rows · columns, …sample]: G along the ways of `interpolateNoise`, each of which keeps its class. */
export async function drawWays(
  trainer: Trainer,
  { rows, columns, seed, label, ...choice }: Ways,
): Promise<Float32Array> {
  const { type, size } = trainer.config.noise;
  const { classes } = trainer.run;
  const labels = Uint32Array.from(
    { length: rows * columns },
    (_, i) => label ?? Math.floor(i / columns) % (classes ?? 1),
  );
  const noise = interpolateNoise(await trainer.noise(rows, seed), size, columns, type);
  return trainer.generate(noise, { ...choice, ...(classes && { labels }) });
}

/** Weights of both ends at t: sin((1 − t)ω)/sin ω and sin(tω)/sin ω, ω the angle between them. */
function spherical(from: Float32Array, to: Float32Array, t: number): [number, number] {
  const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
  const cosine = dot(from, to) / Math.sqrt(dot(from, from) * dot(to, to));
  const angle = Math.acos(Math.max(-1, Math.min(1, cosine)));
  // Ends in one direction, or in opposite ones, have no way around that is shorter than the others: the straight one.
  if (!(Math.sin(angle) > 1e-6)) return [1 - t, t];
  return [Math.sin((1 - t) * angle) / Math.sin(angle), Math.sin(t * angle) / Math.sin(angle)];
}
