// The shaders folder on disk: which files are shaders, which are fragments, and their generated types.

import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { type Description, describe } from './describe';
import type { ReadInclude } from './include';
import { typesOf } from './types';

/** Reads fragments of a shaders folder. */
export function includeReader(folder: string): ReadInclude {
  return (path) => readIfThere(join(folder, path));
}

/** A file's path relative to the shaders folder, with `/`; undefined for one that isn't in it. */
export function shaderName(folder: string, path: string): string | undefined {
  const name = relative(folder, path).split(sep).join('/');
  return name.startsWith('..') || !name.endsWith('.wgsl') ? undefined : name;
}

/**
 * Names of all files in a folder that hold kernels, sorted. Left out are the fragments in `lib/` and shaders that
 * draw, which the page imports as text.
 */
export function shaderNames(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.split(sep).join('/'))
    .filter((name) => name.endsWith('.wgsl') && !name.startsWith('lib/'))
    .filter((name) => !/^@(vertex|fragment)\b/m.test(readFileSync(join(folder, name), 'utf8')))
    .sort();
}

/** Describes one shader of a folder; throws a ShaderError where something is wrong with it. */
export function describeFile(folder: string, name: string): Description {
  return describe(readFileSync(join(folder, name), 'utf8'), name, includeReader(folder));
}

/** Writes `x.wgsl.d.ts` beside each shader and removes those whose shader is gone. Returns the shaders' names. */
export function writeTypes(folder: string): string[] {
  const names = shaderNames(folder);
  for (const name of names) writeTypesOf(folder, name, describeFile(folder, name));
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const isTypes = entry.endsWith('.wgsl.d.ts');
    if (
      isTypes &&
      !names.includes(
        entry
          .split(sep)
          .join('/')
          .replace(/\.d\.ts$/, ''),
      )
    )
      rmSync(join(folder, entry));
  }
  return names;
}

/** Writes the types of one shader, unless they are there already: a compiler that watches would run again. */
export function writeTypesOf(folder: string, name: string, description: Description): void {
  const path = join(folder, `${name}.d.ts`);
  const text = typesOf(description, name);
  if (readIfThere(path) !== text) writeFileSync(path, text);
}

function readIfThere(path: string): string | undefined {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path, 'utf8') : undefined;
}
