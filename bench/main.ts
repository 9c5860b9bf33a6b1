// `npm run bench`: measures each part in a process of its own, reports, and keeps the results.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Measured, PartRequest } from './part';
import { markdownPage, refreshTables, terminalText } from './report';
import { PARTS, type Result } from './result';

interface Options {
  readonly adapter: string;
  readonly part: readonly string[];
  readonly ladder: boolean;
  readonly only?: readonly string[];
  readonly rounds?: number;
  readonly target: number;
  readonly json: boolean;
  readonly write: boolean;
}

const root = process.cwd();
const results = join(root, 'bench/results');
const performancePage = join(root, 'docs/performance.md');

const options = new Command('npm run bench --')
  .description('Times GAN steps of webgan, TensorFlow.js, jax-js and PyTorch side by side on this machine.')
  .addOption(
    new Option('--adapter <name>', 'which WebGPU adapter')
      .choices(['swiftshader', 'lavapipe', 'default'])
      .default('default'),
  )
  .option('--part <names>', `only these parts of ${PARTS.join(', ')}`, partNames, PARTS)
  .option('--ladder', 'only the part `ladder`', false)
  .option(
    '--only <keys>',
    'only these beside webgan, e.g. tfjs-webgpu,pytorch-2; writes no results',
    (text: string) => text.split(','),
  )
  .option('--rounds <number>', 'timed rounds; by default 9, fewer of large problems', wholeNumber)
  .option('--target <milliseconds>', 'length of one contestant’s round', wholeNumber, 500)
  .option('--json', 'print the results as JSON instead of tables', false)
  .option('--no-write', 'leave bench/results and docs/performance.md as they are')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse()
  .opts<Options>();

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('It takes a whole number from 1.');
  return value;
}

function partNames(text: string): readonly string[] {
  const names = text.split(',');
  const unknown = names.find((name) => !PARTS.includes(name));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`There is no '${unknown}'; ${PARTS.join(', ')} do.`);
  return names;
}

const say = (message: string) => console.error(message);

/**
 * A process of its own for each part: no library's memory or threads are there when the next one is measured, and lavapipe
 * may be told another number of threads, which it reads once. None is best for the smallest networks and is what webgan gives
 * it; larger ones are slower by a factor without.
 */
function measure(part: string): Measured {
  const { adapter, only, rounds, target } = options;
  const request: PartRequest = { part, adapter, target, ...(only && { only }), ...(rounds && { rounds }) };
  const threads =
    part === 'ring-mlp' || part === 'overhead' ? {} : { LP_NUM_THREADS: `${availableParallelism()}` };
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(root, 'bench/dist/node/part.js'), JSON.stringify(request)],
    {
      cwd: root,
      env: { ...threads, ...process.env },
      stdio: ['ignore', 'pipe', 'inherit'],
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    },
  );
  if (status !== 0) process.exit(status ?? 1);
  return JSON.parse(stdout) as Measured;
}

function readResults(): readonly Result[] {
  mkdirSync(results, { recursive: true });
  return readdirSync(results)
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(join(results, file), 'utf8')) as Result);
}

/** Puts a part in its place among what was measured of the adapter before. */
function keep(name: string, { part, ...place }: Measured): void {
  const { key } = place.adapter;
  const before = readResults().find(({ adapter }) => adapter.key === key);
  const result: Result = { ...place, parts: { ...before?.parts, [name]: part } };
  writeFileSync(join(results, `${key}.json`), `${JSON.stringify(result, undefined, 2)}\n`);
  const all = readResults();
  writeFileSync(join(results, 'README.md'), markdownPage(all));
  writeFileSync(performancePage, refreshTables(readFileSync(performancePage, 'utf8'), all));
}

const measured: Record<string, Measured> = {};
for (const part of options.ladder ? ['ladder'] : options.part) {
  const found = measure(part);
  measured[part] = found;
  if (!options.json) console.log(`\n${terminalText(found.adapter.key, part, found.part)}\n`);
  // A part of the field must not replace the results of all of it.
  if (options.write && !options.only) {
    keep(part, found);
    say(
      `Written to bench/results/${found.adapter.key}.json, bench/results/README.md and docs/performance.md.`,
    );
  }
}
if (options.json) console.log(JSON.stringify(measured, undefined, 2));
