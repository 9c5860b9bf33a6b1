// What opened files are for, by their names, and which preset suits them.

import { describe, expect, test } from 'vitest';
import { presets } from '../../presets';
import { MNIST, opened, type PlacedFile, presetFor, wantedBy } from './files';

const placed = (...paths: string[]): PlacedFile[] =>
  paths.map((path) => ({ path, file: new File([], path.slice(path.lastIndexOf('/') + 1)) }));
const imagesOf = (...paths: string[]) => {
  const what = opened(placed(...paths));
  if (what?.kind !== 'images' || what.files.kind !== 'files') throw new Error('no images');
  return what.files;
};

describe('opened', () => {
  test('nothing of nothing', () => expect(opened([])).toBeUndefined());
  test('a checkpoint and a list of points, where they come alone', () => {
    expect(opened(placed('checkpoint.safetensors'))?.kind).toBe('checkpoint');
    expect(opened(placed('Mine.CSV'))?.kind).toBe('points');
    expect(opened(placed('a.csv', 'b.png'))?.kind).toBe('images');
  });
  test('a folder has its name, and its files lie below it', () => {
    const { name, files } = imagesOf('cats/black/1.png', 'cats/white/2.png');
    expect(name).toBe('cats');
    expect(files.map(({ path }) => path)).toEqual(['black/1.png', 'white/2.png']);
  });
  test('one file has its own name, several have their number', () => {
    expect(imagesOf('set.zip').name).toBe('set.zip');
    expect(imagesOf('a.png', 'b.png').name).toBe('2 files');
    expect(imagesOf('a/1.png', 'b/2.png').files.map(({ path }) => path)).toEqual(['a/1.png', 'b/2.png']);
  });
});

test('presetFor: grey for IDX files, colour for everything else, and the smallest of those', () => {
  const shapeFor = (source: Parameters<typeof presetFor>[0]) =>
    wantedBy(presets.get(presetFor(source)).config);
  expect(presetFor(MNIST)).toBe('mnist-dcgan');
  expect(presetFor(imagesOf('t10k-images-idx3-ubyte.gz'))).toBe('mnist-dcgan');
  for (const name of ['a.jpg', 'set.zip', 'cifar-10-binary.tar.gz', 'data_batch_1.bin'])
    expect(shapeFor(imagesOf(name))).toEqual({ channels: 3, height: 32, width: 32 });
});

test('wantedBy: the shape that a configuration of images names', () => {
  expect(wantedBy({ data: { source: 'images', channels: 1, height: 4, width: 5, flip: true } })).toEqual({
    channels: 1,
    height: 4,
    width: 5,
  });
  expect(wantedBy({ data: { source: 'images', channels: 1 } })).toBeUndefined();
  expect(wantedBy({ data: { source: 'ring' } })).toBeUndefined();
  expect(wantedBy({})).toBeUndefined();
});
