// `train --data`: from images on the disk to a run whose configuration says what they were.

import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { encodePng } from '../export/png';
import { main } from './main';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'webgan-train-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function webgan(...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const console = {
    out: (line: string) => void out.push(line.replaceAll(folder, '.')),
    err: (line: string) => void err.push(line.replaceAll(folder, '.')),
    status: undefined,
    onInterrupt: () => () => {},
  };
  return { code: await main(args, console), out, err };
}

const SIDE = 8;
function images(name: string, count: number, side = SIDE): string {
  const path = join(folder, name);
  mkdirSync(path);
  for (let i = 0; i < count; i++) {
    const data = Uint8Array.from({ length: side * side }, (_, k) => (k * 37 + i * 11) % 256);
    writeFileSync(join(path, `${i}.png`), encodePng({ width: side, height: side, channels: 1, data }));
  }
  return path;
}

/** A configuration of two small dense networks. */
function configuration(data: object): string {
  const adam = { type: 'adam', learningRate: 0.001 };
  const config = {
    data: { source: 'images', ...data },
    noise: { type: 'normal', size: 4 },
    generator: [
      { type: 'dense', units: SIDE * SIDE },
      { type: 'tanh' },
      { type: 'reshape', shape: [1, SIDE, SIDE] },
    ],
    discriminator: [{ type: 'flatten' }, { type: 'dense', units: 1 }],
    optimizer: { generator: adam, discriminator: adam },
    batchSize: 4,
    steps: 6,
    reportEvery: 2,
    evaluateEvery: 3,
  };
  const path = join(folder, 'game.json');
  writeFileSync(path, JSON.stringify(config));
  return path;
}

const run = (...args: string[]) => webgan('train', ...args, '--out', join(folder, 'runs'));
const dataOf = (name: string) =>
  JSON.parse(readFileSync(join(folder, 'runs', name, 'config.json'), 'utf8')).data;
const checkpointOf = (name: string) => readFileSync(join(folder, 'runs', name, 'checkpoint.safetensors'));

test('images of --data are trained on, and the run says which they were', async () => {
  const path = images('pictures', 5);
  const { code, out, err } = await run(configuration({}), '--data', path);
  expect([code, err]).toEqual([0, []]);
  expect(out[0]).toBe('5 images, 8×8 grey, from ./pictures.');
  expect(dataOf('game')).toEqual({
    source: 'images',
    path,
    channels: 1,
    height: 8,
    width: 8,
    flip: false,
    stack: false,
  });
  // The run's own configuration trains on the same images again, to the same numbers.
  const again = await run(join(folder, 'runs', 'game', 'config.json'));
  expect([again.code, again.err]).toEqual([0, []]);
  expect(checkpointOf('run').equals(checkpointOf('game'))).toBe(true);
  expect(dataOf('run')).toEqual(dataOf('game'));
  // The generator alone needs no images.
  const png = join(folder, 'samples.png');
  rmSync(path, { recursive: true });
  expect(await webgan('sample', join(folder, 'runs', 'game'), '--count', '4', '--out', png)).toMatchObject({
    code: 0,
  });
});

test('a path in the configuration lies beside it; --image-size and --skip-bad are part of it', async () => {
  const path = images('large', 3, 20);
  writeFileSync(join(path, 'bad.png'), 'x');
  const game = configuration({ path: 'large', flip: true });
  expect((await run(game, '--image-size', '8')).err).toEqual([
    'webgan: ./large/bad.png: is no PNG, JPEG or WebP image; skipping bad files (--skip-bad) would do.',
  ]);
  const { code, out, err } = await run(game, '--image-size', '8', '--skip-bad');
  expect([code, err]).toEqual([0, []]);
  expect(out.slice(0, 3)).toEqual([
    '3 images, 8×8 grey, from ./large.',
    'Passed over 1 bad file:',
    '  ./large/bad.png: is no PNG, JPEG or WebP image',
  ]);
  expect(dataOf('game')).toMatchObject({ path: 'large', height: 8, width: 8, flip: true, skipBad: true });
});

test('a run on images goes on to the same numbers', async () => {
  const path = images('pictures', 7);
  const game = configuration({});
  await run(game, '--data', path, '--steps', '6', '--name', 'whole');
  await run(game, '--data', path, '--steps', '3', '--name', 'halves');
  const { code, err } = await webgan('train', '--resume', join(folder, 'runs', 'halves'), '--steps', '6');
  expect([code, err]).toEqual([0, []]);
  expect(checkpointOf('halves').equals(checkpointOf('whole'))).toBe(true);
});

test('a run whose images lie elsewhere now is told where', async () => {
  const path = images('pictures', 7);
  const game = configuration({});
  await run(game, '--data', path, '--steps', '6', '--name', 'whole');
  await run(game, '--data', path, '--steps', '3', '--name', 'halves');
  renameSync(path, join(folder, 'moved'));
  const resume = ['train', '--resume', join(folder, 'runs', 'halves'), '--steps', '6'];
  const lost = await webgan(...resume);
  expect([lost.code, lost.err]).toEqual([
    2,
    [
      'webgan: ./pictures: there is no such file or folder from here; --data with where the run’s images lie now would do.',
    ],
  ]);
  const { code, err, out } = await webgan(...resume, '--data', join(folder, 'moved'));
  expect([code, err]).toEqual([0, []]);
  expect(out.join()).not.toContain('are not those');
  expect(checkpointOf('halves').equals(checkpointOf('whole'))).toBe(true);
});

test('a run that goes on with other images than before says so', async () => {
  const path = images('pictures', 7);
  await run(configuration({}), '--data', path, '--steps', '3');
  const resume = async (steps: string) =>
    (await webgan('train', '--resume', join(folder, 'runs', 'game'), '--steps', steps)).out;
  const note =
    './pictures: its images are not those that ./runs/game was trained on so far. It goes on with these.';
  expect(await resume('4')).not.toContain(note);
  rmSync(join(path, '3.png'));
  expect(await resume('5')).toContain(note);
  // From then on those are what it was trained on.
  expect(await resume('6')).not.toContain(note);
});

test.each<[string, (path: string) => string[], RegExp]>([
  [
    'a preset without images',
    () => ['mnist-mlp'],
    /^webgan: mnist-mlp trains on images, and none were given; --data with a folder, a zip file or MNIST's files would do\.$/,
  ],
  [
    'images for a preset that draws its own',
    (path) => ['ring', '--data', path],
    /^webgan: --data: the data of ring are "ring", not images; /,
  ],
  [
    'a size for such a preset',
    () => ['ring', '--image-size', '8'],
    /^webgan: --image-size: the data of ring/,
  ],
  [
    'a path that is not there',
    () => ['mnist-mlp', '--data', 'nowhere'],
    /^webgan: nowhere: there is no such file or folder; /,
  ],
  [
    'a size that the networks do not have',
    (path) => ['mnist-mlp', '--data', path, '--image-size', '16'],
    /^webgan: generator: its output has shape \[1, 28, 28\], but .* has shape \[1, 16, 16\]/,
  ],
  [
    'a mistyped field, before any image is read',
    () => ['mnist-mlp', '--data', 'nowhere', '--set', 'stepz=1'],
    /^webgan: stepz: there is no such field/,
  ],
  ['no path in a configuration', () => [configuration({ path: 7 })], /^webgan: data\.path: 7 given/],
])('%s', async (_, args, message) => {
  const { code, out, err } = await run(...args(images('few', 2)));
  expect([code, out]).toEqual([2, []]);
  expect(err).toEqual([expect.stringMatching(message)]);
});
