// `webgan sample`: samples of a trained generator, as a picture, as images of their own or as numbers.

import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { dataSources } from '../data';
import type { DataContent, DataSource } from '../data/source';
import { readCheckpoint } from '../export/checkpoint';
import { drawWays } from '../export/interpolate';
import { encodeNpy } from '../export/npy';
import { encodePng } from '../export/png';
import { imageGrid, toRasters } from '../export/raster';
import { sizeOf } from '../layers/layer';
import { UserError } from '../math/errors';
import type { SampleChoice } from '../training/inference';
import { classGrid, conditionOf, gridLabels } from '../training/labels';
import { Trainer } from '../training/trainer';
import { artistOf } from './artist';
import type { Console } from './console';
import { readUserFile, writeWhole, writing } from './files';
import { openNodeDevice } from './node-runtime';
import { count } from './words';

export interface SampleOptions {
  /** As many as suit where not given. */
  readonly count?: number;
  readonly seed: number;
  /** Of a conditional run: the class to draw. Where absent, images in a picture are class by class, others as they come. */
  readonly label?: number;
  readonly out: string;
  /** By the generator as it is trained, where there is an average of it too. */
  readonly raw: boolean;
  /** Ways between samples instead of samples: so many, of so many images each. */
  readonly interpolate?: { readonly rows: number; readonly columns: number };
}

const KINDS = ['.png', '.csv', '.npy', ''] as const;
type Kind = (typeof KINDS)[number];

/** Writes samples of a run's generator, or ways between them; the same ones for the same seed. @throws UserError */
export async function sample(run: string, options: SampleOptions, console: Console): Promise<void> {
  const { seed, out, interpolate } = options;
  if (interpolate && options.count !== undefined) {
    throw new UserError('--interpolate: --count given too; one of the two would do.');
  }
  const kind = kindOf(out);
  const checkpoint = findCheckpoint(run);
  const { config, state } = readCheckpoint(readUserFile(checkpoint), checkpoint);
  const { image } = dataSources.get(config.data.source).create(config.data);
  checkKind(kind, out, image !== undefined, interpolate !== undefined);
  if (options.raw && !config.average) {
    throw new UserError(
      `--raw: ${run} keeps no average of its generator, so that samples are raw anyway; without it would do.`,
    );
  }
  const averaged = !options.raw;
  const classes = conditionOf(config);
  const label = labelOf(options.label, classes, run);
  const device = await openNodeDevice();
  try {
    const trainer = await Trainer.create(device, config, image && standIn(image, classes));
    try {
      trainer.writeState(state);
    } catch (error) {
      if (error instanceof RangeError)
        throw new UserError(`${checkpoint}: does not fit its own configuration (${error.message}).`);
      throw error;
    }
    const picture = image !== undefined && kind === '.png';
    // A picture of all classes has a row for each; else samples are of one class, or of classes as they come.
    const all = picture && classes && label === undefined ? classGrid(classes) : undefined;
    const columns = all && (options.count === undefined ? all.columns : Math.ceil(options.count / all.rows));
    const grid = all && { rows: all.rows, columns: columns! };
    const wanted = grid ? grid.rows * grid.columns : (options.count ?? (picture ? 64 : 1000));
    const choice: SampleChoice = {
      averaged,
      ...(grid && { labels: gridLabels(grid), columns: grid.columns }),
      ...(label !== undefined && { labels: new Uint32Array(wanted).fill(label) }),
    };
    const generated = interpolate
      ? await drawWays(trainer, { ...interpolate, seed, label, averaged })
      : await trainer.sample(wanted, seed, choice);
    trainer.destroy();
    const of = `${label === undefined ? '' : ` of class ${label}`} of ${options.raw ? 'the raw G' : 'G'}`;
    const what = interpolate
      ? `${count(interpolate.rows)} ways of ${count(interpolate.columns)} images between samples${of}`
      : `${count(wanted)} samples${of}`;
    const title = `${what} after ${count(state.updates.generator)} steps`;
    const shape = trainer.run.generator.output;
    if (kind === '') {
      writing(out, () => writeImages(out, generated, shape));
    } else {
      const content = await contentOf(kind);
      writing(out, () => writeWhole(out, content));
    }
    console.out(`${title}: ${out}`);

    async function contentOf(kind: Exclude<Kind, ''>): Promise<string | Uint8Array> {
      const size = sizeOf(shape);
      if (kind === '.csv') return toCsv(generated, size);
      if (kind === '.npy') return encodeNpy(generated, [generated.length / size, ...shape]);
      if (interpolate) return encodePng(imageGrid(toRasters(generated, shape), interpolate));
      if (picture) return encodePng(imageGrid(toRasters(generated, shape), grid));
      return artistOf(config).draw({ title, caption: `${checkpoint}, seed ${seed}`, generated });
    }
  } finally {
    device.destroy();
  }
}

