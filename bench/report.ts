// The bench's results in their readable forms: tables for the terminal, and the markdown page of all adapters.

import type { Endings } from './endings';
import type { Rung } from './ladder';
import { PROBLEMS } from './problems';
import { type Entry, PARTS, type Part, type Result } from './result';
import { median, medianRatio, relativeSpread } from './statistics';
import { verdict, wantedRatio, wantedShare } from './wanted';

/** Three significant digits, without an exponent: 0.00123, 0.456, 78.9, 1230. */
export function significant(value: number): string {
  if (!Number.isFinite(value)) return '—';
  const rounded = Number(value.toPrecision(3));
  const decimals = rounded === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(rounded))));
  return rounded.toFixed(decimals);
}

const percent = (share: number): string => `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`;

/** What an entry is held against: webgan in the same runtime, and for PyTorch webgan in Node. */
export function counterpart(entry: Entry, entries: readonly Entry[]): Entry | undefined {
  const runtime = entry.runtime === 'Python' ? 'Node' : entry.runtime;
  return entries.find((other) => other.key === 'webgan' && other.runtime === runtime);
}

/** Headings, which columns hold numbers, and rows. */
export interface Table {
  readonly headings: readonly string[];
  readonly numeric: readonly boolean[];
  readonly rows: readonly (readonly string[])[];
}

/** Everybody's step on one problem of one adapter. */
export function raceTable(adapter: string, problem: string, entries: readonly Entry[]): Table {
  return {
    headings: [
      'runtime',
      'library',
      'backend',
      'ms/step',
      'steps/s',
      'spread',
      'webgan is faster by',
      'wanted',
    ],
    numeric: [false, false, false, true, true, true, true, false],
    rows: entries.map((entry) => {
      const time = median(entry.milliseconds);
      const ours = counterpart(entry, entries);
      const ratio = ours && ours !== entry ? medianRatio(entry.milliseconds, ours.milliseconds) : undefined;
      return [
        entry.runtime,
        `${entry.library} ${entry.version}`,
        entry.backend,
        significant(time),
        significant(1000 / time),
        `±${(100 * relativeSpread(entry.milliseconds)).toFixed(0)} %`,
        ratio === undefined ? '' : `${significant(ratio)} ×`,
        ratio === undefined ? '' : verdict(wantedRatio(adapter, problem, entry.key), ratio, '×'),
      ];
    }),
  };
}

/** The matrix products by themselves, in every runtime. */
export function productTable(adapter: string, products: NonNullable<Part['products']>): Table {
  return {
    headings: ['runtime', 'product', 'strategy', 'GFLOP/s', 'of the peak', 'wanted', 'compiled in'],
    numeric: [false, false, false, true, true, false, true],
    rows: Object.entries(products).flatMap(([runtime, { peakGigaflops, entries }]) => [
      [runtime, 'multiply-adds in registers', '', significant(peakGigaflops), '100 %', '', ''],
      ...entries.map(({ product, label, isChosen, gigaflops, share, compileMilliseconds }) => {
        return [
          runtime,
          product,
          isChosen ? `${label}, used` : label,
          significant(gigaflops),
          percent(share),
          isChosen ? verdict(wantedShare(adapter, product), share, '%') : '',
          `${significant(compileMilliseconds / 1000)} s`,
        ];
      }),
    ]),
  };
}

function overheadTable(overhead: NonNullable<Part['overhead']>): Table {
  return {
    headings: ['runtime', 'an empty dispatch', 'a submit', 'an awaited readback'],
    numeric: [false, true, true, true],
    rows: Object.entries(overhead).map(([runtime, cost]) => [
      runtime,
      ...[cost.dispatch, cost.submit, cost.readback].map(significant),
    ]),
  };
}

/** The rungs of one adapter. */
export function ladderTable(rungs: readonly Rung[]): Table {
  return {
    headings: ['512×512 · 512×512', 'GFLOP/s', 'of the peak', 'compiled in'],
    numeric: [false, true, true, true],
    rows: rungs.map(({ name, gigaflops, share, compileMilliseconds }) => [
      name,
      significant(gigaflops),
      percent(share),
      `${significant(compileMilliseconds / 1000)} s`,
    ]),
  };
}

/** A weight's gradient and its optimizer, apart and as one dispatch. */
function endingsTable({ ways }: Endings): Table {
  return {
    headings: ['784×512 weights, batch 128', 'ms', 'of both apart', 'compiled in'],
    numeric: [false, true, true, true],
    rows: ways.map(({ name, milliseconds, share, compileMilliseconds }) => [
      name,
      significant(median(milliseconds)),
      significant(share),
      `${significant(compileMilliseconds / 1000)} s`,
    ]),
  };
}

