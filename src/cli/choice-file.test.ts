// The cache file of measured strategies.

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { choiceFile } from './choice-file';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'webgan-choices-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('keeps what it is given, in a folder that it makes, and leaves nothing else behind', async () => {
  const path = join(folder, 'deep', 'strategies.json');
  await choiceFile(path).write({ 'gpu · product': 'subgroup 32×4' });
  expect(await choiceFile(path).read()).toEqual({ 'gpu · product': 'subgroup 32×4' });
  expect(readdirSync(join(folder, 'deep'))).toEqual(['strategies.json']);
});

test('reads only what can be a choice', async () => {
  const path = join(folder, 'strategies.json');
  writeFileSync(path, '{"a": "plain", "b": 3, "c": null}');
  expect(await choiceFile(path).read()).toEqual({ a: 'plain' });
});

test.each(['', '{', 'null x'])('rejects a file that is no JSON: %j', async (text) => {
  const path = join(folder, 'strategies.json');
  writeFileSync(path, text);
  await expect(choiceFile(path).read()).rejects.toThrow();
});