/** What is to be written, by the name's end: a name without one is a folder of images. */
function kindOf(out: string): Kind {
  const kind = KINDS.find((kind) => kind === extname(out).toLowerCase());
  if (kind === undefined) {
    throw new UserError(
      `--out: ${JSON.stringify(out)} given; a name that ends in .png, .csv or .npy would do, or a folder.`,
    );
  }
  const folder = dirname(out);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UserError(`--out: there is no folder ${folder}; one that is there would do.`);
  }
  if (kind === '' && existsSync(out) && !(statSync(out).isDirectory() && readdirSync(out).length === 0)) {
    throw new UserError(`--out: ${out} is there already; a new name or an empty folder would do.`);
  }
  return kind;
}

/** The class that is asked for, where one is. */
function labelOf(label: number | undefined, classes: number | undefined, run: string): number | undefined {
  if (label === undefined) return undefined;
  if (classes === undefined) {
    throw new UserError(
      `--class: ${label} given, but ${run} is not conditional; samples without it would do.`,
    );
  }
  if (label < classes) return label;
  throw new UserError(`--class: ${label} given; a class from 0 to ${classes - 1} would do.`);
}

function checkKind(kind: Kind, out: string, isImages: boolean, ways: boolean): void {
  if (ways && !isImages) {
    throw new UserError('--interpolate: the run is not of images; without it, samples would do.');
  }
  const given = JSON.stringify(out);
  if (kind === '' && !isImages) {
    throw new UserError(`--out: ${given} given; a name that ends in .png, .csv or .npy would do.`);
  }
  if (kind === '.csv' && isImages) {
    throw new UserError(`--out: ${given} given for images; .png, .npy or a folder would do.`);
  }
}

/** Drawing samples needs no data, but a run does not begin without: one black image stands for it, of the first of its classes. */
function standIn(
  { channels, height, width }: NonNullable<DataSource['image']>,
  classes: number | undefined,
): DataContent {
  const pieces = [new Uint8Array(channels * height * width)];
  const labelled = classes && {
    labels: Uint16Array.of(0),
    classes: Array.from({ length: classes }, (_, i) => String(i)),
  };
  return { images: { name: 'a black image', count: 1, channels, height, width, pieces, ...labelled } };
}

/** `000000.png`, `000001.png` and so on, as large as they are. */
function writeImages(folder: string, images: Float32Array, shape: readonly number[]): void {
  mkdirSync(folder, { recursive: true });
  toRasters(images, shape).forEach((raster, i) => {
    writeFileSync(join(folder, `${String(i).padStart(6, '0')}.png`), encodePng(raster));
  });
}

/** A run is named by its folder, by its name in `runs`, or by the checkpoint itself. */
export function findCheckpoint(run: string): string {
  const candidates = [join(run, 'checkpoint.safetensors'), join('runs', run, 'checkpoint.safetensors'), run];
  const found = candidates.find((path) => existsSync(path) && !statSync(path).isDirectory());
  if (found !== undefined) return found;
  throw new UserError(
    `${run}: has no checkpoint.safetensors; the folder of a run, such as runs/ring, would do.`,
  );
}

/** A header, then a sample a line, each number with as many digits as tell it from its neighbours. */
function toCsv(samples: Float32Array, columns: number): string {
  const lines = [['x', 'y'].slice(0, columns).join(',')];
  for (let i = 0; i < samples.length; i += columns) {
    lines.push(Array.from(samples.subarray(i, i + columns), shortest).join(','));
  }
  return `${lines.join('\n')}\n`;
}

/** The shortest decimal that reads back as the same float32. */
function shortest(x: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const text = x.toPrecision(digits);
    if (Math.fround(Number(text)) === x) return String(Number(text));
  }
  return String(Number(x.toPrecision(9)));
}
