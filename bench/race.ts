// Everybody on one problem: gathered, compared on the same batches, then timed in turns.

import { availableParallelism } from 'node:os';
import { napUntil } from '../src/gpu/node';
import { UserError } from '../src/math/errors';
import { faultOfDraws, TOLERANCE, weightsAfterFixedBatches, worstDisagreement } from './agreement';
import type { Browser } from './browser';
import type { Contestant } from './contestant';
import { gatherContestants } from './contestants';
import { measurePhases } from './phases';
import { initialWeights, type Problem } from './problem';
import { startPyTorch } from './pytorch';
import type { Entry, Race, Runtime } from './result';
import { type Entrant, type RoundOptions, timeInTurns } from './rounds';

interface Surroundings {
  readonly gpu: GPU;
  readonly browser: Browser | undefined;
  /** PyTorch's side. */
  readonly script: string;
  /** Where reasons are put down why somebody does not compete. */
  readonly missing: string[];
  /** Where to leave what ends a process that was started. */
  readonly cleanups: (() => void | Promise<void>)[];
}

interface RaceOptions extends RoundOptions {
  readonly only?: readonly string[];
  readonly progress: (message: string) => void;
}

interface Competing {
  readonly runtime: Runtime;
  readonly contestant: Contestant;
}

/** @throws Error where a contestant does other mathematics than webgan in Node, or draws other data than the problem's. */
export async function race(
  problem: Problem,
  surroundings: Surroundings,
  options: RaceOptions,
): Promise<Race> {
  const competing = await gather(problem, surroundings, options.only);
  const disagreements = await compare(problem, competing, options.progress);
  const entrants: (Entrant & { readonly run: Awaited<ReturnType<Contestant['start']>> })[] = [];
  for (const { runtime, contestant } of competing) {
    const run = await contestant.start(problem, initialWeights(problem));
    const fault = await faultOfDraws(run, problem, problem.comparedIterations);
    if (fault) throw new Error(`${contestant.key} in ${runtime} does not draw what it should: ${fault}.`);
    entrants.push({ label: `${contestant.key} in ${runtime}`, run });
  }
  options.progress(`all ${competing.length} end with the same weights and draw from the same distributions`);
  const timings = await timeInTurns(entrants, options);
  for (const { run } of entrants) await run.dispose();
  const entries = competing.map(({ runtime, contestant }, index): Entry => {
    const { key, library, version, backend } = contestant;
    const disagreement = disagreements[index]!;
    return { runtime, key, library, version, backend, ...timings[index]!, disagreement };
  });
  return { entries, phases: await measurePhases(surroundings.gpu, napUntil, problem) };
}

/** webgan in Node first: the others are held against it. */
async function gather(
  problem: Problem,
  { browser, script, missing, cleanups }: Surroundings,
  only: readonly string[] | undefined,
): Promise<readonly Competing[]> {
  const all: Competing[] = [];
  const enter = (runtime: Runtime, contestants: readonly Contestant[]) =>
    all.push(...contestants.map((contestant) => ({ runtime, contestant })));
  const here = await gatherContestants(napUntil);
  enter('Node', here.contestants);
  missing.push(...here.missing.map((reason) => `${reason} (Node)`));
  if (browser) {
    enter('Chromium', browser.contestants);
    missing.push(...browser.missing.map((reason) => `${reason} (Chromium)`));
  }
  const python = await startPyTorch(script, [...new Set([1, Math.min(availableParallelism(), 2)])]);
  if (python) {
    cleanups.push(python.stop);
    enter('Python', python.contestants);
  } else missing.push('PyTorch: no Python here has it (Debian: python3-torch and libopenblas0-pthread)');

  for (const wanted of only ?? []) {
    if (all.some(({ contestant }) => contestant.key === wanted)) continue;
    const keys = [...new Set(all.map(({ contestant }) => contestant.key))].join(', ');
    throw new UserError(`--only: '${wanted}' does not compete here; ${keys} do.`);
  }
  return all.filter(
    ({ contestant: { key, problems } }) =>
      problems.includes(problem.key) && (key === 'webgan' || !only || only.includes(key)),
  );
}

/** Everybody's worst disagreement with webgan in Node, after the fixed batches; throws where one is too large. */
async function compare(
  problem: Problem,
  competing: readonly Competing[],
  progress: (message: string) => void,
): Promise<readonly number[]> {
  const before = initialWeights(problem);
  const ours = await weightsAfterFixedBatches(competing[0]!.contestant, problem);
  const disagreements: number[] = [];
  for (const { runtime, contestant } of competing) {
    const theirs = await weightsAfterFixedBatches(contestant, problem);
    const { tensor, error } = worstDisagreement(before, ours, theirs);
    if (!(error <= TOLERANCE)) {
      throw new Error(
        `${contestant.key} in ${runtime} does other mathematics than webgan: ${tensor} is off by ${error.toPrecision(2)} ` +
          `of its change, and ${TOLERANCE} is allowed. No ratio of theirs would mean anything.`,
      );
    }
    progress(`${contestant.key} in ${runtime} agrees to ${error.toPrecision(1)} of the change`);
    disagreements.push(error);
  }
  return disagreements;
}
