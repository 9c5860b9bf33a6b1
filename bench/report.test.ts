import { expect, test } from 'vitest';
import {
  adapterKey,
  counterpart,
  type Entry,
  markdownPage,
  type Result,
  type Runtime,
  rowOf,
  significant,
  terminalTable,
} from './report';

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

const result: Result = {
  adapter: { key: 'swiftshader', name: 'google swiftshader', driver: 'swiftshader' },
  date: '2026-01-02T03:04:05.000Z',
  commit: 'abc1234',
  machine: { cpu: 'A CPU', cores: 2, memoryGiB: 8, system: 'Linux 6' },
  versions: { Node: '20.0.0' },
  entries,
  overhead: { Node: { dispatch: 12.345, submit: 50, readback: 120 } },
  phases: [{ name: 'dense.wgsl:denseProduct', dispatches: 18, milliseconds: 0.4567 }],
  missing: ['PyTorch: no Python here has it'],
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
  expect(rowOf(entries[1]!, entries)).toMatchObject({
    milliseconds: '44.0',
    stepsPerSecond: '22.7',
    ratio: '40.0 ×',
  });
  expect(rowOf(entries[3]!, entries).ratio).toBe('25.0 ×');
  expect(rowOf(entries[4]!, entries).ratio).toBe('0.500 ×');
  expect(rowOf(entries[0]!, entries).ratio).toBe('');
});

test('the terminal’s table is aligned', () => {
  const lines = terminalTable(entries).split('\n');
  expect(lines).toHaveLength(entries.length + 1);
  const column = lines[0]!.indexOf('steps/s') + 'steps/s'.length;
  for (const line of lines) expect(line.slice(0, column)).toMatch(/\S$/);
});

test('the page has every figure of every adapter, in the order of their names', () => {
  const other = { ...result, adapter: { ...result.adapter, key: 'lavapipe', name: 'mesa llvmpipe' } };
  const page = markdownPage([result, other]);
  expect(page.indexOf('## mesa llvmpipe')).toBeLessThan(page.indexOf('## google swiftshader'));
  expect(page).toContain('| Node | tfjs-webgpu 1.0 | WebGPU | 44.0 | 22.7 |');
  expect(page).toContain('| Node | 12.3 | 50.0 | 120 |');
  expect(page).toContain('| dense.wgsl:denseProduct | 18 | 0.457 |');
  expect(page).toContain('2026-01-02, commit abc1234');
  expect(page).toContain('Not measured: PyTorch: no Python here has it.');
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