/** A table for a terminal. */
function terminalTable({ headings, numeric, rows }: Table): string {
  const all = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all
    .map((row) =>
      row
        .map((cell, column) =>
          numeric[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function markdownTable({ headings, numeric, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(headings), line(numeric.map((is) => (is ? '---:' : '---'))), ...rows.map(line)].join('\n');
}

/** What a part found, as paragraphs and tables. */
function paragraphs(adapter: string, key: string, part: Part): readonly (string | Table)[] {
  const { race, overhead, products, ladder, endings } = part;
  return [
    ...(race
      ? [
          raceTable(adapter, key, race.entries),
          ...(race.phases.length > 0
            ? [
                'webgan’s GPU time an iteration, by timestamp queries in Node:',
                {
                  headings: ['phase', 'dispatches', 'ms'],
                  numeric: [false, true, true],
                  rows: race.phases.map(({ name, dispatches, milliseconds }) => [
                    name,
                    String(dispatches),
                    significant(milliseconds),
                  ]),
                },
              ]
            : []),
        ]
      : []),
    ...(products ? [productTable(adapter, products)] : []),
    ...(overhead ? [overheadTable(overhead)] : []),
    ...(ladder
      ? [`The peak was ${significant(ladder.peakGigaflops)} GFLOP/s.`, ladderTable(ladder.rungs)]
      : []),
    ...(endings ? [endingsTable(endings)] : []),
    ...(part.missing.length > 0 ? [`Not measured: ${part.missing.join('; ')}.`] : []),
  ];
}

/** One part for the terminal. */
export function terminalText(adapter: string, key: string, part: Part): string {
  return [key, ...paragraphs(adapter, key, part)]
    .map((piece) => (typeof piece === 'string' ? piece : terminalTable(piece)))
    .join('\n\n');
}

const TITLES: Readonly<Record<string, string>> = {
  products: 'Matrix products by themselves',
  overhead: 'What the platform costs, in microseconds',
  ladder: 'The ladder of ../../docs/performance.md',
  endings: 'Adam as the ending of a weight’s gradient',
};

/** One adapter's section. */
function markdownSection({ adapter, machine, parts }: Result): string {
  const { cpu, cores, memoryGiB, system } = machine;
  return [
    `## ${adapter.name}`,
    `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}. Driver: ${adapter.driver}.`,
    ...PARTS.filter((key) => parts[key]).flatMap((key) => {
      const part = parts[key]!;
      const versions = Object.entries(part.versions).map(([name, version]) => `${name} ${version}`);
      return [
        `### ${TITLES[key] ?? key}`,
        `${part.date.slice(0, 10)}, commit ${part.commit}. ${versions.join(', ')}.`,
        ...paragraphs(adapter.key, key, part).map((piece) =>
          typeof piece === 'string' ? piece : markdownTable(piece),
        ),
      ];
    }),
  ].join('\n\n');
}

/** `bench/results/README.md`, from all results that there are. */
export function markdownPage(results: readonly Result[]): string {
  const sorted = [...results].sort((a, b) => a.adapter.key.localeCompare(b.adapter.key));
  return `${[
    '# How fast a training step is',
    'Written by `npm run bench` from the JSON files beside it; don’t edit it by hand.',
    'The steps, all with Adam on the non-saturating loss:',
    PROBLEMS.map(({ key, description }) => `- \`${key}\`: ${description}.`).join('\n'),
    'One step draws real samples and noise, updates the discriminator, draws noise and updates the generator. All were timed ' +
      'in one run, in short rounds, turn by turn; the figures are medians over rounds, the ratios medians of each round’s ' +
      'ratio, and the spread is half the distance between the quartiles. Before the timing everybody trained on the same ' +
      'batches from the same weights and ended with the same weights.',
    ...sorted.map(markdownSection),
  ].join('\n\n')}\n`;
}

/**
 * A document with every table between `<!-- ladder KEY -->`, `<!-- products KEY -->` or `<!-- endings KEY -->` and the next `<!-- end -->` written anew
 * from the results of the adapter KEY; as it is where there are none.
 */
export function refreshTables(document: string, results: readonly Result[]): string {
  return document.replace(
    /(<!-- (ladder|products|endings) (\S+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (whole, start: string, kind: 'ladder' | 'products' | 'endings', key: string, end: string) => {
      const part = results.find(({ adapter }) => adapter.key === key)?.parts[kind];
      const table = {
        ladder: () => part?.ladder && ladderTable(part.ladder.rungs),
        products: () => part?.products && productTable(key, part.products),
        endings: () => part?.endings && endingsTable(part.endings),
      }[kind]();
      return table ? `${start}\n${markdownTable(table)}\n\n${end}` : whole;
    },
  );
}
