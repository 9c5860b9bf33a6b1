// What a file is for, by its name; by its first bytes where the user named it alone.

import { cifarKind, isCifarNames } from './cifar';
import { baseName, type Content, type ListedFile } from './files';
import { gunzipped } from './gunzip';
import { idxRole, isIdxImages, isIdxLabels } from './idx';

export type Role = 'image' | 'idx images' | 'idx labels' | 'cifar' | 'names' | 'other';

/** What systems and programs leave behind in folders and archives. */
export const isLitter = (path: string): boolean =>
  path.split('/').some((part) => /^\.(?!\.?(?:\\|$))/.test(part) || part === '__MACOSX') ||
  /^(?:thumbs\.db|desktop\.ini)$/i.test(baseName(path));

export function roleOf({ path, size }: ListedFile): Role {
  if (/\.(?:png|jpe?g|jfif|webp)$/i.test(path)) return 'image';
  const idx = idxRole(path);
  if (idx !== undefined) return `idx ${idx}`;
  if (isCifarNames(path)) return 'names';
  return cifarKind(path, size) ? 'cifar' : 'other';
}

export async function roleByContent(content: Content): Promise<Role> {
  for await (const head of gunzipped(content).chunks()) {
    if (isIdxImages(head)) return 'idx images';
    if (isIdxLabels(head)) return 'idx labels';
    break;
  }
  return 'other';
}

/** Folders that part a set for training from one for testing: no classes. */
const HALVES = /^(?:train|training|test|testing|val|valid|validation)$/i;

/**
 * The class of each image where every one lies in a folder: the first folder of its path, below those that all of them lie
 * in and below `train` and the like. Nothing where some lie outside.
 */
export function classFolders(paths: readonly string[]): ((path: string) => string) | undefined {
  const folders = paths.map((path) => path.split('/').slice(0, -1));
  let common = 0;
  const deepest = folders[0]?.length ?? 0;
  while (common < deepest && folders.every((parts) => parts[common] === folders[0]![common])) common++;
  const below = folders.map((parts) => parts.slice(common));
  const skip = below.every(([first]) => first !== undefined && HALVES.test(first)) ? 1 : 0;
  if (below.some((parts) => parts.length <= skip)) return undefined;
  return (path) => path.split('/')[common + skip]!;
}

/** As people count: 2 before 10. */
export const naturalOrder = (a: string, b: string): number =>
  a.localeCompare(b, 'en', { numeric: true }) || (a < b ? -1 : Number(a > b));
