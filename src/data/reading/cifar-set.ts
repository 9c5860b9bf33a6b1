// A set of CIFAR's files: its batches, one behind the other, and the names of its classes where they are beside them.

import { UserError } from '../../math/errors';
import type { ImageSetBuilder } from './builder';
import { CIFAR_SHAPE, cifarKind, readCifar, readCifarNames } from './cifar';
import { baseName, bytesOf, type FileList, type ListedFile, type Skipping } from './files';

/** CIFAR-100's training file has 154 MB. */
const MAX_BYTES = 2 ** 30;

/** @param files of images; `others` may hold the names of the classes */
export async function readCifarSet(
  list: FileList,
  files: readonly ListedFile[],
  others: readonly ListedFile[],
  builder: ImageSetBuilder,
  skipping: Skipping,
): Promise<void> {
  const [kind, second] = new Set(files.map(({ path, size }) => cifarKind(path, size)!));
  if (second) {
    throw new UserError(
      `${list.name}: holds files of CIFAR-10 and of CIFAR-100; a folder with one of them would do.`,
    );
  }
  const nameFile = others.find(({ path }) => baseName(path).toLowerCase() === kind!.names);
  const wanted = new Set<string>();
  for (const { path, problem } of nameFile ? [...files, nameFile] : files) {
    if (problem !== undefined) skipping.bad(path, problem);
    else wanted.add(path);
  }
  let names: string[] = [];
  let read = 0;
  const batches = new Map<string, { pixels: Uint8Array; label: number }[]>();
  for await (const content of list.open(wanted)) {
    await skipping.try(content.path, async () => {
      const bytes = await bytesOf(content, MAX_BYTES);
      if (content.path === nameFile?.path) {
        names = readCifarNames(bytes);
        return;
      }
      const batch: { pixels: Uint8Array; label: number }[] = [];
      const accept = builder.expect(CIFAR_SHAPE);
      for (const { pixels, label } of readCifar(bytes, kind!))
        batch.push({ pixels: accept({ ...CIFAR_SHAPE, pixels }), label });
      batches.set(content.path, batch);
      read += batch.length;
      builder.progress(read);
    });
  }
  // An archive has them in an order of its own.
  for (const path of [...batches.keys()].sort())
    for (const { pixels, label } of batches.get(path)!) builder.add(pixels, label);
  const numbers = Array.from({ length: kind!.classes }, (_, i) => `${i}`);
  builder.nameClasses = (labels) => ({
    labels: Uint16Array.from(labels),
    classes: names.length === numbers.length ? names : numbers,
  });
}
