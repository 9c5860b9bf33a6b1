// `webgan replay`: recorded games played again, and how far off they end.

import { basename } from 'node:path';
import { readSafetensors } from '../export/safetensors';
import type { StrategyName } from '../gpu/strategies';
import { UserError } from '../math/errors';
import {
  parseReplayCase,
  type ReplayCase,
  type ReplayResult,
  replay,
  type TensorError,
} from '../training/replay';
import type { Console } from './console';
import { readUserFile } from './files';
import { openNodeDevice } from './node-runtime';

export interface ReplayOptions {
  readonly json: boolean;
  readonly strategy?: StrategyName;
}

/**
 * Replays every file. Returns the exit code: 0 if all pass, 1 if one fails, 2 if one cannot be read or uses something
 * that is not built; the others are replayed all the same.
 */
export async function replayFiles(
  files: readonly string[],
  options: ReplayOptions,
  console: Console,
): Promise<number> {
  const cases = files.map((file) => ({ file, ...open(file) }));
  const width = Math.max(...files.map((file) => basename(file).length));
  let code = 0;
  const device = cases.some(({ recorded }) => recorded)
    ? await openNodeDevice({ strategy: options.strategy })
    : undefined;
  try {
    if (device && !options.json) console.out(`Replaying on ${device.name}.`);
    for (const { file, recorded, error } of cases) {
      const outcome = recorded ? await play(() => replay(device!, recorded)) : { error: error! };
      if (outcome.error !== undefined) {
        code = 2;
        console.err(`webgan: ${file}: ${outcome.error.replace(`${file}: `, '')}`);
        if (options.json) console.out(JSON.stringify({ file, pass: false, error: outcome.error }));
        continue;
      }
      const { pass, worst, errors } = outcome.result!;
      if (!pass) code = Math.max(code, 1);
      if (options.json) {
        // JSON knows no infinity: null stands for an error that is not a number.
        const plain = (one: TensorError) => ({
          ...one,
          error: Number.isFinite(one.error) ? one.error : null,
        });
        console.out(JSON.stringify({ file, pass, worst: plain(worst), errors: errors.map(plain) }));
      } else {
        const { tensor, error, tolerance } = worst;
        console.out(
          `${pass ? 'pass' : 'FAIL'}  ${basename(file).padEnd(width)}  worst error ${error.toExponential(1)} of ${tolerance.toExponential(1)} allowed, in ${tensor}`,
        );
      }
    }
  } finally {
    device?.destroy();
  }
  return code;
}

function open(file: string): { recorded?: ReplayCase; error?: string } {
  try {
    return { recorded: parseReplayCase(readSafetensors(readUserFile(file), file)) };
  } catch (error) {
    if (error instanceof UserError) return { error: error.message };
    throw error;
  }
}

async function play(action: () => Promise<ReplayResult>): Promise<{ result?: ReplayResult; error?: string }> {
  try {
    return { result: await action() };
  } catch (error) {
    if (error instanceof UserError || error instanceof RangeError) return { error: error.message };
    throw error;
  }
}
