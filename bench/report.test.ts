import { describe, expect, test } from 'vitest';
import {
  counterpart,
  ladderTable,
  markdownPage,
  productTable,
  raceTable,
  refreshTables,
  significant,
  terminalText,
} from './report';
import { adapterKey, type Entry, type Part, type Result, type Runtime } from './result';
import { verdict } from './wanted';

const entry = (runtime: Runtime, key: string, milliseconds: readonly number[]): Entry => ({
  runtime,
  key,
  library: key,
  version: '1.0',
  backend: 'WebGPU',
  iterationsPerRound: 10,
  milliseconds,
  disagreement: 0.001,
});

const entries = [
  entry('Node', 'webgan', [1, 2, 1]),
  entry('Node', 'tfjs-webgpu', [40, 80, 44]),
  entry('Chromium', 'webgan', [2, 2, 2]),
  entry('Chromium', 'tfjs-webgpu', [50, 60, 50]),
  entry('Python', 'pytorch-1', [0.5, 1, 0.5]),
];

const measured = {
  date: '2026-01-02T03:04:05.000Z',
  commit: 'abc1234',
  versions: { Node: '20.0.0' },
  missing: ['PyTorch: no Python here has it'],
};

const product = (label: string, share: number, isChosen: boolean) => ({
  product: '512³',
  strategy: label,
  label,
  isChosen,
  milliseconds: [10],
  compileMilliseconds: 1234,
  gigaflops: 20 * share,
  share,
});

const rung = { name: 'one result per invocation', milliseconds: [100], compileMilliseconds: 50 };

const parts: Readonly<Record<string, Part>> = {
  'ring-mlp': {
    ...measured,
    race: { entries, phases: [{ name: 'plain.wgsl:plainProduct', dispatches: 18, milliseconds: 0.4567 }] },
  },
  products: {
    ...measured,
    products: {
      Node: {
        peakGigaflops: 20,
        entries: [product('plain', 0.1, false), product('subgroup 16×4', 0.3, true)],
      },
    },
  },
  overhead: { ...measured, overhead: { Node: { dispatch: 12.345, submit: 50, readback: 120 } } },
  ladder: { ...measured, ladder: { peakGigaflops: 20, rungs: [{ ...rung, gigaflops: 1.5, share: 0.075 }] } },
  endings: {
    ...measured,
    endings: {
      ways: [{ name: 'both in one', milliseconds: [3, 4, 5], share: 1.25, compileMilliseconds: 500 }],
    },
  },
};

const result: Result = {
  adapter: { key: 'swiftshader', name: 'google swiftshader', driver: 'swiftshader' },
  machine: { cpu: 'A CPU', cores: 2, memoryGiB: 8, system: 'Linux 6' },
  parts,
};

test('numbers keep three significant digits and never an exponent', () => {
  expect([1234.5, 123.45, 12.345, 1.2345, 0.12345, 0.0012345, 99.96, 0].map(significant)).toEqual([
    '1230',
    '123',
    '12.3',
    '1.23',
    '0.123',
    '0.00123',
    '100',
    '0',
  ]);
  expect(significant(Number.NaN)).toBe('—');
});

test('ratios are held against webgan in the same runtime, and PyTorch’s against Node', () => {
  expect(counterpart(entries[3]!, entries)).toBe(entries[2]);
  expect(counterpart(entries[4]!, entries)).toBe(entries[0]);
  const { rows } = raceTable('other', 'ring-mlp', entries);
  expect(rows[1]).toEqual(['Node', 'tfjs-webgpu 1.0', 'WebGPU', '44.0', '22.7', '±23 %', '40.0 ×', '']);
  expect(rows.map((row) => row[6])).toEqual(['', '40.0 ×', '', '25.0 ×', '0.500 ×']);
});

