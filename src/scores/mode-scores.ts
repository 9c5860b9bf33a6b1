// The measures of the small published benchmarks: how many modes samples find, how many lie in one, how evenly they are spread.
// Srivastava et al. 2017 (VEEGAN), Lin et al. 2018 (PacGAN).

import { klFromUniform } from './class-scores';

export interface ModeScores {
  /** Modes with at least one sample of high quality. */
  readonly modes: number;
  /** Share of the samples within three standard deviations of a mode. */
  readonly highQuality: number;
  /** KL(samples ‖ uniform) over the modes, each sample counted for the nearest one, in nats; 0 is even. */
  readonly reverseKl: number;
}

const REACH = 3;

/**
 * @param points [n, 2]
 * @param centers of normals that are all as likely and as wide
 */
export function scoreModes(
  points: ArrayLike<number>,
  centers: readonly (readonly number[])[],
  standardDeviation: number,
): ModeScores {
  const found = new Set<number>();
  const counts = centers.map(() => 0);
  const count = points.length / 2;
  let near = 0;
  for (let i = 0; i < count; i++) {
    let [nearest, least] = [0, Number.POSITIVE_INFINITY];
    centers.forEach(([x, y], mode) => {
      const distance = Math.hypot(points[2 * i]! - x!, points[2 * i + 1]! - y!);
      if (distance < least) [nearest, least] = [mode, distance];
    });
    counts[nearest]! += 1;
    if (least > REACH * standardDeviation) continue;
    near++;
    found.add(nearest);
  }
  return {
    modes: found.size,
    highQuality: near / count,
    reverseKl: klFromUniform(counts.map((n) => n / count)),
  };
}

/**
 * Modes and KL of stacked pictures: a mode is the classes of the three channels.
 * @param classes [channel][n]
 */
export function scoreStackedModes(
  classes: readonly ArrayLike<number>[],
  classCount: number,
): Pick<ModeScores, 'modes' | 'reverseKl'> {
  const count = classes[0]!.length;
  const counts = new Array<number>(classCount ** classes.length).fill(0);
  for (let i = 0; i < count; i++)
    counts[classes.reduce((mode, channel) => mode * classCount + channel[i]!, 0)]! += 1;
  return {
    modes: counts.filter((n) => n > 0).length,
    reverseKl: klFromUniform(counts.map((n) => n / count)),
  };
}

/** A mean, and its standard error over trials; 0 of a single trial. */
export function meanAndError(values: readonly number[]): { mean: number; error: number } {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  if (values.length < 2) return { mean, error: 0 };
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1);
  return { mean, error: Math.sqrt(variance / values.length) };
}
