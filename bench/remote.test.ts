import { expect, test } from 'vitest';
import { fixedBatches } from './batches';
import type { Contestant, Run } from './contestant';
import { type Batch, initialWeights, type Weights } from './problem';
import { PROBLEMS } from './problems';
import { answering, type Request, remoteContestant } from './remote';

const [problem] = PROBLEMS as [(typeof PROBLEMS)[number]];

/** A contestant that adds the batch's first real coordinate to every weight; enough to see what arrives. */
function adding(draws: boolean): Contestant & { readonly log: string[] } {
  const log: string[] = [];
  return {
    key: 'adding',
    library: 'none',
    version: '0',
    backend: 'CPU',
    problems: [problem.key],
    log,
    async start(_, weights) {
      let current: Weights = weights;
      const run: Run = {
        async stepOn(batch) {
          const more = (data: Float32Array) => data.map((x) => x + batch.real[0]!);
          current = new Map(
            [...current].map(([name, { shape, data }]) => [name, { shape, data: more(data) }]),
          );
        },
        async advance(iterations) {
          log.push(`advance ${iterations}`);
        },
        weights: async () => current,
        async dispose() {
          log.push('dispose');
        },
      };
      if (draws) run.draw = async (): Promise<Batch> => fixedBatches(problem, 1)[0]!;
      return run;
    },
  };
}

/** Both ends, with everything between them as text. */
function throughText(contestant: Contestant): Contestant {
  const ask = answering(contestant);
  return remoteContestant(contestant, async (request) => {
    const answer = await ask(JSON.parse(JSON.stringify(request)) as Request);
    return answer === undefined ? undefined : (JSON.parse(JSON.stringify(answer)) as unknown);
  });
}

test('weights, batches and draws survive the way there and back', async () => {
  const [batch] = fixedBatches(problem, 1);
  const here = await adding(true).start(problem, initialWeights(problem));
  const there = await throughText(adding(true)).start(problem, initialWeights(problem));
  expect(await there.weights()).toEqual(initialWeights(problem));
  await here.stepOn(batch!);
  await there.stepOn(batch!);
  expect(await there.weights()).toEqual(await here.weights());
  expect(await there.draw!()).toEqual(batch);
});

test('requests reach the run, and a run without draws has none on this side either', async () => {
  const contestant = adding(false);
  const run = await throughText(contestant).start(problem, initialWeights(problem));
  await run.advance(7);
  await run.dispose();
  expect(contestant.log).toEqual(['advance 7', 'dispose']);
  expect(run.draw).toBeUndefined();
});

test('asking before the start is an error', async () => {
  await expect(answering(adding(false))({ do: 'advance', iterations: 1 })).rejects.toThrow(
    'before it was started',
  );
});
