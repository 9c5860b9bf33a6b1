// From what is typed to a configuration: presets, files, settings on top, and CSV files beside them.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UserError } from '../math/errors';
import { presets } from '../presets';
import { parseConfig } from '../training/config';
import { loadConfig } from './load-config';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'webgan-config-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const moons = presets.get('moons').config;
const points = { ...moons, data: { source: 'points', file: 'data.csv' } };

test('every preset, by its name; `ring` where none is given', async () => {
  const drawn = presets.names.filter((name) => presets.get(name).config.data.source !== 'images');
  for (const name of drawn) {
    expect(await loadConfig(name, [])).toEqual({ name, config: parseConfig(presets.get(name).config) });
  }
  expect((await loadConfig(undefined, [])).name).toBe('ring');
});

test('settings lie on top, the last one wins, and values are JSON or text', async () => {
  const { config } = await loadConfig('ring', [
    'steps=5',
    'steps=7',
    'generator[0].units=9',
    'data={"source":"ring","modes":3}',
    'loss=minimax',
    'optimizer.generator.schedule.type=linear',
    'discriminator.1.type=relu',
    'discriminator[1]={"type":"tanh"}',
  ]);
  expect(config).toMatchObject({
    steps: 7,
    data: { modes: 3 },
    loss: 'minimax',
    optimizer: { generator: { schedule: { type: 'linear', end: expect.any(Number) } } },
  });
  expect(config.generator[0]).toMatchObject({ units: 9 });
  expect(config.discriminator[1]).toEqual({ type: 'tanh' });
  expect(presets.get('ring').config.steps).not.toBe(7);
});

test('a file gives its name to the run', async () => {
  expect(await loadConfig(file('my gan!.json', JSON.stringify(moons)), [])).toEqual({
    name: 'my-gan-',
    config: parseConfig(moons),
  });
  expect((await loadConfig(file('config.json', JSON.stringify(moons)), [])).name).toBe('run');
  expect((await loadConfig(file('...json', JSON.stringify(moons)), [])).name).toBe('run');
});

describe('points of a CSV file', () => {
  test('beside the configuration that names it', async () => {
    file('data.csv', 'x,y\n1,2\n3,4\n');
    const { config } = await loadConfig(file('c.json', JSON.stringify(points)), []);
    expect(config.data).toMatchObject({
      file: 'data.csv',
      points: [
        [1, 2],
        [3, 4],
      ],
    });
    // A run's own configuration can be read again when the file is gone.
    rmSync(join(folder, 'data.csv'));
    expect((await loadConfig(file('again.json', JSON.stringify(config)), [])).config).toEqual(config);
  });

  test('where the command was called', async () => {
    const csv = file('own.csv', '1;2\n3;4\n');
    const { config } = await loadConfig('moons', ['data={"source":"points"}', `data.file=${csv}`]);
    expect(config.data).toMatchObject({
      points: [
        [1, 2],
        [3, 4],
      ],
    });
  });

  test.each([
    ['is not there', undefined, /data\.csv: there is no such file/],
    ['is empty', '', /data\.csv: there are no points/],
    ['has a NaN', '1,2\n3,NaN\n', /data\.csv, line 2: "NaN" in column 2; a finite number would do/],
    ['has a number missing', '1,2\n3,\n', /line 2: nothing in column 2/],
    ['has three columns', '1,2,3\n', /line 1: 3 columns/],
    ['is ragged', '1,2\n3\n', /line 2: 1 column where/],
    ['is no text', Uint8Array.of(0xff, 0xfe, 0x00), /data\.csv: is not text in UTF-8/],
    [
      'has one column for a G of two',
      '1\n2\n',
      /^generator: its output has shape \[2\], but a sample of the data "points" has shape \[1\]/,
    ],
  ])('one that %s', async (_, content, message) => {
    if (content !== undefined) file('data.csv', content);
    const path = file('c.json', JSON.stringify(points));
    await expect(loadConfig(path, [])).rejects.toThrow(UserError);
    await expect(loadConfig(path, [])).rejects.toThrow(message);
  });
});

describe('what is wrong is said in one sentence', () => {
  test.each<[string, string, string[], RegExp]>([
    [
      'an unknown preset',
      'nonsense',
      [],
      /^There is no preset "nonsense"; there are .*ring.*, or give the path of a JSON file\.$/,
    ],
    ['a misspelt preset', 'spirall', [], /did you mean spiral\?/],
    ['a missing file', 'none.json', [], /^none\.json: there is no such file; a readable file would do\.$/],
    ['a missing file in a folder', 'no/config', [], /^no\/config: there is no such file/],
    ['a setting without a value', 'ring', ['steps'], /^--set: "steps" given; a path and a value/],
    ['a setting without a path', 'ring', ['=3'], /^--set: "=3" given/],
    [
      'a setting of nothing there is',
      'ring',
      ['stepz=3'],
      /^stepz: there is no such field; did you mean steps\?/,
    ],
    ['a setting of a prototype', 'ring', ['__proto__.steps=3'], /^"__proto__\.steps": is no field/],
    ['a setting through a number', 'ring', ['steps.x=3'], /^steps\.x: /],
    [
      'a setting beyond a list',
      'ring',
      ['generator[9].units=3'],
      /^generator\[9\]\.units: "9" given; a place from 0 to 5/,
    ],
  ])('%s', async (_, source, settings, message) => {
    await expect(loadConfig(source, settings)).rejects.toThrow(UserError);
    await expect(loadConfig(source, settings)).rejects.toThrow(message);
    expect(({} as { steps?: number }).steps).toBeUndefined();
  });

  test.each([
    ['{', /c\.json: is not JSON/],
    ['[]', /^configuration: \[\] given; a JSON object would do\.$/],
    ['null', /^configuration: null given/],
    ['3', /^configuration: 3 given/],
    ['{"data":3}', /^data: 3 given; an object such as/],
  ])('a file that holds %s', async (content, message) => {
    const path = file('c.json', content);
    await expect(loadConfig(path, ['steps=3'])).rejects.toThrow(UserError);
    await expect(loadConfig(path, [])).rejects.toThrow(message);
  });

  test('a folder', async () => {
    mkdirSync(join(folder, 'sub'));
    await expect(loadConfig(join(folder, 'sub'), [])).rejects.toThrow(/sub: is a folder, not a file/);
  });
});
