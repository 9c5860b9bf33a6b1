// What files are for, by their names.

import { expect, test } from 'vitest';
import { idxFamily, labelPaths } from './idx';
import { classFolders, isLitter, roleOf } from './recognize';

test.each([
  ['a/b.PNG', 'image'],
  ['b.jpeg', 'image'],
  ['b.webp', 'image'],
  ['b.gif', 'other'],
  ['train-images-idx3-ubyte', 'idx images'],
  ['train-images.idx3-ubyte.gz', 'idx images'],
  ['emnist-letters-test-labels-idx1-ubyte.gz', 'idx labels'],
  ['x/data_batch_3.bin', 'cifar'],
  ['batches.meta.txt', 'names'],
  ['coarse_label_names.txt', 'other'],
  ['weights.bin', 'other'],
  ['README', 'other'],
])('%s: %s', (path, role) => {
  expect(roleOf({ path, size: 1000 })).toBe(role);
});

test('a .bin of another name is CIFAR’s where its length is', () => {
  expect(roleOf({ path: 'x.bin', size: 6146 })).toBe('cifar');
  expect(roleOf({ path: 'x.bin', size: 6148 })).toBe('cifar');
  expect(roleOf({ path: 'x.bin', size: 0 })).toBe('other');
});

test('what systems leave behind is passed over, a path that leads out is not', () => {
  for (const path of ['.DS_Store', 'a/.git/x.png', '__MACOSX/a.png', 'a/Thumbs.db', 'desktop.ini'])
    expect(isLitter(path), path).toBe(true);
  for (const path of ['../a.png', 'a/../b.png', '..\\a.png', 'a.png'])
    expect(isLitter(path), path).toBe(false);
});

test('classes are the first folders below what all have in common, and below train and test', () => {
  const of = (...paths: string[]) => {
    const classOf = classFolders(paths);
    return classOf && paths.map(classOf);
  };
  expect(of('cat/1.png', 'dog/1.png')).toEqual(['cat', 'dog']);
  expect(of('set/cat/1.png', 'set/dog/x/1.png')).toEqual(['cat', 'dog']);
  expect(of('s/train/cat/1.png', 's/test/dog/1.png')).toEqual(['cat', 'dog']);
  expect(of('train/cat/1.png', 'test/2.png')).toBeUndefined();
  expect(of('cat/1.png', '1.png')).toBeUndefined();
  expect(of('1.png', '2.png')).toBeUndefined();
  expect(of('all/1.png', 'all/2.png')).toBeUndefined();
});

test('labels are found by the name of their images, and halves of a set by what they share', () => {
  expect(labelPaths('x/train-images-idx3-ubyte.gz')).toEqual([
    'x/train-labels-idx1-ubyte',
    'x/train-labels-idx1-ubyte.gz',
  ]);
  expect(labelPaths('pixels.dat')).toEqual([]);
  expect(idxFamily('a/train-images-idx3-ubyte')).toBe(idxFamily('a/t10k-images-idx3-ubyte.gz'));
  expect(idxFamily('emnist-digits-train-images-idx3-ubyte')).not.toBe(
    idxFamily('emnist-letters-train-images-idx3-ubyte'),
  );
});
