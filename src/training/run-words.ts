// What a run holds and how it computes, in sentences for the command and the page.

import type { MemoryReport } from './run-memory';

const MEMORY_PARTS: readonly (readonly [keyof MemoryReport, string])[] = [
  ['parameters', 'parameters'],
  ['gradients', 'gradients'],
  ['state', 'moments'],
  ['buffers', 'running statistics'],
  ['average', 'averaged generator'],
  ['activations', 'activations'],
  ['data', 'data'],
  ['other', 'metrics, evaluation and samples'],
];

/** What a run holds of the GPU's memory: all of it, and the parts that matter. */
export function memoryInWords(memory: MemoryReport): string {
  const megabytes = (bytes: number) => {
    const size = bytes / 2 ** 20;
    return size.toFixed(size < 10 ? 1 : 0);
  };
  const parts = MEMORY_PARTS.filter(([part]) => memory[part] >= 0.05 * 2 ** 20);
  const listed = parts.map(([part, name]) => `${name} ${megabytes(memory[part])}`).join(', ');
  return `GPU memory ${megabytes(memory.total)} MiB${listed ? `: ${listed}` : ''}.`;
}

/** How the matrix products of an iteration run: nothing of a run that has none to choose for. */
export function productsInWords(products: ReadonlyMap<string, number>, settled: boolean): string {
  if (products.size === 0) return '';
  const sorted = [...products].sort(([, a], [, b]) => b - a);
  const listed = sorted.map(([strategy, number]) => `${number} ${strategy}`).join(', ');
  return `Matrix products: ${listed}${settled ? '' : '; quicker ones are being compiled'}.`;
}
