// `npm run bench`: gathers the contestants, checks that all do the same mathematics, times them in turns, and reports.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { adapterName } from '../src/gpu/device';
import { napUntil, openNodeGpu } from '../src/gpu/node';
import { UserError } from '../src/math/errors';
import { faultOfDraws, TOLERANCE, weightsAfterFixedBatches, worstDisagreement } from './agreement';
import { startBrowser } from './browser';
import type { Contestant } from './contestant';
import { gatherContestants } from './contestants';
import { installNavigator } from './node';
import { measureOverhead, type Overhead } from './overhead';
import { measurePhases } from './phases';
import { initialWeights } from './problem';
import { startPyTorch } from './pytorch';
import {
  adapterKey,
  type Entry,
  markdownPage,
  type Phase,
  type Result,
  type Runtime,
  terminalTable,
} from './report';
import { type Entrant, timeInTurns } from './rounds';

interface Options {
  readonly adapter: string;
  readonly only?: readonly string[];
  readonly rounds: number;
  readonly target: number;
  readonly json: boolean;
  readonly write: boolean;
}

const root = process.cwd();
const results = join(root, 'bench/results');

const options = new Command('npm run bench --')
  .description('Times a GAN step of webgan, TensorFlow.js, jax-js and PyTorch side by side on this machine.')
  .addOption(
    new Option('--adapter <name>', 'which WebGPU adapter')
      .choices(['swiftshader', 'lavapipe', 'default'])
      .default('default'),
  )
  .option(
    '--only <keys>',
    'only these beside webgan, e.g. tfjs-webgpu,pytorch-1; writes no results',
    (text: string) => text.split(','),
  )
  .option('--rounds <number>', 'timed rounds of each contestant', wholeNumber, 9)
  .option('--target <milliseconds>', 'length of one contestant’s round', wholeNumber, 500)
  .option('--json', 'print the result as JSON instead of a table', false)
  .option('--no-write', 'leave bench/results as it is')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse()
  .opts<Options>();

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('It takes a whole number from 1.');
  return value;
}

const say = (message: string) => console.error(message);

interface Competing {
  readonly runtime: Runtime;
  readonly contestant: Contestant;
}

/** Everything that must be ended before the process can. */
const cleanups: (() => void | Promise<void>)[] = [];

async function bench(): Promise<Result> {
  const { gpu, driver } = await openNodeGpu({ adapter: options.adapter });
  const adapter = await gpu.requestAdapter();
  if (!adapter) throw new UserError('The WebGPU adapter is gone: start again.');
  const key = adapterKey(adapter.info);
  const cores = availableParallelism();
  installNavigator(gpu, cores);
  const missing: string[] = [];
  const competing: Competing[] = [];
  const known: string[] = [];
  const enter = (runtime: Runtime, contestants: readonly Contestant[]) => {
    for (const contestant of contestants) {
      known.push(contestant.key);
      const wanted = contestant.key === 'webgan' || !options.only || options.only.includes(contestant.key);
      if (wanted) competing.push({ runtime, contestant });
    }
  };

  say(`Gathering contestants on ${adapterName(adapter.info)}.`);
  const here = await gatherContestants(napUntil);
  enter('Node', here.contestants);
  missing.push(...here.missing.map((reason) => `${reason} (Node)`));

  const browser = await startBrowser(`${root}/bench/dist/page`);
  let browserOverhead: Overhead | undefined;
  if (!browser) missing.push('Chromium: none was found');
  else {
    cleanups.push(browser.stop);
    const theirs = browser.adapter && adapterKey(browser.adapter);
    if (theirs === key) {
      enter('Chromium', browser.contestants);
      missing.push(...browser.missing.map((reason) => `${reason} (Chromium)`));
      browserOverhead = await browser.overhead();
    } else missing.push(`Chromium: its adapter is ${theirs ?? 'none'}, not ${key}`);
  }

  const python = await startPyTorch(`${root}/bench/competitors/pytorch.py`, [
    ...new Set([1, Math.min(cores, 2)]),
  ]);
  if (!python)
    missing.push('PyTorch: no Python here has it (Debian: python3-torch and libopenblas0-pthread)');
  else {
    cleanups.push(python.stop);
    enter('Python', python.contestants);
  }

  for (const wanted of options.only ?? []) {
    if (competing.some(({ contestant }) => contestant.key === wanted)) continue;
    const keys = [...new Set(known)].join(', ');
    throw new UserError(`--only: '${wanted}' does not compete here; ${keys} do.`);
  }

  const disagreements = await compare(competing);
  const entrants: Entrant[] = [];
  for (const { runtime, contestant } of competing) {
    const run = await contestant.start(initialWeights());
    const fault = await faultOfDraws(run);
    if (fault) throw new Error(`${contestant.key} in ${runtime} does not draw what it should: ${fault}.`);
    entrants.push({ label: `${contestant.key} in ${runtime}`, run });
  }
  say(`All ${competing.length} end with the same weights and draw from the same distributions. Timing.`);
  const timings = await timeInTurns(entrants, {
    rounds: options.rounds,
    target: options.target,
    progress: (message) => say(`  ${message}`),
  });
  for (const { run } of entrants) await run.dispose();

  const entries = competing.map(({ runtime, contestant }, index): Entry => {
    const { key, library, version, backend } = contestant;
    return {
      runtime,
      key,
      library,
      version,
      backend,
      ...timings[index]!,
      disagreement: disagreements[index]!,
    };
  });
  const overhead = {
    Node: await measureOverhead(gpu, napUntil),
    ...(browserOverhead && { Chromium: browserOverhead }),
  };
  const phases: readonly Phase[] = await measurePhases(gpu, napUntil);
  return {
    adapter: { key, name: adapterName(adapter.info), driver: `${driver.name} (${driver.origin})` },
    date: new Date().toISOString(),
    commit: commit(),
    machine: {
      cpu: cpus()[0]?.model.trim() ?? 'unknown',
      cores,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      system: `${type()} ${release()}`,
    },
    versions: {
      Node: process.versions.node,
      Dawn: `(npm webgpu ${packageVersion('webgpu')})`,
      // lavapipe's number of threads: it changes what a dispatch costs by a factor.
      ...(process.env.LP_NUM_THREADS && { LP_NUM_THREADS: process.env.LP_NUM_THREADS }),
      ...(competing.some(({ runtime }) => runtime === 'Chromium') && { Chromium: browser!.version }),
    },
    entries,
    overhead,
    phases,
    missing,
  };
}

