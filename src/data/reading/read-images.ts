// Reads a set of images from whatever was named: finds out what it is, and puts every image of it into one set.

import { UserError } from '../../math/errors';
import { openArchive } from './archive';
import { ImageSetBuilder } from './builder';
import { readCifarSet } from './cifar-set';
import { baseName, contentOf, type FileList, type ListedFile, listOf, placeOf, Skipping } from './files';
import { readIdxSet } from './idx-set';
import type { ImageInput, ReadImages, ReadOptions } from './options';
import { readPictures } from './pictures';
import { isLitter, type Role, roleByContent, roleOf } from './recognize';

const WANTED = 'PNG, JPEG or WebP images, IDX files (MNIST) or the binary version of CIFAR would do';

/**
 * Reads images: IDX files with their labels, CIFAR's binary files, or PNG, JPEG and WebP files, whose folders are their
 * classes where each of them lies in one. All of these also inside a zip or (gzipped) tar archive.
 * @throws UserError in one sentence that names the file and the reason
 */
export async function readImages(input: ImageInput, options: ReadOptions): Promise<ReadImages> {
  const { list, files: found } = await findFiles(input);
  const skipping = new Skipping(list, options.skipBad ?? false);
  const builder = new ImageSetBuilder(list, skipping, options);
  // A folder that cannot be looked into may hold anything.
  for (const folder of found.filter(isFolder)) skipping.bad(folder.path, folder.problem);
  const files = found.filter((file) => !isFolder(file));
  const of = (role: Role) => files.filter((file) => file.role === role);
  const [pictures, idx, cifar] = [of('image'), of('idx images'), of('cifar')];
  const kinds = [pictures, idx, cifar].flatMap(([first]) => (first ? [baseName(first.path)] : []));
  if (kinds.length > 1) {
    throw new UserError(
      `${list.name}: holds ${kinds.join(' and ')}, which belong to no one set; a folder with images of one kind would do.`,
    );
  }
  if (kinds.length === 0) throw new UserError(nothingIn(list, found));
  if (idx.length > 0) {
    await readIdxSet(
      list,
      idx.map(({ path }) => path),
      builder,
      skipping,
    );
  } else if (cifar.length > 0) {
    await readCifarSet(list, cifar, of('names'), builder, skipping);
  } else {
    for (const { path, role, problem } of files) {
      if (problem !== undefined) skipping.bad(path, problem);
      else if (role !== 'image') skipping.bad(path, 'is no PNG, JPEG or WebP image');
    }
    const usable = pictures.filter(({ problem }) => problem === undefined);
    await readPictures(list, usable, options.decode, options.channels, builder, skipping);
  }
  const images = builder.build();
  if (images) return { images, skipped: skipping.skipped, notes: builder.notes };
  const [first] = skipping.skipped;
  const reason = first ? `, such as ${first.file}, which ${first.reason}` : '';
  throw new UserError(`${list.name}: holds no images but bad ones${reason}; ${WANTED}.`);
}

/** One that cannot be looked into: of all others the files are listed. */
const isFolder = (file: ListedFile): file is FoundFile & { problem: string } =>
  file.path.endsWith('/') && file.problem !== undefined;

type FoundFile = ListedFile & { readonly role: Role };

/** The files to read, of the folder, or of the archive that was named or lies alone in the folder. */
async function findFiles({
  name,
  files,
  chosen,
}: ImageInput): Promise<{ list: FileList; files: FoundFile[] }> {
  const visible = files.filter(({ path }) => path === chosen || !isLitter(path));
  const candidates = visible.filter((file) => chosen === undefined || file.path === chosen);
  const only = candidates.length === 1 && candidates[0]!.problem === undefined ? candidates[0] : undefined;
  const place = only && placeOf({ name }, only.path);
  const archive = only && (await openArchive(only, place!));
  const list = archive ?? listOf(name, visible);
  const found: FoundFile[] = [];
  for (const file of archive ? archive.files.filter(({ path }) => !isLitter(path)) : visible) {
    let role = roleOf(file);
    // What was named alone may have any name; what lies beside it only helps.
    if (file === only && role === 'other') role = await contentRole(file as typeof only, place!);
    if (archive || chosen === undefined || file.path === chosen) found.push({ ...file, role });
  }
  return { list, files: found };
}

async function contentRole(file: Parameters<typeof contentOf>[0], place: string): Promise<Role> {
  try {
    return await roleByContent(contentOf(file));
  } catch (error) {
    throw new UserError(`${place}: ${(error as Error).message}; ${WANTED}.`);
  }
}

/** Why there are no images. */
function nothingIn(list: FileList, files: readonly FoundFile[]): string {
  const [first] = files;
  if (!first) return `${list.name}: is empty; ${WANTED}.`;
  const problem = files.find((file) => file.problem !== undefined);
  if (problem) return `${placeOf(list, problem.path)}: ${problem.problem}; ${WANTED}.`;
  if (files.some(({ role }) => role === 'idx labels'))
    return `${list.name}: holds labels, but not the images that they belong to; ${WANTED}.`;
  if (files.length === 1) return `${placeOf(list, first.path)}: holds no images that can be read; ${WANTED}.`;
  return `${list.name}: holds no images, but files such as ${baseName(first.path)}; ${WANTED}.`;
}
