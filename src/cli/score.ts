// `webgan score`: how good a trained generator of images is, each score beside what other real images get.

import { dirname, join } from 'node:path';
import { dataSources } from '../data';
import { readCheckpoint, restoreCheckpoint } from '../export/checkpoint';
import { encodePng } from '../export/png';
import { imageGrid, toRasters } from '../export/raster';
import { UserError } from '../math/errors';
import { type ClassScores, scoreClasses } from '../scores/class-scores';
import { trainClassifier } from '../scores/classifier';
import { labelledData } from '../scores/held-out';
import { type ImageScores, LEAST_PICTURES, scoreImages } from '../scores/image-scores';
import { imagesOf, median, type NearestImages, nearestImages, picturesOf } from '../scores/nearest-images';
import { type Pictures, slicePictures } from '../scores/pictures';
import { Trainer } from '../training/trainer';
import type { Console } from './console';
import { readUserFile, writeWhole, writing } from './files';
import { otherImages } from './images';
import { loadContent } from './load-config';
import { openNodeDevice } from './node-runtime';
import { findCheckpoint } from './sample';
import { count, fixed, percent } from './words';

export interface ScoreOptions {
  readonly samples: number;
  readonly seed: number;
  /** Where the images lie now, if no longer where they were. */
  readonly data?: string;
  readonly json: boolean;
}

interface Scores extends ImageScores, Partial<ClassScores> {
  /**
   * Median Euclidean distance of a sample to the nearest of all real images, and of a real image to the nearest other one: where
   * the former is far below, the samples are copies.
   */
  readonly nearest: number;
  readonly nearestReal: number;
  /** Iterations that the generator was trained for. */
  readonly step: number;
  /** Images of each kind that were compared. */
  readonly samples: number;
}

/** Pairs of a sample and the real image nearest to it in `nearest.png`. */
const PAIRS = 64;
const PAIRS_IN_A_ROW = 8;

/**
 * Scores a run's generator, prints a table, and writes `scores.json` and `nearest.png` beside its checkpoint.
 * @throws UserError
 */
export async function score(run: string, options: ScoreOptions, console: Console): Promise<void> {
  const checkpoint = findCheckpoint(run);
  const { config, state } = readCheckpoint(readUserFile(checkpoint), checkpoint);
  const { image } = dataSources.get(config.data.source).create(config.data);
  if (!image) {
    throw new UserError(
      `${run}: its data are ${config.data.source}, whose measures are in its summary.json; a run of images would do.`,
    );
  }
  const content = await loadContent(config, options.data, console);
  const others = otherImages(state, content, run);
  if (others !== undefined) console.err(`${others} It is compared with these.`);
  const stored = content.images?.count ?? Number.POSITIVE_INFINITY;
  const samples = Math.min(options.samples, Math.floor(stored / 2));
  if (samples < LEAST_PICTURES) {
    throw new UserError(
      `${run}: its data are ${count(stored)} images; at least ${2 * LEAST_PICTURES} would do to score with.`,
    );
  }
  const device = await openNodeDevice();
  try {
    const tell = console.status ?? (() => {});
    const trainer = await Trainer.create(device, config, content);
    await restoreCheckpoint(trainer, state, checkpoint);
    tell(`Drawing ${count(samples)} samples`);
    const picturesFrom = (pixels: Float32Array): Pictures => ({ ...image, pixels });
    // As many of each class.
    const { classes } = trainer.run;
    const asked = classes ? Uint32Array.from({ length: samples }, (_, i) => i % classes) : undefined;
    const generated = picturesFrom(await trainer.sample(samples, options.seed, asked && { labels: asked }));
    const drawn = picturesFrom(await trainer.real(2 * samples, options.seed));
    trainer.destroy();
    const [real, otherReal] = [slicePictures(drawn, 0, samples), slicePictures(drawn, samples)];

    tell('Comparing images');
    const imageScores = scoreImages(generated, real, otherReal);
    // Of all that there are, where they are stored: a copy may be of any, and of a mirrored one where such were trained on.
    const among = () =>
      content.images && !config.data.stack
        ? imagesOf(content.images, { mirrored: config.data.flip === true })
        : picturesOf(drawn);
    const shown = slicePictures(generated, 0, PAIRS);
    const nearest = nearestImages(shown, among());
    const others = nearestImages(slicePictures(otherReal, 0, PAIRS), among(), { others: true });

    tell('Training a classifier');
    const labelled = labelledData(config.data, content);
    const classifier = labelled && (await trainClassifier(device, labelled));
    const classScores = classifier && (await scoreClasses(classifier, generated, real, otherReal, asked));
    classifier?.destroy();
    tell('');

    const scores: Scores = {
      step: state.updates.generator,
      samples,
      ...imageScores,
      nearest: median(nearest.distances),
      nearestReal: median(others.distances),
      ...classScores,
    };
    const folder = dirname(checkpoint);
    writing(folder, () => {
      writeWhole(join(folder, 'scores.json'), `${JSON.stringify(scores, null, 2)}\n`);
      writeWhole(join(folder, 'nearest.png'), drawPairs(shown, nearest));
    });
    if (options.json) console.out(JSON.stringify(scores));
    else for (const line of table(scores, folder)) console.out(line);
  } finally {
    device.destroy();
  }
}

