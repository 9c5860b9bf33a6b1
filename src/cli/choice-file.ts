// Which strategies were measured to be quickest on this machine, kept in the cache folder.

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { nodeSystem } from '../gpu/node';
import type { ChoiceStore } from '../gpu/strategies';
import { cacheFolder } from '../gpu/system';

/** A JSON file of labels by key. What is no such file counts as none; it is written anew. */
export function choiceFile(path = `${cacheFolder(nodeSystem())}/strategies.json`): ChoiceStore {
  return {
    async read() {
      const parsed: unknown = JSON.parse(await readFile(path, 'utf8'));
      const entries = typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : [];
      return Object.fromEntries(
        entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
      );
    },
    async write(choices) {
      await mkdir(dirname(path), { recursive: true });
      // Two runs may write at once: each a file of its own, the last one wins.
      const partial = `${path}.${process.pid}`;
      await writeFile(partial, `${JSON.stringify(choices, null, 1)}\n`);
      await rename(partial, path);
    },
  };
}
