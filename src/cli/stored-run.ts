// A run's folder to go on in: what it was, how far it got, and how it is cut back to its checkpoint.

import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readCheckpoint, writeCheckpoint } from '../export/checkpoint';
import { UserError } from '../math/errors';
import { parseConfig, type RunConfig } from '../training/config';
import { halvedRates, type Rates, withRates } from '../training/rates';
import type { TrainerState } from '../training/tensor';
import { isUnfinished, readUserFile, writeWhole, writing } from './files';
import { lockFolder } from './lock';
import { openFolder, type RunFolder, writeConfig } from './run-folder';
import { applySetting } from './settings';

/** A state to go on from, and the file that it was read from. */
export interface SavedState {
  readonly state: TrainerState;
  readonly file: string;
}

export interface StoredRun {
  readonly path: string;
  readonly name: string;
  /** The run's own, with what was newly set. */
  readonly config: RunConfig;
  /** Of the checkpoint; nothing where the run broke off before its first one, and begins anew. */
  readonly saved: SavedState | undefined;
  /** Iterations and seconds up to the checkpoint. */
  readonly step: number;
  readonly seconds: number;
  /** `summary.json` of a run that ended at this step and has nothing left to do. */
  readonly finished: object | undefined;
  /** The network whose learning rate falls over the run's steps, which then are fixed. */
  readonly falling: 'discriminator' | 'generator' | undefined;
  /** The run's lines of metrics up to there. */
  readonly lines: readonly object[];
  /** Whether its learning rates were halved already, after numbers that were no longer finite. */
  readonly recovered: boolean;
  /**
   * Drops what was written after the checkpoint, and halves the learning rates of both optimizers from there on: in the metrics,
   * the checkpoint and the configuration. @returns the run as it is then
   */
  recover(fault: Fault): StoredRun;
  /** Drops what was written after the checkpoint, and opens the folder to write on. */
  resume(): RunFolder;
  /** Leaves the folder to others, as it is. */
  release(): void;
}

/** The first number that was not finite. */
export interface Fault {
  readonly step: number;
  readonly tensor: string;
}

/** What a line of metrics says where a run went back to its checkpoint and on at other learning rates. */
interface Recovery {
  readonly step: number;
  readonly recovered: { readonly fault: Fault; readonly learningRate: Rates };
}

/** What only says how far a run goes and what is written of it: all else makes another run of it. */
const SETTABLE = ['steps', 'reportEvery', 'evaluateEvery'] as const satisfies (keyof RunConfig)[];

/**
 * Locks a run's folder and reads what it holds.
 * @param run a run's folder, its checkpoint, or its name in `runs`.
 * @param settings `path=value` to go on with; only those of `SETTABLE` may say something new.
 * @throws UserError where the run cannot be gone on with, or not so.
 */
