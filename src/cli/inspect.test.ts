// `webgan inspect`: what it tells of images, as sentences, as JSON and as a contact sheet.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { encodePng } from '../export/png';
import { decode } from './images';
import { main } from './main';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'webgan-inspect-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function inspect(...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const console = {
    out: (line: string) => void out.push(line.replaceAll(folder, '.')),
    err: (line: string) => void err.push(line.replaceAll(folder, '.')),
    status: undefined,
    onInterrupt: () => () => {},
  };
  return { code: await main(['inspect', ...args], console), out, err };
}

/** A grey image of one value below the folder. */
function put(path: string, value: number, channels: 1 | 3 = 1, side = 4): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  const data = new Uint8Array(side * side * channels).fill(value);
  writeFileSync(join(folder, path), encodePng({ width: side, height: side, channels, data }));
}

const three = () => {
  put('cats/a.png', 10);
  put('cats/b.png', 20);
  put('dogs/a.png', 30);
};

test('tells number, size, channels, values and classes', async () => {
  three();
  const { code, out, err } = await inspect(folder);
  expect([code, err]).toEqual([0, []]);
  expect(out).toEqual([
    '3 images of 2 classes, 4×4 grey, from ..',
    'Values from 10 to 30, of 0 (black) to 255 (white); mean 20.0, standard deviation 8.2.',
    'class  images',
    'cats   2',
    'dogs   1',
    'A picture of some of them: --out contact.png',
  ]);
});

test('as JSON, brought to a size and channels, without what is bad', async () => {
  three();
  writeFileSync(join(folder, 'cats', 'bad.png'), 'no image');
  const refused = await inspect(folder, '--json');
  expect(refused).toEqual({
    code: 2,
    out: [],
    err: ['webgan: ./cats/bad.png: is no PNG, JPEG or WebP image; skipping bad files (--skip-bad) would do.'],
  });
  const { code, out } = await inspect(folder, '--json', '--skip-bad', '--image-size', '2', '--channels', '3');
  expect(code).toBe(0);
  expect(JSON.parse(out.join('\n'))).toEqual({
    path: '.',
    count: 3,
    channels: 3,
    height: 2,
    width: 2,
    values: { low: 10, high: 30, mean: 20, standardDeviation: expect.closeTo(Math.sqrt(200 / 3)) },
    classes: [
      { name: 'cats', images: 2 },
      { name: 'dogs', images: 1 },
    ],
    skipped: [{ file: './cats/bad.png', reason: 'is no PNG, JPEG or WebP image' }],
    notes: [],
  });
});

test('images of several sizes are told as such, not refused', async () => {
  three();
  put('dogs/b.png', 30, 1, 9);
  put('dogs/c.png', 30, 1, 2);
  const { code, out } = await inspect(folder);
  expect(code).toBe(0);
  expect(out.slice(0, 2)).toEqual([
    '5 images of 2 classes, 4×4 grey, from ..',
    'They have 3 sizes, 2×2 to 9×9; to be looked at all are brought to 4×4, and training takes --image-size.',
  ]);
});

test('images that are too large to train on are brought to a size to be looked at', async () => {
  put('a.png', 30, 1, 1500);
  const { code, out } = await inspect(folder);
  expect(code).toBe(0);
  expect(out.slice(0, 2)).toEqual([
    '1 image, 256×256 grey, from ..',
    'They are 1500×1500; to be looked at all are brought to 256×256, and training takes --image-size.',
  ]);
});

test('draws a contact sheet, a row a class', async () => {
  three();
  const file = join(folder, 'contact.png');
  const { out } = await inspect(folder, '--out', file);
  expect(out.at(-1)).toBe('3 of them, a row a class: ./contact.png');
  const { width, height, data } = await decode(Uint8Array.from(readFileSync(file)), 'image/png');
  // 16 times as large, with 2 pixels between: 3 columns, 2 rows.
  expect([width, height]).toEqual([2 + 3 * 66, 2 + 2 * 66]);
  const at = (column: number, row: number) => data[4 * ((2 + 66 * row) * width + 2 + 66 * column)];
  expect([at(0, 0), at(1, 0), at(2, 0), at(0, 1), at(1, 1)]).toEqual([10, 20, 0x60, 30, 0x60]);
});

test('without classes the sheet shows some of all', async () => {
  for (let i = 0; i < 130; i++) put(`${String(i).padStart(3, '0')}.png`, i, 1, 1);
  const { out } = await inspect(folder, '--out', join(folder, 'c.png'));
  expect(out.at(-1)).toBe('100 of them: ./c.png');
});

test.each([
  [['nowhere'], /^webgan: nowhere: there is no such file or folder/],
  [['.', '--out', 'x.jpg'], /^webgan: --out: "x\.jpg" given; a name that ends in \.png would do\.$/],
  [['.', '--out', 'none/x.png'], /^webgan: --out: there is no folder none/],
  [['.', '--channels', '2'], /^webgan: .*--channels.*1, 3/],
  [['.', '--image-size', '0'], /^webgan: --image-size: "0" given; a whole number from 1 to 1024 would do\.$/],
  [[], /^webgan: missing required argument 'path'/],
])('%j is refused in a sentence', async (args, message) => {
  const { code, out, err } = await inspect(...args);
  expect([code, out]).toEqual([2, []]);
  expect(err.join('\n')).toMatch(message);
  expect(existsSync('x.jpg')).toBe(false);
});
