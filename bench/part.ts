// Measures one part of the bench in a process of its own and writes it to standard output as JSON; `main.ts` starts it.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { adapterName } from '../src/gpu/device';
import { napUntil, openNodeGpu } from '../src/gpu/node';
import { UserError } from '../src/math/errors';
import { type Browser, startBrowser } from './browser';
import { measureEndings } from './endings';
import { measureLadder } from './ladder';
import { installNavigator } from './node';
import { measureOverhead } from './overhead';
import { PROBLEMS } from './problems';
import { measureProducts } from './products';
import { race } from './race';
import { adapterKey, type ByRuntime, type Findings, type Part, type Place } from './result';

/** What `main.ts` asks for, as JSON in the first argument. */
export interface PartRequest {
  readonly part: string;
  readonly adapter: string;
  readonly only?: readonly string[];
  readonly rounds?: number;
  readonly target: number;
}

export interface Measured extends Place {
  readonly part: Part;
}

const root = process.cwd();
const request = JSON.parse(process.argv[2]!) as PartRequest;
const say = (message: string) => console.error(message);

/** Everything that must be ended before the process can. */
const cleanups: (() => void | Promise<void>)[] = [];

async function measure(): Promise<Measured> {
  const { gpu, driver } = await openNodeGpu({ adapter: request.adapter });
  const adapter = await gpu.requestAdapter();
  if (!adapter) throw new UserError('The WebGPU adapter is gone: start again.');
  const key = adapterKey(adapter.info);
  const cores = availableParallelism();
  installNavigator(gpu, cores);
  const missing: string[] = [];
  say(`${request.part} on ${adapterName(adapter.info)}.`);

  let browser: Browser | undefined;
  if (request.part !== 'ladder') {
    browser = await startBrowser(`${root}/bench/dist/page`);
    if (!browser) missing.push('Chromium: none was found');
    else {
      cleanups.push(browser.stop);
      const theirs = browser.adapter && adapterKey(browser.adapter);
      if (theirs !== key) {
        missing.push(`Chromium: its adapter is ${theirs ?? 'none'}, not ${key}`);
        browser = undefined;
      }
    }
  }
  const findings = await measureFindings(gpu, browser, missing);
  return {
    adapter: { key, name: adapterName(adapter.info), driver: `${driver.name} (${driver.origin})` },
    machine: {
      cpu: cpus()[0]?.model.trim() ?? 'unknown',
      cores,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      system: `${type()} ${release()}`,
    },
    part: {
      ...findings,
      date: new Date().toISOString(),
      commit: commit(),
      versions: {
        Node: process.versions.node,
        Dawn: `(npm webgpu ${packageVersion('webgpu')})`,
        // lavapipe's number of threads: it changes what a dispatch costs by a factor.
        ...(process.env.LP_NUM_THREADS && { LP_NUM_THREADS: process.env.LP_NUM_THREADS }),
        ...(browser && { Chromium: browser.version }),
      },
      missing,
    },
  };
}

async function measureFindings(gpu: GPU, browser: Browser | undefined, missing: string[]): Promise<Findings> {
  const { part, target } = request;
  const rounds = request.rounds ?? 9;
  const progress = (message: string) => say(`  ${message}`);
  const inBoth = async <T>(here: Promise<T>, there: () => Promise<T> | undefined): Promise<ByRuntime<T>> => {
    const Node = await here;
    const Chromium = await there();
    return { Node, ...(Chromium && { Chromium }) };
  };
  switch (part) {
    case 'products': {
      const options = { rounds, target: Math.min(target, 200) };
      return {
        products: await inBoth(measureProducts(gpu, napUntil, options), () => browser?.products(options)),
      };
    }
    case 'overhead':
      return { overhead: await inBoth(measureOverhead(gpu, napUntil), () => browser?.overhead()) };
    case 'ladder':
      return {
        ladder: await measureLadder(gpu, napUntil, { rounds, target: Math.min(target, 200), progress }),
      };
    case 'endings': {
      const endings = await measureEndings(gpu, napUntil, {
        rounds,
        target: Math.min(target, 200),
        progress,
      });
      if (!endings) missing.push('endings: the adapter has no subgroups of 4 to 64 lanes');
      return { endings };
    }
    default: {
      const problem = PROBLEMS.find(({ key }) => key === part);
      if (!problem) throw new Error(`There is no part "${part}".`);
      const { only } = request;
      const options = { rounds: request.rounds ?? problem.rounds, target, progress, ...(only && { only }) };
      const script = `${root}/bench/competitors/pytorch.py`;
      return { race: await race(problem, { gpu, browser, script, missing, cleanups }, options) };
    }
  }
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

let exitCode = 0;
try {
  const measured = await measure();
  await new Promise((resolve) => process.stdout.write(JSON.stringify(measured), resolve));
} catch (error) {
  exitCode = error instanceof UserError ? 2 : 1;
  say(error instanceof UserError ? error.message : String(error instanceof Error ? error.stack : error));
}
for (const cleanUp of cleanups) await cleanUp();
// Worker threads and devices of the libraries would keep the process.
process.exit(exitCode);
