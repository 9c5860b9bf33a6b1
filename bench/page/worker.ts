// Where the contestants run in Chromium: a dedicated worker, as webgan's own page trains in one.

import type { PageIntroduction } from '../browser';
import type { Wait } from '../contestant';
import { gatherContestants } from '../contestants';
import { measureOverhead } from '../overhead';
import { measureProducts, type ProductOptions } from '../products';
import { type Ask, answering, type Request } from '../remote';

export interface WorkerRequest {
  readonly id: number;
  readonly message:
    | { readonly do: 'introduce' }
    | { readonly do: 'overhead' }
    | { readonly do: 'products'; readonly options: ProductOptions }
    | { readonly do: 'ask'; readonly key: string; readonly request: Request };
}

export interface WorkerReply {
  readonly id: number;
  readonly answer?: unknown;
  readonly error?: string;
}

/** A browser waits for the GPU without polling. */
const wait: Wait = (promise) => promise;

const asks = new Map<string, Ask>();

async function introduce(): Promise<PageIntroduction> {
  const { contestants, missing } = await gatherContestants(wait);
  for (const contestant of contestants) asks.set(contestant.key, answering(contestant));
  const info = (await navigator.gpu?.requestAdapter())?.info;
  const { vendor = '', architecture = '', device = '', description = '' } = info ?? {};
  return {
    adapter: info && { vendor, architecture, device, description },
    contestants: contestants.map(({ key, library, version, backend, problems }) => ({
      key,
      library,
      version,
      backend,
      problems,
    })),
    missing,
  };
}

async function answer({ message }: WorkerRequest): Promise<unknown> {
  if (message.do === 'introduce') return introduce();
  if (message.do === 'overhead') return measureOverhead(navigator.gpu, wait);
  if (message.do === 'products') return measureProducts(navigator.gpu, wait, message.options);
  return asks.get(message.key)!(message.request);
}

addEventListener('message', async ({ data }: MessageEvent<WorkerRequest>) => {
  try {
    postMessage({ id: data.id, answer: await answer(data) } satisfies WorkerReply);
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    postMessage({ id: data.id, error: text } satisfies WorkerReply);
  }
});
