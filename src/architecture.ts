// The floors of the house, and a check that every import points down. For the test beside it.

import { posix } from 'node:path';
import { type ESTree, parseSync } from 'vite';

/** Folders of src/ by floor, from the ground up. A file may import its own folder and the floors below. */
const FLOORS: readonly (readonly string[])[] = [
  ['math', 'wgsl'],
  ['gpu'],
  ['layers', 'losses', 'penalties', 'optimizers', 'noise', 'data'],
  ['training'],
  ['presets', 'theory', 'scores', 'export'],
  ['app', 'cli'],
];
const PLUG_INS = FLOORS[2]!;

/** Where Node's own modules may be used; Vite's plugin and the files it reads belong to the build. */
const NODE = /^(?:src\/cli\/|src\/gpu\/node\.ts$|src\/wgsl\/(?:files|plugin)\.ts$|src\/architecture\.ts$)/;
/** Where the DOM may be used; what drives the page from outside holds functions that run in it. */
const PAGE = /^src\/(?:app\/|cli\/chrome-runtime\.ts$)/;
const DOM =
  /^(?:document|window|localStorage|sessionStorage|customElements|requestAnimationFrame|getComputedStyle|(?:HTML|SVG)\w*Element|ResizeObserver|MutationObserver)$/;
const GPU = /^GPU[A-Z]/;

const isTest = (path: string): boolean => /\.test\.ts$/.test(path);

/**
 * One sentence for each import that points up the floors or across folders of one floor, each use of Node or the DOM outside
 * its place, and each GPU object in a plug-in.
 *
 * @param files text by path from the repository's root, as `src/layers/dense.ts`
 */
export function findViolations(files: Readonly<Record<string, string>>): string[] {
  return Object.entries(files).flatMap(([path, text]) => {
    const { imports, names } = read(path, text);
    return [
      ...imports.flatMap((specifier) => importViolation(path, specifier) ?? []),
      ...[...names].flatMap((name) => nameViolation(path, name) ?? []),
    ];
  });
}

/**
 * Which entry points of which shader files are imported: by path from the repository's root, their names; `undefined`
 * for a file of which everything is used (imported whole or as text).
 */
export function importedKernels(
  files: Readonly<Record<string, string>>,
): Map<string, Set<string> | undefined> {
  const found = new Map<string, Set<string> | undefined>();
  for (const [path, text] of Object.entries(files)) {
    for (const { moduleRequest, entries } of parseSync(path, text).module.staticImports) {
      const [, shader] = /^(\..*\.wgsl)(?:\?raw)?$/.exec(moduleRequest.value) ?? [];
      if (!shader) continue;
      const target = posix.join(posix.dirname(path), shader);
      const names = found.has(target) ? found.get(target) : new Set<string>();
      for (const { importName } of entries) names?.add(importName.name ?? '');
      found.set(target, entries.every(({ importName }) => importName.kind === 'Name') ? names : undefined);
    }
  }
  return found;
}

function importViolation(path: string, specifier: string): string | undefined {
  if (specifier.startsWith('node:'))
    return folderOf(path) === undefined || isTest(path) || NODE.test(path)
      ? undefined
      : `${path} uses ${specifier}: only src/cli, src/gpu/node.ts and the build do`;
  if (!specifier.startsWith('.')) return undefined;
  const target = posix.join(posix.dirname(path), specifier);
  const [from, to] = [folderOf(path), folderOf(target)];
  // Files in src/ itself are tests of the whole house.
  if (from === undefined || from === '') return undefined;
  if (to === undefined)
    return /^(?:bench|e2e|scripts)\//.test(target)
      ? `${path} imports ${target}: src/ stands alone`
      : undefined;
  if (from === to) return undefined;
  const [own, other] = [floorOf(from), floorOf(to)];
  if (own < 0 || other < 0)
    return `${path} imports ${target}: ${own < 0 ? from : to} has no floor in src/architecture.ts`;
  if (other > own) return `${path} imports ${target}: from floor ${from} up to ${to}`;
  // Tests take their examples from beside, but not from above.
  if (other === own && !isTest(path)) return `${path} imports ${target}: across from ${from} to ${to}`;
  return undefined;
}

function nameViolation(path: string, name: string): string | undefined {
  const folder = folderOf(path);
  if (folder === undefined || isTest(path)) return undefined;
  if (DOM.test(name) && !PAGE.test(path)) return `${path} uses ${name}: only src/app touches the DOM`;
  if (GPU.test(name) && PLUG_INS.includes(folder))
    return `${path} uses ${name}: plug-ins only describe their work`;
  return undefined;
}

/** The folder of src/ that a path lies in; '' for src/ itself, undefined outside. */
function folderOf(path: string): string | undefined {
  if (!path.startsWith('src/')) return undefined;
  const parts = path.split('/');
  // A folder is imported by its name too: `../layers` is its index.
  return parts.length > 2 || !parts[1]!.includes('.') ? parts[1]! : '';
}

const floorOf = (folder: string): number => FLOORS.findIndex((floor) => floor.includes(folder));

/** Everything a file imports, types and globs included, and the free-standing names it uses. */
function read(path: string, text: string): { imports: string[]; names: Set<string> } {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]!.message}`);
  const imports: string[] = [];
  const names = new Set<string>();
  visit(program, undefined, (node, key) => {
    const source = 'source' in node ? stringOf(node.source) : undefined;
    if (source !== undefined) imports.push(source);
    if (isGlob(node)) imports.push(...globPatterns(node.arguments[0]));
    if (node.type === 'Identifier' && key !== 'property' && key !== 'key' && key !== 'label')
      names.add(node.name);
  });
  return { imports, names };
}

type AnyNode = ESTree.Node;

function visit(
  node: AnyNode,
  key: string | undefined,
  see: (node: AnyNode, key: string | undefined) => void,
): void {
  see(node, key);
  const named = 'computed' in node && node.computed === false;
  for (const [name, value] of Object.entries(node)) {
    // `a.document` and `{ document: 1 }` name a member; `a[document]` uses the name.
    const role = (name === 'property' || name === 'key') && !named ? undefined : name;
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) visit(child, role, see);
  }
}

const isNode = (value: unknown): value is AnyNode =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';

function stringOf(value: unknown): string | undefined {
  return isNode(value) && value.type === 'Literal' && typeof value.value === 'string'
    ? value.value
    : undefined;
}

function isGlob(node: AnyNode): node is ESTree.CallExpression {
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return false;
  const { object, property } = node.callee;
  return object.type === 'MetaProperty' && property.type === 'Identifier' && property.name === 'glob';
}

function globPatterns(argument: unknown): string[] {
  const patterns = isNode(argument) && argument.type === 'ArrayExpression' ? argument.elements : [argument];
  return patterns.flatMap((pattern) => stringOf(pattern) ?? []).filter((pattern) => !pattern.startsWith('!'));
}
