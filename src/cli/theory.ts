// `webgan theory`: the experiments, their table, their figures, and whether the trainer agrees with the mathematics.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '../math/errors';
import type { DampedResult, DiracResult } from '../theory/dirac';
import { EXPERIMENTS, type Experiment, runTheory, type TheoryResults } from '../theory/index';
import type { Console } from './console';
import { openNodeDevice } from './node-runtime';
import { theoryFigures } from './theory-figures';
import { theoryText } from './theory-text';

export interface TheoryCommandOptions {
  /** Letters or names; all experiments where there are none. */
  readonly experiments: readonly string[];
  /** Folder of the figures and `theory.json`. */
  readonly out: string;
  readonly json: boolean;
  readonly quick: boolean;
  readonly seed: number;
  /** As for `openNodeGpu`. */
  readonly adapter?: string | undefined;
}

/**
 * @returns whether every measurement agrees.
 * @throws UserError for an experiment that there is not, a folder that cannot be written, or no adapter.
 */
export async function theory(options: TheoryCommandOptions, console: Console): Promise<boolean> {
  const experiments = chosenExperiments(options.experiments);
  const device = await openNodeDevice({ adapter: options.adapter });
  const start = performance.now();
  try {
    const write = openFolder(options.out);
    const results = await runTheory(device, {
      experiments,
      quick: options.quick,
      seed: options.seed,
      onProgress: (what, share) => console.status?.(`${Math.round(100 * share)} % · ${what}`),
    });
    console.status?.('');
    const seconds = (performance.now() - start) / 1000;
    const report = theoryReport(results, {
      adapter: device.name,
      seed: options.seed,
      quick: options.quick,
      seconds,
    });
    write('theory.json', `${JSON.stringify(report, null, 2)}\n`);
    for (const [name, text] of theoryFigures(results)) write(name, text);
    if (options.json) console.out(JSON.stringify(report));
    else {
      for (const line of theoryText(results)) console.out(line);
      console.out(`Figures are in ${options.out}. It took ${seconds.toFixed(0)} s on ${device.name}.`);
    }
    return results.pass;
  } finally {
    device.destroy();
  }
}

/** Experiments by letter or name, in their own order, each once. */
export function chosenExperiments(asked: readonly string[]): Experiment[] {
  const all = Object.values(EXPERIMENTS);
  const chosen = asked.map((text) => {
    const found = Object.entries(EXPERIMENTS).find((names) => names.includes(text.toLowerCase()));
    if (found) return found[1];
    const names = Object.entries(EXPERIMENTS).map(([letter, name]) => `${letter} (${name})`);
    throw new UserError(`experiment: ${JSON.stringify(text)} given; ${names.join(', ')} would do.`);
  });
  return chosen.length > 0 ? all.filter((experiment) => chosen.includes(experiment)) : all;
}

interface Circumstances {
  readonly adapter: string;
  readonly seed: number;
  readonly quick: boolean;
  readonly seconds: number;
}

/** What `--json` prints: everything measured, but the curves and orbits of the figures. */
function theoryReport(results: TheoryResults, how: Circumstances): object {
  const { settings, optimum, equilibrium, dirac, damping, objectives, distance, pass } = results;
  const withoutOrbits = <Result extends DiracResult | DampedResult>({ near, wide, ...rest }: Result) => ({
    ...rest,
    nearError: near.error,
    wideError: wide.error,
  });
  const { updates, batchSize } = settings;
  return {
    ...how,
    updates,
    batchSize,
    pass,
    optimum,
    equilibrium,
    dirac: dirac.map(withoutOrbits),
    damping: damping.map(withoutOrbits),
    objectives,
    distance,
  };
}

/** Makes the folder before anything is computed, so that a bad one is told at once. */
function openFolder(folder: string): (name: string, text: string) => void {
  const writing = (action: () => void) => {
    try {
      action();
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code ?? String(error);
      throw new UserError(`--out ${folder}: cannot be written (${reason}); another folder would do.`);
    }
  };
  writing(() => mkdirSync(resolve(folder), { recursive: true }));
  return (name, text) => writing(() => writeFileSync(join(folder, name), text));
}