/** Everybody's worst disagreement with webgan in Node, after the fixed batches; throws where one is too large. */
async function compare(competing: readonly Competing[]): Promise<readonly number[]> {
  const before = initialWeights();
  const ours = await weightsAfterFixedBatches(competing[0]!.contestant);
  const disagreements: number[] = [];
  for (const { runtime, contestant } of competing) {
    say(`  comparing ${contestant.key} in ${runtime}`);
    const { tensor, error } = worstDisagreement(before, ours, await weightsAfterFixedBatches(contestant));
    if (!(error <= TOLERANCE)) {
      throw new Error(
        `${contestant.key} in ${runtime} does other mathematics than webgan: ${tensor} is off by ${error.toPrecision(2)} ` +
          `of its change, and ${TOLERANCE} is allowed. No ratio of theirs would mean anything.`,
      );
    }
    disagreements.push(error);
  }
  return disagreements;
}

function commit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8', cwd: root }).trim();
  try {
    const changed = git('status', '--porcelain', '--', 'src', 'shaders') !== '';
    return `${git('rev-parse', '--short', 'HEAD')}${changed ? ' with changes' : ''}`;
  } catch {
    return 'unknown';
  }
}

function packageVersion(name: string): string {
  const path = createRequire(`${root}/package.json`)
    .resolve(name)
    .replace(/(node_modules\/[^/]+)\/.*/, '$1/package.json');
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}

function write(result: Result): void {
  mkdirSync(results, { recursive: true });
  writeFileSync(join(results, `${result.adapter.key}.json`), `${JSON.stringify(result, undefined, 2)}\n`);
  const all = readdirSync(results)
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(join(results, file), 'utf8')) as Result);
  writeFileSync(join(results, 'README.md'), markdownPage(all));
}

let exitCode = 0;
try {
  const result = await bench();
  if (options.json) console.log(JSON.stringify(result, undefined, 2));
  else {
    console.log(`\n${terminalTable(result.entries)}\n`);
    for (const reason of result.missing) console.log(`Not measured: ${reason}.`);
  }
  // A part of the field must not replace the results of all of it.
  if (options.write && !options.only) {
    write(result);
    say(`Written to bench/results/${result.adapter.key}.json and bench/results/README.md.`);
  }
} catch (error) {
  exitCode = error instanceof UserError ? 2 : 1;
  say(error instanceof UserError ? error.message : String(error instanceof Error ? error.stack : error));
}
for (const cleanUp of cleanups) await cleanUp();
// Worker threads and devices of the libraries would keep the process.
process.exit(exitCode);
