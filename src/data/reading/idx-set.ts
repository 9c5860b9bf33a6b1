// A set of IDX files: the halves for training and testing, one behind the other, with their labels.

import { UserError } from '../../math/errors';
import type { ImageSetBuilder } from './builder';
import { BadFile, baseName, type FileList, placeOf, type Skipping } from './files';
import { idxFamily, isTransposed, labelPaths, nameClasses, readIdxImages, readIdxLabels } from './idx';

/** @param paths of the files of images */
export async function readIdxSet(
  list: FileList,
  paths: readonly string[],
  builder: ImageSetBuilder,
  skipping: Skipping,
): Promise<void> {
  // Where a file is there unpacked as well, that one is read.
  const files = paths.filter((path) => !(path.endsWith('.gz') && paths.includes(path.slice(0, -3))));
  if (new Set(files.map(idxFamily)).size > 1) {
    throw new UserError(
      `${list.name}: holds several sets (${files.map(baseName).join(', ')}); the images file of one of them would do.`,
    );
  }
  const isTest = (path: string) => Number(!/train/i.test(baseName(path)));
  files.sort((a, b) => isTest(a) - isTest(b) || (a < b ? -1 : 1));
  const labelFile = new Map<string, string>();
  for (const path of files) {
    const names = labelPaths(path);
    const found = list.files.find((file) => names.includes(file.path));
    if (found) labelFile.set(path, found.path);
  }
  const [labelled] = labelFile.values();
  const unlabelled = files.find((path) => !labelFile.has(path));
  if (labelled !== undefined && unlabelled !== undefined) {
    throw new UserError(
      `${placeOf(list, unlabelled)}: has no labels beside it, where other images have ${baseName(labelled)}; labels for all or for none would do.`,
    );
  }

  const labels = new Map<string, Uint8Array>();
  const problems = new Map(list.files.map(({ path, problem }) => [path, problem]));
  const read = async (path: string, use: Parameters<typeof eachOf>[2]) => {
    const problem = problems.get(path);
    if (problem !== undefined) skipping.bad(path, problem);
    else await eachOf(list, path, use, skipping);
  };
  for (const path of labelFile.values())
    await read(path, async (content) => void labels.set(path, await readIdxLabels(content)));
  for (const path of files) {
    await read(path, async (content) => {
      const { count, height, width, images } = await readIdxImages(content);
      const ofThese = labels.get(labelFile.get(path) ?? '');
      if (labelFile.has(path)) {
        const name = baseName(labelFile.get(path)!);
        if (!ofThese) throw new BadFile(`belongs to ${name}, which cannot be used`);
        if (ofThese.length !== count)
          throw new BadFile(`has ${count} images, but ${name} has ${ofThese.length} labels`);
      }
      const turned = isTransposed(`${list.name}/${path}`);
      if (turned)
        builder.note('Rows and columns were exchanged, as in EMNIST\u2019s files, which the path names.');
      const shape = {
        channels: 1,
        height: turned ? width : height,
        width: turned ? height : width,
      } as const;
      const accept = builder.expect(shape);
      builder.total += count;
      // All of a file or nothing: that it is cut off shows at its end.
      const accepted: Uint8Array[] = [];
      for await (const stored of images()) {
        const pixels = turned ? transposed(stored, height, width) : stored;
        accepted.push(accept({ ...shape, pixels }));
        if (accepted.length % 1000 === 0) builder.progress(accepted.length);
      }
      for (const [i, pixels] of accepted.entries()) builder.add(pixels, ofThese?.[i]);
      builder.progress();
    });
  }
  builder.nameClasses = (found) => nameClasses(found, `${list.name}/${files[0]!}`);
}

async function eachOf(
  list: FileList,
  path: string,
  use: (content: Parameters<typeof readIdxLabels>[0]) => Promise<void>,
  skipping: Skipping,
): Promise<void> {
  for await (const content of list.open(new Set([path]))) await skipping.try(path, () => use(content));
}

function transposed(pixels: Uint8Array, height: number, width: number): Uint8Array {
  const result = new Uint8Array(pixels.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) result[x * height + y] = pixels[y * width + x]!;
  return result;
}
