// Timing everybody in turns: short rounds, round robin, so that a slow spell of the machine falls on all alike.

import type { Run } from './contestant';

export interface Entrant {
  readonly label: string;
  readonly run: Pick<Run, 'advance'>;
}

/** One entrant's timings: milliseconds an iteration, one number a round. */
export interface Timing {
  readonly iterationsPerRound: number;
  readonly milliseconds: readonly number[];
}

export interface RoundOptions {
  readonly rounds: number;
  /** About how long each entrant runs in each round, in milliseconds. */
  readonly target: number;
  readonly now?: () => number;
  readonly progress?: (message: string) => void;
}

const MOST_ITERATIONS = 20_000;

/** Warms everybody up, then times them in turns; each round starts with the next one. */
export async function timeInTurns(
  entrants: readonly Entrant[],
  options: RoundOptions,
): Promise<readonly Timing[]> {
  const now = options.now ?? (() => performance.now());
  const time = async (run: Entrant['run'], iterations: number) => {
    const start = now();
    await run.advance(iterations);
    return (now() - start) / iterations;
  };

  const iterations: number[] = [];
  for (const { label, run } of entrants) {
    options.progress?.(`warming up ${label}`);
    let one = await time(run, 1);
    let count = 1;
    // Twice more: the first estimate still holds what is compiled late, and is too short to settle the second. Whoever
    // takes longer than a round for one iteration is as warm as need be.
    for (let attempt = 0; attempt < 2 && one < options.target; attempt++) {
      one = await time(run, Math.max(2, count));
      count = Math.min(MOST_ITERATIONS, Math.max(1, Math.round(options.target / one)));
    }
    iterations.push(count);
  }

  const milliseconds: number[][] = entrants.map(() => []);
  for (let round = 0; round < options.rounds; round++) {
    options.progress?.(`round ${round + 1} of ${options.rounds}`);
    for (let turn = 0; turn < entrants.length; turn++) {
      const index = (round + turn) % entrants.length;
      milliseconds[index]!.push(await time(entrants[index]!.run, iterations[index]!));
    }
  }
  return iterations.map((iterationsPerRound, index) => ({
    iterationsPerRound,
    milliseconds: milliseconds[index]!,
  }));
}
