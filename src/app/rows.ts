// Metrics rows as columns, which go from the worker to the page without being copied.

import type { MetricsRow } from '../training/metrics';
import type { MetricName, MetricsColumns } from './protocol';

export function metricsColumns(rows: readonly MetricsRow[]): {
  columns: MetricsColumns;
  transfer: Transferable[];
} {
  const column = (name: MetricName) => Float32Array.from(rows, (row) => row[name]);
  const columns = {
    step: Float64Array.from(rows, ({ step }) => step),
    discriminatorLoss: column('discriminatorLoss'),
    generatorLoss: column('generatorLoss'),
    value: column('value'),
    realScore: column('realScore'),
    fakeScore: column('fakeScore'),
    realSign: column('realSign'),
  };
  return { columns, transfer: Object.values(columns).map(({ buffer }) => buffer) };
}
