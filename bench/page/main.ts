// The page's side of the bench: hands requests on to the worker, so that nothing here competes with what is measured.

import type { PageBench } from '../browser';
import type { WorkerReply, WorkerRequest } from './worker';

const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
let count = 0;

worker.addEventListener('message', ({ data }: MessageEvent<WorkerReply>) => {
  const { resolve, reject } = waiting.get(data.id)!;
  waiting.delete(data.id);
  if (data.error === undefined) resolve(data.answer);
  else reject(new Error(data.error));
});
worker.addEventListener('error', (event) => {
  for (const { reject } of waiting.values()) reject(new Error(event.message));
});

function send(message: WorkerRequest['message']): Promise<unknown> {
  const id = count++;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    worker.postMessage({ id, message } satisfies WorkerRequest);
  });
}

window.bench = {
  introduce: () => send({ do: 'introduce' }) as ReturnType<PageBench['introduce']>,
  overhead: () => send({ do: 'overhead' }) as ReturnType<PageBench['overhead']>,
  products: (options) => send({ do: 'products', options }) as ReturnType<PageBench['products']>,
  ask: (key, request) => send({ do: 'ask', key, request }),
};
