// From what the user typed to a checked configuration: a preset or a file, with the command's settings on top.

import { existsSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { fillInPoints } from '../data/points';
import type { ReadImages } from '../data/reading/options';
import type { ImageShape } from '../data/reading/resample';
import type { DataContent } from '../data/source';
import { UserError } from '../math/errors';
import { nearest } from '../math/phrases';
import { DEFAULT_PRESET, presets } from '../presets';
import { parseConfig, type RunConfig } from '../training/config';
import type { Console } from './console';
import { readUserFile } from './files';
import { readImagesAt } from './images';
import { applySetting } from './settings';

export interface NamedConfig {
  readonly config: RunConfig;
  /** What the run's folder is called where the user gives no name. */
  readonly name: string;
  /** What a run on images trains on, with the bad files that were passed over. */
  readonly read?: ReadImages;
}

/** Which images to train on, for a configuration whose data source is `images`. */
export interface ImageOptions {
  /** A folder, an archive or a file; the configuration's own where absent. */
  readonly data?: string | undefined;
  /** Pixels along each side; the configuration's own, or the images', where absent. */
  readonly imageSize?: number | undefined;
  readonly skipBad?: boolean | undefined;
}

/**
 * @param source a preset's name or the path of a JSON file; the default preset where absent.
 * @param settings `path=value`, later ones over earlier ones.
 * @param console where to tell how far the reading of images is.
 * @throws UserError in one sentence for anything that the user can mend.
 */
export async function loadConfig(
  source: string | undefined,
  settings: readonly string[],
  options: ImageOptions = {},
  console?: Pick<Console, 'status'>,
): Promise<NamedConfig> {
  const { input, name, folder } = readInput(source ?? DEFAULT_PRESET);
  const set = settings.reduce(applySetting, input);
  const given = (set as { data?: unknown } | null)?.data;
  const data = fillInImages(
    fillInPoints(given, (file) => readText(locate(file, folder))),
    name,
    options,
  );
  const filled = data === undefined ? set : { ...(set as object), data };
  if (!isImages(data)) return { config: parseConfig(filled), name };
  // Nobody should wait for thousands of images to learn of a mistyped field.
  const known = 'height' in data && 'width' in data && 'channels' in data;
  const unread = { channels: 1, height: 1, width: 1, ...data };
  const early =
    known || typeof data.path !== 'string' ? parseConfig({ ...(set as object), data: unread }) : undefined;
  const place = options.data ?? locate(data.path, folder);
  const { height, width, channels } = (early?.data ?? data) as Partial<ImageShape>;
  const size = height !== undefined && width !== undefined ? { height, width } : undefined;
  const read = await readImagesAt(place, { size, channels, skipBad: data.skipBad === true }, console);
  const { images } = read;
  const shape = { channels: images.channels, height: images.height, width: images.width };
  return { config: parseConfig({ ...(set as object), data: { ...data, ...shape } }), name, read };
}

/**
 * The images that a run was trained on, for one that goes on: those of its configuration's path, and as large.
 * @param place where they lie now, if no longer there: a path may be seen from the folder that the run was begun in
 * @throws UserError also where they are gone
 */
export async function loadContent(
  { data }: RunConfig,
  place: string | undefined,
  console?: Pick<Console, 'status'>,
): Promise<DataContent> {
  if (!isImages(data)) {
    if (place === undefined) return {};
    throw new UserError(
      `--data: the data of the run are ${JSON.stringify(data.source)}, not images; without it would do.`,
    );
  }
  if (place === undefined && !existsSync(data.path)) {
    throw new UserError(
      `${data.path}: there is no such file or folder from here; --data with where the run’s images lie now would do.`,
    );
  }
  const { path, height, width, channels, skipBad } = data as typeof data & ImageShape;
  const options = { size: { height, width }, channels, skipBad: skipBad === true };
  const { images } = await readImagesAt(place ?? path, options, console);
  return { images };
}

interface ImagesConfig {
  readonly source: 'images';
  readonly path: string;
  readonly skipBad?: unknown;
}

const isImages = (data: unknown): data is ImagesConfig =>
  typeof data === 'object' && data !== null && (data as ImagesConfig).source === 'images';

/** A configuration's `data` with what the options say of images; anything else comes back as it is. */
function fillInImages(data: unknown, name: string, options: ImageOptions): unknown {
  const { data: path, imageSize: side, skipBad } = options;
  if (!isImages(data)) {
    const flag =
      path !== undefined ? '--data' : side !== undefined ? '--image-size' : skipBad ? '--skip-bad' : '';
    if (flag === '') return data;
    const source = JSON.stringify((data as { source?: unknown } | undefined)?.source ?? null);
    throw new UserError(
      `${flag}: the data of ${name} are ${source}, not images; a preset that trains on images would do (see webgan presets).`,
    );
  }
  if (path === undefined && data.path === undefined) {
    throw new UserError(
      `${name} trains on images, and none were given; --data with a folder, a zip file or MNIST's files would do.`,
    );
  }
  return {
    ...data,
    ...(path !== undefined && { path }),
    ...(side !== undefined && { height: side, width: side }),
    ...(skipBad && { skipBad }),
  };
}

function readInput(source: string): { input: unknown; name: string; folder: string } {
  if (presets.has(source)) return { input: presets.get(source).config, name: source, folder: '.' };
  const isPath = extname(source) !== '' || source.includes('/') || existsSync(source);
  if (!isPath) {
    const near = nearest(source, presets.names);
    throw new UserError(
      `There is no preset ${JSON.stringify(source)}; ${near ? `did you mean ${near}? There are` : 'there are'} ` +
        `${presets.names.join(', ')}, or give the path of a JSON file.`,
    );
  }
  const text = readText(source);
  const name =
    basename(source, extname(source))
      .replace(/[^\w.-]+/g, '-')
      .replace(/^[.-]+/, '') || 'run';
  try {
    return { input: JSON.parse(text), name: name === 'config' ? 'run' : name, folder: dirname(source) };
  } catch (error) {
    throw new UserError(
      `${source}: is not JSON (${(error as Error).message}); a configuration such as runs/ring/config.json would do.`,
    );
  }
}

/** A file that a configuration names lies beside it, or where the command was called. */
function locate(file: string, folder: string): string {
  const beside = join(folder, file);
  return existsSync(beside) ? beside : file;
}

function readText(path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readUserFile(path));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${path}: is not text in UTF-8; a text file would do.`);
  }
}
