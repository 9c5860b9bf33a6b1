// Labelled data in two parts: five sixths to train a classifier on, one sixth that it never sees.

import { dataSources } from '../data';
import type { ImageSet } from '../data/image-set';
import type { DataContent, DataSource } from '../data/source';
import type { DataConfig } from '../training/config';

export interface LabelledData {
  readonly training: DataSource;
  readonly heldOut: DataSource;
  /** Images in each; of data that are made as they are drawn, as many as will do. */
  readonly trainingCount: number;
  readonly heldOutCount: number;
}

const PARTS = 6;
const DRAWN = 6000;

/** Undefined where the data are no pictures or have no labels. */
export function labelledData(config: DataConfig, content: DataContent = {}): LabelledData | undefined {
  const plugin = dataSources.get(config.source);
  const { images } = content;
  if (!images) {
    // Without stored images there is no end of them: what another stream draws is held out.
    const source = plugin.create(config);
    if (!source.image || !source.drawLabels) return undefined;
    const heldOutCount = Math.round(DRAWN / PARTS);
    return { training: source, heldOut: source, trainingCount: DRAWN - heldOutCount, heldOutCount };
  }
  // A stack of three has three classes.
  if (!images.labels || images.count < PARTS || config.stack) return undefined;
  const isHeldOut = (i: number) => i % PARTS === PARTS - 1;
  const training = selectImages(images, (i) => !isHeldOut(i));
  const heldOut = selectImages(images, isHeldOut);
  // Neither part is mirrored: a mirrored 2 is no 2.
  const create = (set: ImageSet) => plugin.create({ ...config, flip: false }, { images: set });
  return {
    training: create(training),
    heldOut: create(heldOut),
    trainingCount: training.count,
    heldOutCount: heldOut.count,
  };
}

/** Those images of a set whose place in it will do, with their labels; the classes stay those of the whole. */
function selectImages(set: ImageSet, wanted: (index: number) => boolean): ImageSet {
  const size = set.channels * set.height * set.width;
  const classes = set.classes ?? classNames(set.labels!);
  const chosen: number[] = [];
  for (let i = 0; i < set.count; i++) if (wanted(i)) chosen.push(i);
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let start = 0;
  let next = 0;
  for (const piece of set.pieces) {
    const end = start + piece.length / size;
    const from = next;
    while (next < chosen.length && chosen[next]! < end) next++;
    if (next > from) {
      const own = new Uint8Array((next - from) * size);
      for (let k = from; k < next; k++) {
        const at = (chosen[k]! - start) * size;
        own.set(piece.subarray(at, at + size), (k - from) * size);
      }
      pieces.push(own);
    }
    start = end;
  }
  const labels = Uint16Array.from(chosen, (i) => set.labels![i]!);
  return { ...set, count: chosen.length, pieces, labels, classes };
}

/** Part of a set may lack the last class, whose number says how many there are. */
const classNames = (labels: Uint16Array): string[] =>
  Array.from({ length: labels.reduce((most, label) => Math.max(most, label), 0) + 1 }, (_, i) => String(i));
