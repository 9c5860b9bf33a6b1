// `webgan sample`: samples of a trained generator, as a picture or as numbers.

import { existsSync, statSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { readCheckpoint } from '../export/checkpoint';
import { UserError } from '../math/errors';
import { Trainer } from '../training/trainer';
import { renderPicture } from './canvas';
import type { Console } from './console';
import { openNodeDevice } from './node-runtime';
import { readUserFile, writeWhole, writing } from './run-folder';
import { sceneOf } from './scene';
import { count } from './words';

export interface SampleOptions {
  readonly count: number;
  readonly seed: number;
  readonly out: string;
}

/** Writes `count` samples of a run's generator; the same ones for the same seed. @throws UserError */
export async function sample(run: string, options: SampleOptions, console: Console): Promise<void> {
  const kind = extname(options.out).toLowerCase();
  if (kind !== '.png' && kind !== '.csv') {
    throw new UserError(
      `--out: ${JSON.stringify(options.out)} given; a name that ends in .png or .csv would do.`,
    );
  }
  const folder = dirname(options.out);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UserError(`--out: there is no folder ${folder}; one that is there would do.`);
  }
  const checkpoint = findCheckpoint(run);
  const { config, state } = readCheckpoint(readUserFile(checkpoint), checkpoint);
  const device = await openNodeDevice();
  try {
    const trainer = await Trainer.create(device, config);
    try {
      trainer.writeState(state);
    } catch (error) {
      if (error instanceof RangeError)
        throw new UserError(`${checkpoint}: does not fit its own configuration (${error.message}).`);
      throw error;
    }
    const generated = await trainer.sample(options.count, options.seed);
    const title = `${count(options.count)} samples of G after ${count(state.updates.generator)} steps`;
    const content =
      kind === '.csv'
        ? toCsv(generated, trainer.run.generator.output[0]!)
        : await renderPicture({
            ...sceneOf(config),
            title,
            caption: `${checkpoint}, seed ${options.seed}`,
            generated,
          });
    trainer.destroy();
    writing(options.out, () => writeWhole(options.out, content));
    console.out(`${title}: ${options.out}`);
  } finally {
    device.destroy();
  }
}

/** A run is named by its folder, by its name in `runs`, or by the checkpoint itself. */
function findCheckpoint(run: string): string {
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
