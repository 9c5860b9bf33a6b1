// From what the user typed to a checked configuration: a preset or a file, with the command's settings on top.

import { existsSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { fillInPoints } from '../data/points';
import { UserError } from '../math/errors';
import { DEFAULT_PRESET, presets } from '../presets';
import { parseConfig, type RunConfig } from '../training/config';
import { nearest } from '../training/explain';
import { readUserFile } from './run-folder';
import { applySetting } from './settings';

export interface NamedConfig {
  readonly config: RunConfig;
  /** What the run's folder is called where the user gives no name. */
  readonly name: string;
}

/**
 * @param source a preset's name or the path of a JSON file; the default preset where absent.
 * @param settings `path=value`, later ones over earlier ones.
 * @throws UserError in one sentence for anything that the user can mend.
 */
export function loadConfig(source: string | undefined, settings: readonly string[]): NamedConfig {
  const { input, name, folder } = readInput(source ?? DEFAULT_PRESET);
  const set = settings.reduce(applySetting, input);
  const data = fillInPoints((set as { data?: unknown } | null)?.data, (file) =>
    readText(locate(file, folder)),
  );
  const filled = data === undefined ? set : { ...(set as object), data };
  return { config: parseConfig(filled), name };
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
