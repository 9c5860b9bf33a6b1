// The progress line: where the run is, how fast, how long yet, and how the game stands.

import type { Evaluation } from '../training/evaluate';
import type { MetricsRow } from '../training/metrics';
import { count, duration, fixed } from './words';

/** What the line says, from the rows since the last report and the last evaluation. */
export function progressLine(
  rows: readonly MetricsRow[],
  steps: number,
  stepsPerSecond: number,
  evaluation: Evaluation | undefined,
): string {
  const step = rows.at(-1)!.step;
  // A batch says little: the mean since the last report says more.
  const mean = (key: 'value' | 'realScore' | 'fakeScore') =>
    rows.reduce((sum, row) => sum + row[key], 0) / rows.length;
  const parts = [
    `${count(step)} of ${count(steps)}`,
    `${count(Number(stepsPerSecond.toPrecision(3)))} steps/s`,
    `${duration((steps - step) / stepsPerSecond)} left`,
    `V(D,G) ${fixed(mean('value'))}`,
    `D(x) ${fixed(mean('realScore'), 2)}`,
    `D(G(z)) ${fixed(mean('fakeScore'), 2)}`,
  ];
  if (evaluation?.js !== undefined) parts.push(`JS ${fixed(evaluation.js)}`);
  if (evaluation?.modes !== undefined) parts.push(`modes ${evaluation.modes}/${evaluation.modesTotal}`);
  return parts.join(' · ');
}