test('what is wanted stands beside what was measured', () => {
  const wanted = (adapter: string) => raceTable(adapter, 'ring-mlp', entries).rows.map((row) => row[7]);
  expect(wanted('swiftshader')).toEqual(['', '≥ 30 ×, reached', '', '≥ 30 ×, missed', '']);
  expect(wanted('nvidia-hopper')).toEqual(['', '', '', '', '']);
  expect(verdict(0.25, 0.25, '%')).toBe('≥ 25 %, reached');
  expect(verdict(0.25, 0.2499, '%')).toBe('≥ 25 %, missed');
  expect(verdict(0.5, Number.NaN, '×')).toBe('≥ 0.5 ×, missed');
});

test('of a product’s strategies the one that is used is held against what is wanted', () => {
  const { rows } = productTable('swiftshader', parts.products!.products!);
  expect(rows).toEqual([
    ['Node', 'multiply-adds in registers', '', '20.0', '100 %', '', ''],
    ['Node', '512³', 'plain', '2.00', '10 %', '', '1.23 s'],
    ['Node', '512³', 'subgroup 16×4, used', '6.00', '30 %', '≥ 22 %, reached', '1.23 s'],
  ]);
});

test('the terminal’s tables are aligned', () => {
  const lines = terminalText('swiftshader', 'ring-mlp', parts['ring-mlp']!).split('\n').slice(2, 8);
  const column = lines[0]!.indexOf('steps/s') + 'steps/s'.length;
  for (const line of lines) expect(line.slice(0, column)).toMatch(/\S$/);
});

test('the page has every figure of every adapter, in the order of their names', () => {
  const other = { ...result, adapter: { ...result.adapter, key: 'lavapipe', name: 'mesa llvmpipe' } };
  const page = markdownPage([result, other]);
  expect(page.indexOf('## mesa llvmpipe')).toBeLessThan(page.indexOf('## google swiftshader'));
  expect(page).toContain('| Node | tfjs-webgpu 1.0 | WebGPU | 44.0 | 22.7 |');
  expect(page).toContain('| Node | 12.3 | 50.0 | 120 |');
  expect(page).toContain('| plain.wgsl:plainProduct | 18 | 0.457 |');
  expect(page).toContain('| one result per invocation | 1.50 | 7.5 % | 0.0500 s |');
  expect(page).toContain('| both in one | 4.00 | 1.25 | 0.500 s |');
  expect(page).toContain('2026-01-02, commit abc1234');
  expect(page).toContain('Not measured: PyTorch: no Python here has it.');
});

describe('a document’s tables', () => {
  const document = 'Above.\n\n<!-- ladder swiftshader -->\nold\n<!-- end -->\n\nBelow.\n';

  test('are written anew between their marks, as often as one likes', () => {
    const fresh = refreshTables(document, [result]);
    const [, row] = ladderTable(parts.ladder!.ladder!.rungs).rows[0]!;
    expect(fresh).toContain(`| one result per invocation | ${row} |`);
    expect(fresh).not.toContain('old');
    expect(fresh.startsWith('Above.\n\n<!-- ladder swiftshader -->\n')).toBe(true);
    expect(fresh.endsWith('<!-- end -->\n\nBelow.\n')).toBe(true);
    expect(refreshTables(fresh, [result])).toBe(fresh);
  });

  test('stay where nothing was measured', () => {
    expect(refreshTables(document, [{ ...result, parts: {} }])).toBe(document);
    expect(refreshTables(document, [])).toBe(document);
  });
});

test('adapters are named so that a file can be', () => {
  const info = { vendor: '', architecture: '', device: '', description: '' };
  const swiftshader = { ...info, vendor: 'google', architecture: 'swiftshader' };
  const lavapipe = {
    ...info,
    vendor: 'mesa',
    architecture: 'software',
    description: 'llvmpipe: Mesa 25.0.7',
  };
  expect(adapterKey(swiftshader)).toBe('swiftshader');
  expect(adapterKey(lavapipe)).toBe('lavapipe');
  expect(adapterKey({ ...info, vendor: 'nvidia', architecture: 'hopper' })).toBe('nvidia-hopper');
  expect(adapterKey({ ...info, description: 'Apple M4 (Metal)' })).toBe('apple-m4-metal');
  expect(adapterKey(info)).toBe('unknown');
});
