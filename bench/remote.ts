// Contestants in another process: one request, one answer, both plain JSON, so Python and a page speak the same.

import type { Contestant, Run } from './contestant';
import { makePictures } from './pictures';
import { type Batch, NETWORKS, type Problem, parameterShapes, type Weights } from './problem';

/** Float32 numbers in base64: a million weights as digits would take longer to read than a step takes. */
type PlainNumbers = string;
type PlainWeights = Record<string, PlainNumbers>;
type PlainBatch = Record<keyof Batch, PlainNumbers>;

export type Request =
  | {
      readonly do: 'start';
      readonly problem: Problem;
      readonly weights: PlainWeights;
      /** Bytes in base64, [count, side, side], where the problem has pictures. */
      readonly pictures?: string;
    }
  | { readonly do: 'stepOn'; readonly batch: PlainBatch }
  | { readonly do: 'advance'; readonly iterations: number }
  | { readonly do: 'weights' }
  | { readonly do: 'draw' }
  | { readonly do: 'dispose' };

/** Sends a request and resolves with its answer; rejects where the other side failed. */
export type Ask = (request: Request) => Promise<unknown>;

function toBase64(bytes: Uint8Array): string {
  const pieces: string[] = [];
  // In pieces that fit an argument list.
  for (let at = 0; at < bytes.length; at += 8192)
    pieces.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  return btoa(pieces.join(''));
}

const toPlain = ({ buffer, byteOffset, byteLength }: Float32Array): PlainNumbers =>
  toBase64(new Uint8Array(buffer, byteOffset, byteLength));

const fromPlain = (plain: PlainNumbers): Float32Array =>
  new Float32Array(Uint8Array.from(atob(plain), (character) => character.charCodeAt(0)).buffer);

const toPlainWeights = (weights: Weights): PlainWeights =>
  Object.fromEntries([...weights].map(([name, { data }]) => [name, toPlain(data)]));

function fromPlainWeights(problem: Problem, plain: PlainWeights): Weights {
  const shapes = NETWORKS.flatMap((network) => parameterShapes(problem, network));
  return new Map(shapes.map(({ name, shape }) => [name, { shape, data: fromPlain(plain[name] ?? '') }]));
}

const toPlainBatch = (batch: Batch): PlainBatch => ({
  real: toPlain(batch.real),
  discriminatorNoise: toPlain(batch.discriminatorNoise),
  generatorNoise: toPlain(batch.generatorNoise),
});

const fromPlainBatch = (plain: PlainBatch): Batch => ({
  real: fromPlain(plain.real),
  discriminatorNoise: fromPlain(plain.discriminatorNoise),
  generatorNoise: fromPlain(plain.generatorNoise),
});

/** What the other side calls itself. */
export type Introduction = Pick<Contestant, 'key' | 'library' | 'version' | 'backend' | 'problems'>;

/** What `start` is answered with. */
interface Started {
  /** Whether the run can show a batch of its own. */
  readonly draws: boolean;
}

/** A contestant whose runs live wherever `ask` reaches; one run at a time. */
export function remoteContestant(introduction: Introduction, ask: Ask): Contestant {
  return {
    ...introduction,
    async start(problem, weights) {
      const { draws } = (await ask({
        do: 'start',
        problem,
        weights: toPlainWeights(weights),
        ...(problem.data.kind === 'pictures' && { pictures: toBase64(makePictures(problem.data)) }),
      })) as Started;
      const run: Run = {
        stepOn: async (batch) => void (await ask({ do: 'stepOn', batch: toPlainBatch(batch) })),
        advance: async (iterations) => void (await ask({ do: 'advance', iterations })),
        weights: async () => fromPlainWeights(problem, (await ask({ do: 'weights' })) as PlainWeights),
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
        run = await contestant.start(request.problem, fromPlainWeights(request.problem, request.weights));
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
