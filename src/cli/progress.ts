// The progress line: where the run is, how fast, how long yet, and how the game stands.

import type { Evaluation } from '../training/evaluate';
import type { MetricsRow } from '../training/metrics';
import { count, duration, fixed } from './words';

/**
 * What the line says, from the rows since the last report and the last evaluation; in fewer words where more do not
 * fit into `width` columns.
 */
export function progressLine(
  rows: readonly MetricsRow[],
  steps: number,
  stepsPerSecond: number,
  evaluation: Evaluation | undefined,
  width = Number.POSITIVE_INFINITY,
): string {
  const step = rows.at(-1)!.step;
  // A batch says little: the mean since the last report says more.
  const mean = (key: 'value' | 'realScore' | 'fakeScore') =>
    rows.reduce((sum, row) => sum + row[key], 0) / rows.length;
  const rate = count(Number(stepsPerSecond.toPrecision(3)));
  const left = `${duration((steps - step) / stepsPerSecond)} left`;
  const value = fixed(mean('value'));
  const scores = [`D(x) ${fixed(mean('realScore'), 2)}`, `D(G(z)) ${fixed(mean('fakeScore'), 2)}`];
  if (evaluation?.js !== undefined) scores.push(`JS ${fixed(evaluation.js)}`);
  if (evaluation?.modes !== undefined) scores.push(`modes ${evaluation.modes}/${evaluation.modesTotal}`);
  const whole = [
    `${count(step)} of ${count(steps)}`,
    `${rate} steps/s`,
    left,
    `V(D,G) ${value}`,
    ...scores,
  ].join(' · ');
  if (whole.length <= width) return whole;
  return [`${count(step)}/${count(steps)}`, `${rate}/s`, left, `V ${value}`, ...scores].join(' ');
}
