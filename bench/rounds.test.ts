import { expect, test } from 'vitest';
import type { Run } from './contestant';
import { type Entrant, timeInTurns } from './rounds';

/** A run that takes a known time on a clock of its own, and notes when it ran. */
function simulated(costs: Readonly<Record<string, number>>) {
  const clock = { now: 0 };
  const log: string[] = [];
  const entrants = Object.entries(costs).map(([label, cost]): Entrant => {
    const advance: Run['advance'] = async (iterations) => {
      clock.now += iterations * cost;
      log.push(`${label} ${iterations}`);
    };
    return { label, run: { advance } as Run };
  });
  return { clock, log, entrants };
}

test('everybody gets as many iterations as fill a round, and at least one', async () => {
  const { clock, entrants } = simulated({ fast: 1, slow: 40, slowest: 900 });
  const timings = await timeInTurns(entrants, { rounds: 3, target: 400, now: () => clock.now });
  expect(timings.map(({ iterationsPerRound }) => iterationsPerRound)).toEqual([400, 10, 1]);
  expect(timings.map(({ milliseconds }) => milliseconds)).toEqual([
    [1, 1, 1],
    [40, 40, 40],
    [900, 900, 900],
  ]);
});

test('rounds go round robin, each starting with the next entrant', async () => {
  const { clock, log, entrants } = simulated({ a: 10, b: 10, c: 10 });
  await timeInTurns(entrants, { rounds: 3, target: 50, now: () => clock.now });
  expect(
    log
      .slice(-9)
      .map((entry) => entry[0])
      .join(''),
  ).toBe('abcbcacab');
  // Before them, each warmed up on its own.
  expect(log.slice(0, 4)).toEqual(['a 1', 'a 2', 'a 5', 'b 1']);
});

test('who takes longer than a round for one iteration is warmed up by one', async () => {
  const { clock, log, entrants } = simulated({ slow: 500, fast: 1 });
  await timeInTurns(entrants, { rounds: 1, target: 400, now: () => clock.now });
  expect(log).toEqual(['slow 1', 'fast 1', 'fast 2', 'fast 400', 'slow 1', 'fast 400']);
});

test('warm-up is not counted', async () => {
  const { clock } = simulated({});
  let calls = 0;
  const run = {
    async advance(iterations) {
      calls++;
      clock.now += iterations * (calls <= 3 ? 100 : 10);
    },
  } as Run;
  const [timing] = await timeInTurns([{ label: 'compiles late', run }], {
    rounds: 2,
    target: 200,
    now: () => clock.now,
  });
  expect(timing!.milliseconds).toEqual([10, 10]);
});
