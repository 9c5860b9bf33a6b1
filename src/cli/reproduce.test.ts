// `webgan reproduce` on benchmarks cut to a few steps: its table, trials that are kept, and what it refuses.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { UserError } from '../math/errors';
import { benchmarks } from '../presets/benchmarks';
import { parseConfig } from '../training/config';
import type { Console } from './console';
import { type ReproduceOptions, reproduce } from './reproduce';

const folder = mkdtempSync(join(tmpdir(), 'webgan-reproduce-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(name: string, options: Partial<ReproduceOptions> = {}): Promise<string[]> {
  const out: string[] = [];
  const console: Console = {
    out: (line) => void out.push(line),
    err: (line) => void out.push(line),
    status: undefined,
    onInterrupt: () => () => {},
  };
  await reproduce(
    name,
    { protocol: 'short', objective: 'r3gan', out: folder, json: false, ...options },
    console,
  );
  return out;
}

test('prints ours, the perfect sampler’s and the published rows, and keeps trials', {
  timeout: 180_000,
}, async () => {
  const lines = await run('ring', { trials: 2, steps: 20 });
  expect(lines[0]).toMatch(/^ring: 8 normals .* 2 trials of 20 steps/);
  const row = (start: string) => lines.find((line) => line.startsWith(start))!;
  expect(row('relativistic, R1 + R2')).toMatch(/here$/);
  // 98.89 % of a normal in the plane lie within three deviations.
  expect(row('a perfect sampler')).toMatch(/^a perfect sampler +8 ± 0 +98\.9 ± 0\.\d % +0\.00\d ± 0\.000/);
  expect(row('VEEGAN')).toMatch(/8 +52\.9 %/);
  const path = join(folder, 'ring-short-r3gan', 'trial-1.json');
  const kept = JSON.parse(readFileSync(path, 'utf8'));
  expect(kept).toMatchObject({ seed: 1, config: { steps: 20, seed: 1, loss: 'relativistic' } });

  // Made again only where it is half a file or was made otherwise.
  writeFileSync(path, JSON.stringify({ ...kept, modes: 3, reverseKl: 0.5 }));
  writeFileSync(join(folder, 'ring-short-r3gan', 'trial-2.json'), '{"seed": 2');
  const again = await run('ring', { trials: 2, steps: 20 });
  expect(again[1]).toMatch(/trial 1: 3 of 8 modes.*KL 0\.500, as it was$/);
  expect(again[2]).toMatch(/trial 2: .* in /);
  const longer = await run('ring', { trials: 1, steps: 21 });
  expect(longer[1]).toMatch(/trial 1: .* in /);
});

test('says for programs what it says for people', { timeout: 180_000 }, async () => {
  const lines = await run('ring', { trials: 1, steps: 20, objective: 'gan', json: true });
  const report = JSON.parse(lines.at(-1)!);
  expect(report).toMatchObject({ benchmark: 'ring', objective: 'gan', trials: [{ seed: 1 }] });
  expect(report.perfect).toHaveLength(40);
});

test.each([
  ['mnist', {}, 'benchmark: "mnist" given; ring, grid, stacked-mnist would do.'],
  [
    'stacked-mnist',
    {},
    'stacked-mnist trains on MNIST, and no images were given; --data with its files would do.',
  ],
  ['ring', { data: 'x' }, '--data: ring makes its own data; the command without it would do.'],
] as const)('%s %o is refused', async (name, options, sentence) => {
  await expect(run(name, options)).rejects.toThrow(new UserError(sentence));
});

test('every protocol of every benchmark is a configuration', () => {
  for (const { config } of Object.values(benchmarks)) {
    for (const protocol of ['short', 'full'] as const) {
      const { regularizers } = parseConfig(config(protocol, 'r3gan'));
      expect(regularizers.map(({ type }) => type)).toEqual(['r1', 'r2']);
      expect(parseConfig(config(protocol, 'gan'))).toMatchObject({ loss: 'nonSaturating', regularizers: [] });
    }
  }
});
