// Files that a person chose or dropped, and what they are for.

import { DEFAULT_PRESET, presets } from '../../presets';
import type { ImageShape } from '../protocol';

/** A file with its place below what was chosen. */
export interface PlacedFile {
  /** With `/` between folders; its name where it was chosen itself. */
  readonly path: string;
  readonly file: File;
  /** Why it cannot be read, where that is known already. */
  readonly problem?: string;
}

/** Where images come from: files, or the download of MNIST. */
export type DataFiles =
  | { readonly kind: 'files'; readonly name: string; readonly files: readonly PlacedFile[] }
  | { readonly kind: 'mnist'; readonly name: string };

export const MNIST: DataFiles = { kind: 'mnist', name: 'MNIST' };

/** What a person can open here. */
export type Opened =
  | { readonly kind: 'images'; readonly files: DataFiles }
  | { readonly kind: 'points'; readonly file: File }
  | { readonly kind: 'checkpoint'; readonly file: File };

/** What files are, by their names; nothing of none. */
export function opened(files: readonly PlacedFile[]): Opened | undefined {
  const [first] = files;
  if (!first) return undefined;
  if (files.length === 1) {
    const { file } = first;
    if (/\.safetensors$/i.test(file.name)) return { kind: 'checkpoint', file };
    if (/\.(csv|tsv|txt)$/i.test(file.name)) return { kind: 'points', file };
  }
  const [folder, ...below] = first.path.split('/');
  const isFolder = below.length > 0 && files.every(({ path }) => path.startsWith(`${folder}/`));
  const name = files.length === 1 ? first.path : isFolder ? folder! : `${files.length} files`;
  const placed = isFolder
    ? files.map((file) => ({ ...file, path: file.path.slice(folder!.length + 1) }))
    : files;
  return { kind: 'images', files: { kind: 'files', name, files: placed } };
}

/** Everything that a drop holds, folders with all that lies in them. Has to be called while the drop is handled. */
export async function droppedFiles({ items, files }: DataTransfer): Promise<PlacedFile[]> {
  const entries = Array.from(items, (item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return pickedFiles(files);
  return (await Promise.all(entries.map(filesBelow))).flat();
}

/** What a file picker gave, of files or of a folder. */
export const pickedFiles = (files: FileList): PlacedFile[] =>
  Array.from(files, (file) => ({ path: file.webkitRelativePath || file.name, file }));

async function filesBelow(entry: FileSystemEntry): Promise<PlacedFile[]> {
  const path = entry.fullPath.replace(/^\//, '');
  const unreadable = (error: unknown, place: string): PlacedFile[] => [
    { path: place, file: new File([], entry.name), problem: `cannot be read (${(error as Error).name})` },
  ];
  if (entry.isFile) {
    return new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)).then(
      (file) => [{ path, file }],
      (error) => unreadable(error, path),
    );
  }
  return entriesOf(entry as FileSystemDirectoryEntry).then(
    async (entries) => (await Promise.all(entries.map(filesBelow))).flat(),
    (error) => unreadable(error, `${path}/`),
  );
}

async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const found: FileSystemEntry[] = [];
  // It gives some at a time, and none when there are no more.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return found;
    found.push(...some);
  }
}

/** What a configuration's images have to be like; nothing where it has none, or does not say it. */
export function wantedBy(config: object): ImageShape | undefined {
  const { data } = config as { data?: { source?: unknown } & Partial<ImageShape> };
  if (data?.source !== 'images') return undefined;
  const { channels, height, width } = data;
  if (channels === undefined || height === undefined || width === undefined) return undefined;
  return { channels, height, width };
}

/** What to train on files where the present preset is not for images: IDX files are grey, whatever else is in colour. */
export function presetFor(source: DataFiles): string {
  const inColour =
    source.kind === 'files' &&
    source.files.some(({ path }) => /\.(png|jpe?g|webp|zip|tar|tgz|tar\.gz|bin)$/i.test(path));
  const channels = inColour ? 3 : 1;
  const fitting = presets.names.filter((name) => wantedBy(presets.get(name).config)?.channels === channels);
  const byArea = (name: string) => {
    const { width, height } = wantedBy(presets.get(name).config)!;
    return width * height;
  };
  // The smallest there is; of several, the convolutional one.
  fitting.sort((a, b) => byArea(a) - byArea(b) || Number(b.includes('dcgan')) - Number(a.includes('dcgan')));
  return fitting[0] ?? DEFAULT_PRESET;
}
