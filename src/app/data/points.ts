// Lists of points that a person opened, in place of a preset's own data.

import { DEFAULT_PRESET } from '../../presets';
import type { Experiment } from '../address';

export interface PointList {
  /** The file's name. */
  readonly file: string;
  readonly points: readonly (readonly number[])[];
}

/** @throws UserError where the file is no list of points */
export async function readPointList(file: File): Promise<PointList> {
  // The page needs what parses them only here.
  const { parsePoints } = await import('../../data/points');
  return { file: file.name, points: parsePoints(await file.text(), file.name) };
}

/** The networks for points in the plane or on a line, on this file; its points are not part of the address. */
export function pointsExperiment({ file, points }: PointList): Experiment {
  const preset = points[0]!.length === 1 ? 'gaussian-1d' : DEFAULT_PRESET;
  return { preset, overrides: { data: { source: 'points', file } } };
}

/** A configuration with the points of its file, where that is the one that was opened. */
export function fillInPointList(config: object, list: PointList | undefined): object {
  const { data } = config as { data?: { source?: unknown; file?: unknown; points?: unknown } };
  if (data?.source !== 'points' || data.points !== undefined || data.file !== list?.file) return config;
  return { ...config, data: { ...data, points: list?.points } };
}
