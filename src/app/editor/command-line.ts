// An experiment as a line for a shell.

import type { Experiment } from '../address';

/** Fields that have an option of their own. */
const OPTIONS: Readonly<Record<string, string>> = {
  steps: '--steps',
  seed: '--seed',
  batchSize: '--batch-size',
};

/** `webgan train ring --seed 3 --set loss=hinge`, quoted for a POSIX shell. */
export function commandLine({ preset, overrides }: Experiment): string {
  const options = Object.entries(overrides).map(([path, value]) => {
    const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
    const option = OPTIONS[path];
    return option ? `${option} ${quoted(text)}` : `--set ${quoted(`${path}=${text}`)}`;
  });
  return ['webgan train', quoted(preset), ...options].join(' ');
}

const quoted = (text: string): string =>
  /^[\w./:=,+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