export function openStoredRun(run: string, settings: readonly string[]): StoredRun {
  const path = findRun(run);
  const unlock = lockFolder(path);
  try {
    return readRun(path, settings, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

function readRun(path: string, settings: readonly string[], unlock: () => void): StoredRun {
  const file = join(path, 'checkpoint.safetensors');
  const checkpoint = existsSync(file) ? readCheckpoint(readUserFile(file), file) : undefined;
  if (!checkpoint && (readSummary(path)?.step ?? 0) > 0) {
    throw new UserError(
      `${file}: is missing, though the run has ended before and had one; putting it back, or training anew with webgan train ${join(path, 'config.json')}, would do.`,
    );
  }
  const step = checkpoint?.state.updates.generator ?? 0;
  const { bytes, seconds, lines } = metricsUpTo(path, step);
  const recovery = lines.find((line): line is Recovery => 'recovered' in line);
  const stored = storedConfig(path, checkpoint?.config, recovery);
  const config = withSettings(stored, settings, step);
  const resume = () =>
    writing(path, () => {
      cutBack(path, step, bytes);
      writeConfig(path, config);
      return openFolder(path, unlock, () => {});
    });
  // The line of metrics comes first: once it is there, files that were not written yet are read as if they were.
  const recover = (fault: Fault) => {
    const learningRate = halvedRates(config);
    const slower = withRates(config, learningRate);
    writing(path, () => {
      cutBack(path, step, bytes);
      const line: Recovery = { step, recovered: { fault, learningRate } };
      appendFileSync(join(path, 'metrics.jsonl'), `${JSON.stringify(line)}\n`, { flush: true });
      if (checkpoint) writeWhole(file, writeCheckpoint(slower, checkpoint.state));
      writeConfig(path, slower);
    });
    return readRun(path, [], unlock);
  };
  return {
    path,
    name: basename(path),
    config,
    saved: checkpoint && { state: checkpoint.state, file },
    step,
    seconds,
    lines,
    recovered: recovery !== undefined,
    recover,
    falling: fallingRate(config),
    finished: step >= config.steps ? summaryOf(path, step) : undefined,
    resume,
    release: unlock,
  };
}

function findRun(run: string): string {
  const candidates = [
    run,
    join('runs', run),
    ...(basename(run) === 'checkpoint.safetensors' ? [dirname(run)] : []),
  ];
  const found = candidates.find(
    (path) =>
      statSync(path, { throwIfNoEntry: false })?.isDirectory() &&
      ['config.json', 'checkpoint.safetensors'].some((name) => existsSync(join(path, name))),
  );
  if (found !== undefined) return found;
  throw new UserError(
    `--resume: ${run} is no run's folder with a config.json; one such as runs/ring would do, or its name in runs.`,
  );
}

/** The configuration that the run was last given: the checkpoint's, but for what may change as it goes on. */
function storedConfig(path: string, checkpoint: RunConfig | undefined, recovery?: Recovery): RunConfig {
  const rates = recovery?.recovered.learningRate;
  const ofCheckpoint = checkpoint && withRates(checkpoint, rates);
  const file = join(path, 'config.json');
  if (!existsSync(file)) return ofCheckpoint!;
  let config: RunConfig;
  try {
    config = withRates(parseConfig(JSON.parse(Buffer.from(readUserFile(file)).toString('utf8'))), rates);
  } catch (error) {
    if (error instanceof SyntaxError) throw new UserError(`${file}: is not JSON (${error.message}).`);
    throw error instanceof UserError ? new UserError(`${file}: ${error.message}`) : error;
  }
  const other = ofCheckpoint && differences(ofCheckpoint, config)[0];
  if (other === undefined) return config;
  throw new UserError(
    `${file}: says another ${other} than the checkpoint beside it, and a run goes on as it began; ` +
      `putting that back, or training anew with webgan train ${file}, would do.`,
  );
}

/** Fields that may not differ between two stages of a run, and do. */
function differences(a: RunConfig, b: RunConfig): string[] {
  const keys = Object.keys({ ...a, ...b }) as (keyof RunConfig)[];
  const fixed = keys.filter((key) => !(SETTABLE as readonly string[]).includes(key));
  return fixed.filter((key) => JSON.stringify(a[key]) !== JSON.stringify(b[key]));
}

function withSettings(stored: RunConfig, settings: readonly string[], step: number): RunConfig {
  const config = parseConfig(settings.reduce<unknown>(applySetting, stored));
  const [other] = differences(stored, config);
  if (other !== undefined) {
    throw new UserError(
      `${other}: cannot be changed with --resume, since a run goes on as it began; ${SETTABLE.join(', ')} can.`,
    );
  }
  if (config.steps !== stored.steps) {
    if (config.steps < step) {
      throw new UserError(
        `steps: ${config.steps} given, but the run has made ${step} already; ${step} or more would do.`,
      );
    }
    const network = fallingRate(stored);
    if (network !== undefined && step > 0) {
      throw new UserError(
        `steps: ${config.steps} given, but the learning rate of the ${network} falls over the ${stored.steps} steps that the run ` +
          `began with, so that another number makes another run of it; ${stored.steps} would do.`,
      );
    }
  }
  return config;
}

/** The network whose learning rate falls over the steps of the run, if there is one. */
function fallingRate({ optimizer }: RunConfig): 'discriminator' | 'generator' | undefined {
  return (['discriminator', 'generator'] as const).find((network) => {
    const { schedule } = optimizer[network] as { schedule?: { type: string } };
    return schedule !== undefined && schedule.type !== 'constant';
  });
}

/** The whole lines of metrics of steps up to this one, how many bytes they are, and the seconds that the last of them says. */
function metricsUpTo(path: string, step: number): { bytes: number; seconds: number; lines: MetricsLine[] } {
  const file = join(path, 'metrics.jsonl');
  const content = existsSync(file) ? Buffer.from(readUserFile(file)) : Buffer.alloc(0);
  let [bytes, seconds] = [0, 0];
  const lines: MetricsLine[] = [];
  for (let end = content.indexOf(0x0a); end >= 0; end = content.indexOf(0x0a, bytes)) {
    const line = parseLine(content.toString('utf8', bytes, end));
    if (line === undefined || line.step > step) break;
    lines.push(line);
    bytes = end + 1;
    seconds = line.seconds ?? seconds;
  }
  return { bytes, seconds, lines };
}

interface MetricsLine {
  readonly step: number;
  readonly seconds?: number;
}

/** A line of metrics; nothing for one that a crash left broken. */
function parseLine(line: string): MetricsLine | undefined {
  try {
    const row = JSON.parse(line) as { step?: unknown } | null;
    return typeof row?.step === 'number' ? (row as MetricsLine) : undefined;
  } catch {
    return undefined;
  }
}

/** What was written after the checkpoint goes: the run makes it again. */
function cutBack(path: string, step: number, metricsBytes: number): void {
  const metrics = join(path, 'metrics.jsonl');
  if (existsSync(metrics)) truncateSync(metrics, metricsBytes);
  const samples = join(path, 'samples');
  mkdirSync(samples, { recursive: true });
  for (const name of readdirSync(samples)) {
    if (isUnfinished(name) || Number.parseInt(name, 10) > step) rmSync(join(samples, name), { force: true });
  }
  for (const name of readdirSync(path)) if (isUnfinished(name)) rmSync(join(path, name), { force: true });
  rmSync(join(path, 'summary.json'), { force: true });
}

function summaryOf(path: string, step: number): object | undefined {
  const summary = readSummary(path);
  return summary?.step === step ? summary : undefined;
}

/** What was written when the run last ended; nothing where there is none, or none that can be read. */
function readSummary(path: string): { readonly step?: number } | undefined {
  try {
    return JSON.parse(readFileSync(join(path, 'summary.json'), 'utf8')) ?? undefined;
  } catch {
    return undefined;
  }
}
