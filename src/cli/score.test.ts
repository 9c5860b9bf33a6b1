// `score` from a run's folder to its table, its JSON and its picture; `train`'s scores on the way there.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodePng } from '../export/png';
import { main } from './main';

const SHAPE = [1, 8, 8];
const adam = { type: 'adam', learningRate: 0.001 };
const networks = {
  noise: { type: 'normal', size: 4 },
  generator: [{ type: 'dense', units: 64 }, { type: 'tanh' }, { type: 'reshape', shape: SHAPE }],
  discriminator: [{ type: 'flatten' }, { type: 'dense', units: 1 }],
  optimizer: { generator: adam, discriminator: adam },
  batchSize: 4,
  steps: 2,
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'webgan-score-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function webgan(...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const console = {
    out: (line: string) => void out.push(line),
    err: (line: string) => void err.push(line),
    status: undefined,
    onInterrupt: () => () => {},
  };
  return { code: await main(args, console), out, err };
}

async function trained(name: string, data: object): Promise<string> {
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify({ data, ...networks }));
  const { code, err } = await webgan('train', file, '--out', folder);
  expect([code, err]).toEqual([0, []]);
  return join(folder, name);
}

const read = (run: string, name: string) => JSON.parse(readFileSync(join(run, name), 'utf8'));

test('of labelled images: everything beside what real ones get', async () => {
  const run = await trained('glyphs', { source: 'glyphs', size: 8 });
  const { evaluation } = read(run, 'summary.json');
  expect(evaluation.swd).toBeGreaterThan(3 * evaluation.swdReal);
  expect(evaluation.precision).toBeLessThan(evaluation.precisionReal);
  const lines = readFileSync(join(run, 'metrics.jsonl'), 'utf8').trim().split('\n');
  expect(JSON.parse(lines.at(-1)!).swd).toBe(evaluation.swd);

  const { code, err, out } = await webgan('score', run, '--samples', '100');
  expect([code, err]).toEqual([0, []]);
  const scores = read(run, 'scores.json');
  expect(scores).toMatchObject({ step: 2, samples: 100 });
  for (const name of ['swd', 'precision', 'recall', 'density', 'coverage', 'nearest', 'classKl', 'frechet'])
    expect([Number.isFinite(scores[name]), Number.isFinite(scores[`${name}Real`])]).toEqual([true, true]);
  expect(scores.classifierAccuracy).toBeGreaterThan(0.8);
  expect(scores.classShares).toHaveLength(10);
  expect(scores.classShares.reduce((sum: number, share: number) => sum + share, 0)).toBeCloseTo(1, 10);
  // The picture: eight pairs of 8 × 8 in a row, eight times as large, with gaps of 2.
  const png = readFileSync(join(run, 'nearest.png'));
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([16 * 66 + 2, 8 * 66 + 2]);

  expect(out[0]).toBe('100 samples of G after 2 steps, beside as many real images:');
  expect(out.find((line) => line.startsWith('precision'))).toMatch(/\d %\s+\d+\.\d %/);
  expect(out.find((line) => line.startsWith('Fréchet'))).toContain('no FID');
  // It trains a classifier, on a software adapter.
}, 120_000);

test('of images without labels: no classifier, no more of them than there are, the same scores again', async () => {
  const images = join(folder, 'pictures');
  mkdirSync(images);
  for (let i = 0; i < 50; i++) {
    const data = Uint8Array.from({ length: 64 }, (_, p) => (p * i * 7) % 256);
    writeFileSync(join(images, `${i}.png`), encodePng({ width: 8, height: 8, channels: 1, data }));
  }
  const run = await trained('stored', { source: 'images', path: images });
  const { code, out } = await webgan('score', run, '--json');
  expect([code, out.length]).toEqual([0, 1]);
  const scores = JSON.parse(out[0]!);
  expect(scores).toEqual(read(run, 'scores.json'));
  expect((await webgan('score', run, '--json')).out).toEqual(out);
  expect(scores.samples).toBe(25);
  expect(scores).not.toHaveProperty('classifierAccuracy');
  expect(scores.nearest).toBeGreaterThan(0);
});

test('of points is refused, as is what is no run', async () => {
  const config = {
    ...networks,
    data: { source: 'ring' },
    generator: [{ type: 'dense', units: 2 }],
    discriminator: [{ type: 'dense', units: 1 }],
  };
  const file = join(folder, 'points.json');
  writeFileSync(file, JSON.stringify(config));
  expect((await webgan('train', file, '--out', folder)).code).toBe(0);
  const { code, err } = await webgan('score', join(folder, 'points'));
  expect(code).toBe(2);
  expect(err).toEqual([
    `webgan: ${join(folder, 'points')}: its data are ring, whose measures are in its summary.json; a run of images would do.`,
  ]);
  expect((await webgan('score', join(folder, 'nothing'))).code).toBe(2);
  expect((await webgan('score', join(folder, 'points'), '--samples', '5')).err[0]).toContain('from 16 to');
});
