// Imports point down the floors: of the whole project, and the check itself on files that are wrong on purpose.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { findViolations, importedKernels } from './architecture';
import { describeFile, shaderNames } from './wgsl/files';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The TypeScript files of some folders by path from the root; packages and what was built left out. */
function sources(...folders: string[]): Record<string, string> {
  const paths = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
      .filter((path) => path.endsWith('.ts') && !/\/(?:node_modules|dist)\//.test(path)),
  );
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}

describe('the project', () => {
  const files = sources('src', 'bench', 'e2e');

  test('is read whole', () => {
    expect(Object.keys(files).length).toBeGreaterThan(80);
    expect(files).toHaveProperty(['src/layers/dense.ts']);
  });

  test('imports only down its floors, and uses Node, the DOM and GPU objects only in their places', () => {
    expect(findViolations(files)).toEqual([]);
  });

  test('uses every shader, entry point and fragment there is', () => {
    const shaders = readdirSync(join(root, 'shaders'), { recursive: true, encoding: 'utf8' })
      .map((name) => name.replaceAll('\\', '/'))
      .filter((name) => name.endsWith('.wgsl'));
    const sourceFiles = Object.entries(files).filter(
      ([path]) => path.startsWith('src/') && !path.endsWith('.test.ts'),
    );
    const imported = importedKernels(Object.fromEntries(sourceFiles));
    const described = shaderNames(join(root, 'shaders')).map((name) =>
      describeFile(join(root, 'shaders'), name),
    );
    const included = new Set(described.flatMap(({ includes }) => includes));
    const unused = shaders.filter((name) => !imported.has(`shaders/${name}`) && !included.has(name));
    const unusedEntryPoints = described.flatMap(({ kernels }) =>
      Object.values(kernels)
        .filter(({ file, entryPoint }) => imported.get(`shaders/${file}`)?.has(entryPoint) === false)
        .map(({ label }) => label),
    );
    expect([...unused, ...unusedEntryPoints]).toEqual([]);
  });
});

describe('the check', () => {
  test.each([
    [
      'an import that points up',
      'src/gpu/plan.ts',
      "import { x } from '../training/compile';",
      'src/gpu/plan.ts imports src/training/compile: from floor gpu up to training',
    ],
    [
      'a type that points up',
      'src/math/a.ts',
      "import type { X } from '../gpu/work';",
      'src/math/a.ts imports src/gpu/work: from floor math up to gpu',
    ],
    [
      'a type named in place',
      'src/wgsl/a.ts',
      "type X = import('../gpu/work').Work;",
      'from floor wgsl up to gpu',
    ],
    [
      'a folder by its name',
      'src/training/a.ts',
      "export * from '../presets';",
      'src/training/a.ts imports src/presets: from floor training up to presets',
    ],
    [
      'a re-export',
      'src/layers/a.ts',
      "export { x } from '../training/config';",
      'from floor layers up to training',
    ],
    [
      'an import at run time',
      'src/training/a.ts',
      "await import('../cli/canvas');",
      'from floor training up to cli',
    ],
    [
      'a glob',
      'src/gpu/a.ts',
      "import.meta.glob(['../layers/*.ts', '!./*.test.ts']);",
      'src/gpu/a.ts imports src/layers/*.ts: from floor gpu up to layers',
    ],
    [
      'one plug-in folder importing another',
      'src/layers/a.ts',
      "import { x } from '../losses/loss';",
      'src/layers/a.ts imports src/losses/loss: across from layers to losses',
    ],
    [
      'a deeper file',
      'src/app/picture/a.ts',
      "import '../../cli/canvas';",
      'src/app/picture/a.ts imports src/cli/canvas: across from app to cli',
    ],
    ['a test as well', 'src/math/a.test.ts', "import '../gpu/work';", 'from floor math up to gpu'],
    [
      'a folder without a floor',
      'src/layers/a.ts',
      "import '../utilities/all';",
      'utilities has no floor in src/architecture.ts',
    ],
    [
      'the bench',
      'src/training/a.ts',
      "import '../../bench/problem';",
      'src/training/a.ts imports bench/problem: src/ stands alone',
    ],
    [
      'Node',
      'src/training/a.ts',
      "import { readFileSync } from 'node:fs';",
      'src/training/a.ts uses node:fs: only src/cli, src/gpu/node.ts and the build do',
    ],
    [
      'the DOM',
      'src/export/a.ts',
      'export const title = () => document.title;',
      'src/export/a.ts uses document: only src/app touches the DOM',
    ],
    [
      'a type of the DOM',
      'src/gpu/a.ts',
      'export let canvas: HTMLCanvasElement;',
      'src/gpu/a.ts uses HTMLCanvasElement: only src/app touches the DOM',
    ],
    [
      'a device in a plug-in',
      'src/layers/a.ts',
      'export const f = (device: GPUDevice) => device;',
      'src/layers/a.ts uses GPUDevice: plug-ins only describe their work',
    ],
  ])('reports %s', (_, path, text, message) => {
    const violations = findViolations({ [path]: text });
    expect(violations).toHaveLength(1);
    expect(violations[0]).toContain(message);
  });

  test.each([
    [
      'imports down and beside',
      'src/training/a.ts',
      "import '../layers'; import '../gpu/work'; import './config'; import '../math/errors';",
    ],
    [
      'shaders and packages',
      'src/layers/a.ts',
      "import '../../shaders/dense.wgsl'; import * as v from 'valibot';",
    ],
    ['Node in its places', 'src/cli/setup/a.ts', "import 'node:fs';"],
    ['examples from beside in tests', 'src/export/a.test.ts', "import { presets } from '../presets';"],
    ['Node in tests', 'src/math/a.test.ts', "import 'node:fs';"],
    [
      'Node and anything in the bench',
      'bench/a.ts',
      "import 'node:fs'; import '../src/cli/canvas'; document.title;",
    ],
    ['the DOM in the page', 'src/app/a.ts', 'document.title = window.name;'],
    [
      'words in comments, strings and members',
      'src/export/a.ts',
      "// document\nexport const a = 'document'; a.document; b({ window: 1 });",
    ],
    ['GPU objects on their floor', 'src/gpu/a.ts', 'export const f = (device: GPUDevice) => device;'],
  ])('allows %s', (_, path, text) => {
    expect(findViolations({ [path]: text })).toEqual([]);
  });
});

describe('importedKernels', () => {
  test('collects names over files, and takes a whole module or its text for everything', () => {
    const imported = importedKernels({
      'src/a/a.ts': "import { f as g, h } from '../../shaders/a.wgsl'; import '../b/b';",
      'src/b/b.ts': "import { i } from '../../shaders/a.wgsl'; import * as all from '../../shaders/b.wgsl';",
      'src/b/c.ts':
        "import code from '../../shaders/lib/c.wgsl?raw'; import { j } from '../../shaders/b.wgsl';",
    });
    expect([...imported]).toEqual([
      ['shaders/a.wgsl', new Set(['f', 'h', 'i'])],
      ['shaders/b.wgsl', undefined],
      ['shaders/lib/c.wgsl', undefined],
    ]);
  });
});
