// `sample` of a run of images: a grid, images of their own, an array, ways between samples; all of the same samples.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodePng } from '../export/png';
import { imageGrid, toRasters } from '../export/raster';
import { main } from './main';

const SHAPE = [1, 8, 8];
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'webgan-sample-'));
  const adam = { type: 'adam', learningRate: 0.001 };
  const config = {
    data: { source: 'glyphs', size: 8 },
    noise: { type: 'normal', size: 4 },
    generator: [{ type: 'dense', units: 64 }, { type: 'tanh' }, { type: 'reshape', shape: SHAPE }],
    discriminator: [{ type: 'flatten' }, { type: 'dense', units: 1 }],
    optimizer: { generator: adam, discriminator: adam },
    average: { halfLife: 1000, ramp: 0 },
    batchSize: 4,
    steps: 2,
  };
  writeFileSync(join(folder, 'tiny.json'), JSON.stringify(config));
  const trained = await webgan('train', join(folder, 'tiny.json'), '--out', folder);
  expect([trained.code, trained.err]).toEqual([0, []]);
  expect(readdirSync(join(folder, 'tiny')).sort()).toEqual(
    ['animation.png', 'checkpoint.safetensors', 'config.json', 'interpolation.png', 'metrics.jsonl']
      .concat(['samples', 'summary.json'])
      .sort(),
  );
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

async function sample(name: string, ...args: string[]): Promise<string> {
  const path = join(folder, name);
  const { code, err } = await webgan('sample', join(folder, 'tiny'), '--out', path, ...args);
  expect([code, err]).toEqual([0, []]);
  return path;
}

const read = (path: string) => new Uint8Array(readFileSync(path));
/** The numbers of a .npy file of images, and its shape. */
function npy(path: string): { shape: number[]; numbers: Float32Array } {
  const bytes = read(path);
  const start = 10 + new DataView(bytes.buffer).getUint16(8, true);
  const header = new TextDecoder().decode(bytes.subarray(10, start));
  const shape = /\(([\d, ]+),\)/.exec(header)![1]!.split(',').map(Number);
  return { shape, numbers: new Float32Array(bytes.slice(start).buffer) };
}

test('grid, folder and array hold the same samples, to the byte', async () => {
  const { shape, numbers } = npy(await sample('five.npy', '--count', '5'));
  expect(shape).toEqual([5, ...SHAPE]);
  const images = toRasters(numbers, SHAPE);
  expect(read(await sample('five.png', '--count', '5'))).toEqual(encodePng(imageGrid(images)));
  const files = await sample('five', '--count', '5');
  expect(readdirSync(files).sort()).toEqual([0, 1, 2, 3, 4].map((i) => `00000${i}.png`));
  images.forEach((image, i) => {
    expect(read(join(files, `00000${i}.png`))).toEqual(encodePng(image));
  });
});

test('ways go from each sample to the next', async () => {
  const ends = npy(await sample('ends.npy', '--count', '3')).numbers;
  const ways = npy(await sample('ways.npy', '--interpolate', '3x4')).numbers;
  expect(ways.length).toBe(3 * 4 * 64);
  const at = (numbers: Float32Array, i: number) => [...numbers.subarray(64 * i, 64 * (i + 1))];
  for (const row of [0, 1, 2]) {
    expect(at(ways, 4 * row)).toEqual(at(ends, row));
    at(ways, 4 * row + 3).forEach((x, i) => {
      expect(x).toBeCloseTo(at(ends, (row + 1) % 3)[i]!, 5);
    });
    expect(at(ways, 4 * row + 1)).not.toEqual(at(ends, row));
  }
  const grid = imageGrid(toRasters(ways, SHAPE), { columns: 4 });
  expect(read(await sample('ways.png', '--interpolate', '3x4'))).toEqual(encodePng(grid));
});

test.each<[string, string[], RegExp]>([
  ['numbers in lines', ['--out', 'x.csv'], /^webgan: --out: ".*x\.csv" given for images; \.png, \.npy or a/],
  ['a folder that has something', ['--out', 'full'], /^webgan: --out: .*full is there already; a new name/],
  [
    'a way without columns',
    ['--out', 'x.png', '--interpolate', '8'],
    /^webgan: --interpolate: "8" given; rows/,
  ],
  [
    'a count of ways',
    ['--out', 'x.png', '--interpolate', '2x2', '--count', '4'],
    /^webgan: --interpolate: --count given too; one of the two would do\.$/,
  ],
])('refuses %s', async (_, [flag, name, ...args], message) => {
  mkdirSync(join(folder, 'full', 'something'), { recursive: true });
  const out = join(folder, name!);
  const { code, err } = await webgan('sample', join(folder, 'tiny'), flag!, out, ...args);
  expect(code).toBe(2);
  expect(err).toEqual([expect.stringMatching(message)]);
  expect(existsSync(out)).toBe(name === 'full');
});

test('--raw draws by the generator without its average, also on the ways between', async () => {
  const numbers = async (...args: string[]) => npy(await sample(`${args.join('')}.npy`, ...args)).numbers;
  const [averaged, raw] = [await numbers('--count', '5'), await numbers('--count', '5', '--raw')];
  expect(raw).toHaveLength(averaged.length);
  expect(raw).not.toEqual(averaged);
  const ways = ['--interpolate', '2x3'];
  expect(await numbers(...ways, '--raw')).not.toEqual(await numbers(...ways));
});

test('--raw of a run without an average is refused', async () => {
  const config = JSON.parse(readFileSync(join(folder, 'tiny.json'), 'utf8'));
  writeFileSync(join(folder, 'plain.json'), JSON.stringify({ ...config, average: null }));
  await webgan('train', join(folder, 'plain.json'), '--out', folder);
  const { code, err } = await webgan(
    'sample',
    join(folder, 'plain'),
    '--raw',
    '--out',
    join(folder, 'x.png'),
  );
  expect(code).toBe(2);
  expect(err[0]).toMatch(/^webgan: --raw: .*plain keeps no average of its generator/);
});
