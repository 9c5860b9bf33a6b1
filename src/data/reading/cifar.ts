// CIFAR-10 and CIFAR-100 in their binary version: records of labels and 32×32 pixels, plane by plane (Krizhevsky, 2009).

import { BadFile, baseName } from './files';

const SIDE = 32;
const PLANE = SIDE * SIDE;

interface Kind {
  readonly name: string;
  /** Bytes of labels before a record's pixels; the last one is the class. */
  readonly labels: number;
  readonly classes: number;
  readonly files: RegExp;
  /** The file that names the classes, a line each. */
  readonly names: string;
}

const KINDS: readonly Kind[] = [
  {
    name: 'CIFAR-10',
    labels: 1,
    classes: 10,
    files: /^(?:data|test)_batch\w*\.bin$/i,
    names: 'batches.meta.txt',
  },
  {
    name: 'CIFAR-100',
    labels: 2,
    classes: 100,
    files: /^(?:train|test)\.bin$/i,
    names: 'fine_label_names.txt',
  },
];

const recordOf = ({ labels }: Kind) => labels + 3 * PLANE;

export const CIFAR_SHAPE = { channels: 3, height: SIDE, width: SIDE } as const;

/** Which of the two a file belongs to, by its name, else by its length; nothing where neither fits. */
export function cifarKind(path: string, size: number): Kind | undefined {
  const name = baseName(path);
  if (!/\.bin$/i.test(name)) return undefined;
  const named = KINDS.find(({ files }) => files.test(name));
  return named ?? KINDS.find((kind) => size > 0 && size % recordOf(kind) === 0);
}

export const isCifarNames = (path: string): boolean =>
  KINDS.some(({ names }) => names === baseName(path).toLowerCase());

export function readCifarNames(bytes: Uint8Array): string[] {
  const lines = new TextDecoder().decode(bytes).split(/\r?\n/);
  return lines.map((line) => line.trim()).filter((line) => line !== '');
}

/** The images of a file, [32, 32, 3] each, with their classes. @throws BadFile where it is cut off or holds something else */
export function* readCifar(bytes: Uint8Array, kind: Kind): Generator<{ pixels: Uint8Array; label: number }> {
  const record = recordOf(kind);
  if (bytes.length === 0) throw new BadFile('is empty');
  if (bytes.length % record !== 0) {
    throw new BadFile(
      `has ${bytes.length} bytes, which are no whole number of ${kind.name} records of ${record}: it is cut off or something else`,
    );
  }
  for (let start = 0; start < bytes.length; start += record) {
    const label = bytes[start + kind.labels - 1]!;
    if (label >= kind.classes) {
      throw new BadFile(
        `is no file of ${kind.name}: image ${start / record} has class ${label} of ${kind.classes}`,
      );
    }
    const planes = bytes.subarray(start + kind.labels, start + record);
    const pixels = new Uint8Array(3 * PLANE);
    for (let i = 0; i < PLANE; i++)
      for (let channel = 0; channel < 3; channel++) pixels[3 * i + channel] = planes[channel * PLANE + i]!;
    yield { pixels, label };
  }
}
