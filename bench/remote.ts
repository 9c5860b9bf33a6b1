// Contestants in another process: one request, one answer, both plain JSON, so Python and a page speak the same.

import type { Contestant, Run } from './contestant';
import { type Batch, parameterShapes, type Weights } from './problem';

type PlainWeights = Record<string, number[]>;
type PlainBatch = Record<keyof Batch, number[]>;

export type Request =
  | { readonly do: 'start'; readonly weights: PlainWeights }
  | { readonly do: 'stepOn'; readonly batch: PlainBatch }
  | { readonly do: 'advance'; readonly iterations: number }
  | { readonly do: 'weights' }
  | { readonly do: 'draw' }
  | { readonly do: 'dispose' };

/** Sends a request and resolves with its answer; rejects where the other side failed. */
export type Ask = (request: Request) => Promise<unknown>;

const toPlainWeights = (weights: Weights): PlainWeights =>
  Object.fromEntries([...weights].map(([name, { data }]) => [name, [...data]]));

function fromPlainWeights(plain: PlainWeights): Weights {
  const shapes = [...parameterShapes('generator'), ...parameterShapes('discriminator')];
  return new Map(
    shapes.map(({ name, shape }) => [name, { shape, data: Float32Array.from(plain[name] ?? []) }]),
  );
}

const toPlainBatch = (batch: Batch): PlainBatch => ({
  real: [...batch.real],
  discriminatorNoise: [...batch.discriminatorNoise],
  generatorNoise: [...batch.generatorNoise],
});

const fromPlainBatch = (plain: PlainBatch): Batch => ({
  real: Float32Array.from(plain.real),
  discriminatorNoise: Float32Array.from(plain.discriminatorNoise),
  generatorNoise: Float32Array.from(plain.generatorNoise),
});

/** What the other side calls itself. */
export type Introduction = Pick<Contestant, 'key' | 'library' | 'version' | 'backend'>;

/** What `start` is answered with. */
interface Started {
  /** Whether the run can show a batch of its own. */
  readonly draws: boolean;
}

/** A contestant whose runs live wherever `ask` reaches; one run at a time. */
export function remoteContestant(introduction: Introduction, ask: Ask): Contestant {
  return {
    ...introduction,
    async start(weights) {
      const { draws } = (await ask({ do: 'start', weights: toPlainWeights(weights) })) as Started;
      const run: Run = {
        stepOn: async (batch) => void (await ask({ do: 'stepOn', batch: toPlainBatch(batch) })),
        advance: async (iterations) => void (await ask({ do: 'advance', iterations })),
        weights: async () => fromPlainWeights((await ask({ do: 'weights' })) as PlainWeights),
        dispose: async () => void (await ask({ do: 'dispose' })),
      };
      if (draws) run.draw = async () => fromPlainBatch((await ask({ do: 'draw' })) as PlainBatch);
      return run;
    },
  };
}

/** The other side, for contestants that live in this process: answers one contestant's requests. */
export function answering(contestant: Contestant): Ask {
  let run: Run | undefined;
  const started = () => {
    if (!run) throw new Error(`${contestant.key} was asked before it was started.`);
    return run;
  };
  return async (request) => {
    switch (request.do) {
      case 'start':
        run = await contestant.start(fromPlainWeights(request.weights));
        return { draws: run.draw !== undefined } satisfies Started;
      case 'stepOn':
        return started().stepOn(fromPlainBatch(request.batch));
      case 'advance':
        return started().advance(request.iterations);
      case 'weights':
        return toPlainWeights(await started().weights());
      case 'draw': {
        const batch = await started().draw?.();
        return batch && toPlainBatch(batch);
      }
      case 'dispose':
        await run?.dispose();
        run = undefined;
        return undefined;
    }
  };
}
