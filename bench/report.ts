// The bench's result as data, and its three readable forms: lines for the terminal, a file's name, a markdown page.

import type { Overhead } from './overhead';
import { median, medianRatio, relativeSpread } from './statistics';

export type Runtime = 'Node' | 'Chromium' | 'Python';

/** One contestant's timings, in milliseconds an iteration. */
export interface Entry {
  readonly runtime: Runtime;
  readonly key: string;
  readonly library: string;
  readonly version: string;
  readonly backend: string;
  readonly iterationsPerRound: number;
  readonly milliseconds: readonly number[];
  /** How far its weights were from webgan's after the fixed batches, relative to their change. */
  readonly disagreement: number;
}

export interface Phase {
  readonly name: string;
  readonly dispatches: number;
  /** GPU time an iteration, by timestamp queries. */
  readonly milliseconds: number;
}

export interface Result {
  readonly adapter: { readonly key: string; readonly name: string; readonly driver: string };
  readonly date: string;
  readonly commit: string;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memoryGiB: number;
    readonly system: string;
  };
  readonly versions: Readonly<Record<string, string>>;
  readonly entries: readonly Entry[];
  readonly overhead: Readonly<Partial<Record<Runtime, Overhead>>>;
  readonly phases: readonly Phase[];
  /** What could not be measured, with the reason. */
  readonly missing: readonly string[];
}

/** A file name for an adapter: the two software ones by name, others by vendor and family. */
export function adapterKey(
  info: Pick<GPUAdapterInfo, 'vendor' | 'architecture' | 'description' | 'device'>,
): string {
  const words = [info.vendor, info.architecture, info.device, info.description].join(' ').toLowerCase();
  if (words.includes('swiftshader')) return 'swiftshader';
  if (words.includes('llvmpipe') || words.includes('lavapipe')) return 'lavapipe';
  const family =
    [info.vendor, info.architecture].filter(Boolean).join('-') || info.description || info.device;
  return (
    family
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '') || 'unknown'
  );
}

/** Three significant digits, without an exponent: 0.00123, 0.456, 78.9, 1230. */
export function significant(value: number): string {
  if (!Number.isFinite(value)) return '—';
  const rounded = Number(value.toPrecision(3));
  const decimals = rounded === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(rounded))));
  return rounded.toFixed(decimals);
}

/** What an entry is held against: webgan in the same runtime, and for PyTorch webgan in Node. */
export function counterpart(entry: Entry, entries: readonly Entry[]): Entry | undefined {
  const runtime = entry.runtime === 'Python' ? 'Node' : entry.runtime;
  return entries.find((other) => other.key === 'webgan' && other.runtime === runtime);
}

export interface Row {
  readonly runtime: string;
  readonly library: string;
  readonly backend: string;
  readonly milliseconds: string;
  readonly stepsPerSecond: string;
  readonly spread: string;
  /** How many times as fast webgan is. */
  readonly ratio: string;
}

export function rowOf(entry: Entry, entries: readonly Entry[]): Row {
  const time = median(entry.milliseconds);
  const ours = counterpart(entry, entries);
  const ratio =
    ours && ours !== entry ? `${significant(medianRatio(entry.milliseconds, ours.milliseconds))} ×` : '';
  return {
    runtime: entry.runtime,
    library: `${entry.library} ${entry.version}`,
    backend: entry.backend,
    milliseconds: significant(time),
    stepsPerSecond: significant(1000 / time),
    spread: `±${(100 * relativeSpread(entry.milliseconds)).toFixed(0)} %`,
    ratio,
  };
}

const HEADINGS: Row = {
  runtime: 'runtime',
  library: 'library',
  backend: 'backend',
  milliseconds: 'ms/step',
  stepsPerSecond: 'steps/s',
  spread: 'spread',
  ratio: 'webgan is faster by',
};
const COLUMNS = Object.keys(HEADINGS) as (keyof Row)[];
const IS_NUMBER: Readonly<Record<keyof Row, boolean>> = {
  runtime: false,
  library: false,
  backend: false,
  milliseconds: true,
  stepsPerSecond: true,
  spread: true,
  ratio: true,
};

/** The table for a terminal. */
export function terminalTable(entries: readonly Entry[]): string {
  const rows = [HEADINGS, ...entries.map((entry) => rowOf(entry, entries))];
  const widths = COLUMNS.map((column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) =>
      COLUMNS.map((column, index) =>
        IS_NUMBER[column] ? row[column].padStart(widths[index]!) : row[column].padEnd(widths[index]!),
      )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function markdownTable(
  headings: readonly string[],
  numeric: readonly boolean[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(headings), line(numeric.map((is) => (is ? '---:' : '---'))), ...rows.map(line)].join('\n');
}

/** One adapter's section. */
function markdownSection(result: Result): string {
  const { adapter, machine, versions, overhead, phases, missing } = result;
  const parts = [
    `## ${adapter.name}`,
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}. Driver: ${adapter.driver}. ` +
      `${result.date.slice(0, 10)}, commit ${result.commit}. ` +
      `${Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', ')}.`,
    markdownTable(
      COLUMNS.map((column) => HEADINGS[column]),
      COLUMNS.map((column) => IS_NUMBER[column]),
      result.entries.map((entry) => {
        const row = rowOf(entry, result.entries);
        return COLUMNS.map((column) => row[column]);
      }),
    ),
  ];
  const measured = Object.entries(overhead);
  if (measured.length > 0) {
    parts.push(
      'What the platform costs, in microseconds:',
      markdownTable(
        ['runtime', 'an empty dispatch', 'a submit', 'an awaited readback'],
        [false, true, true, true],
        measured.map(([runtime, cost]) => [
          runtime,
          ...[cost.dispatch, cost.submit, cost.readback].map(significant),
        ]),
      ),
    );
  }
  if (phases.length > 0) {
    parts.push(
      'webgan’s GPU time an iteration, by timestamp queries in Node:',
      markdownTable(
        ['phase', 'dispatches', 'ms'],
        [false, true, true],
        phases.map(({ name, dispatches, milliseconds }) => [
          name,
          String(dispatches),
          significant(milliseconds),
        ]),
      ),
    );
  }
  if (missing.length > 0) parts.push(`Not measured: ${missing.join('; ')}.`);
  return parts.join('\n\n');
}

/** `bench/results/README.md`, from all results that there are. */
export function markdownPage(results: readonly Result[]): string {
  const sorted = [...results].sort((a, b) => a.adapter.key.localeCompare(b.adapter.key));
  return `${[
    '# How fast a training step is',
    'Written by `npm run bench` from the JSON files beside it; don’t edit it by hand.',
    'The step: a GAN of 2-32-32-2 (ReLU) and 2-32-32-1 (leaky ReLU), batch 128, Adam, the non-saturating loss. One step ' +
      'draws real samples and noise, updates the discriminator, draws noise and updates the generator. All were timed in one ' +
      'run, in short rounds, turn by turn; the figures are medians over rounds, the ratios medians of each round’s ratio, and ' +
      'the spread is half the distance between the quartiles. Before the timing everybody trained on the same batches from ' +
      'the same weights and ended with the same weights.',
    ...sorted.map(markdownSection),
  ].join('\n\n')}\n`;
}