/** Each sample, and to its right the real image that is nearest to it. */
function drawPairs(samples: Pictures, nearest: NearestImages): Uint8Array<ArrayBuffer> {
  const shape = [samples.channels, samples.height, samples.width];
  const real = toRasters(nearest.pictures.pixels, shape);
  const pairs = toRasters(samples.pixels, shape).flatMap((sample, i) => [sample, real[i]!]);
  return encodePng(imageGrid(pairs, { columns: 2 * PAIRS_IN_A_ROW }));
}

type Row = readonly [what: string, own: string, real: string, note: string];

function table(scores: Scores, folder: string): string[] {
  const number = (x: number) => fixed(x, x < 10 ? 3 : 1);
  const rows: Row[] = [
    ['', 'G', 'other real', ''],
    [
      'sliced Wasserstein × 1000',
      number(scores.swd),
      number(scores.swdReal),
      'patches at each scale: 0 is the same textures',
    ],
    ['precision', percent(scores.precision), percent(scores.precisionReal), 'samples among the real'],
    ['recall', percent(scores.recall), percent(scores.recallReal), 'real images among the samples'],
    ['density', number(scores.density), number(scores.densityReal), 'samples where real images are many'],
    ['coverage', percent(scores.coverage), percent(scores.coverageReal), 'real images with a sample near'],
    [
      'nearest real image',
      number(scores.nearest),
      number(scores.nearestReal),
      'far smaller than the real ones’: memorised',
    ],
    ...classRows(scores),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  return [
    `${count(scores.samples)} samples of G after ${count(scores.step)} steps, beside as many real images:`,
    '',
    ...rows.map(([what, own, real, note]) =>
      `${what.padEnd(widths[0]!)}  ${own.padStart(widths[1]!)}  ${real.padStart(widths[2]!)}  ${note}`.trimEnd(),
    ),
    '',
    `Samples beside the real images nearest to them: ${join(folder, 'nearest.png')}. All numbers: ${join(folder, 'scores.json')}.`,
  ];

  function classRows(scores: Scores): Row[] {
    if (scores.classShares === undefined) return [];
    const range = (shares: readonly number[]) =>
      `${percent(Math.min(...shares))} – ${percent(Math.max(...shares))}`;
    const agreement: Row[] =
      scores.classAgreement === undefined
        ? []
        : [
            [
              'of the class asked for',
              percent(scores.classAgreement),
              percent(scores.classifierAccuracy!),
              'as a classifier sees it; of other real images, held-out ones',
            ],
          ];
    return [
      ...agreement,
      [
        'classifier is sure (> 0.9)',
        percent(scores.classifierConfident!),
        percent(scores.classifierConfidentReal!),
        `of a classifier trained here, on most of these real ones too; ${percent(scores.classifierAccuracy!)} right on held-out ones`,
      ],
      [
        'share of each class',
        range(scores.classShares),
        range(scores.classSharesReal!),
        `rarest to most frequent of ${scores.classShares.length}`,
      ],
      ['KL of the classes', number(scores.classKl!), number(scores.classKlReal!), 'nats from all alike'],
      [
        'Fréchet distance',
        number(scores.frechet!),
        number(scores.frechetReal!),
        'in the classifier’s features (no FID)',
      ],
    ];
  }
}
