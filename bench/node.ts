// Node as a runtime of the bench: WebGPU where libraries look for it, and a way of waiting that does not burn a core.

import type { Wait } from './contestant';

/** Libraries written for browsers ask `navigator` for WebGPU and for the number of cores. Node 20 has none. */
export function installNavigator(gpu: GPU, cores: number): void {
  Object.defineProperty(globalThis, 'navigator', {
    value: { gpu, hardwareConcurrency: cores, userAgent: `Node.js/${process.versions.node}` },
    configurable: true,
  });
}

const neverNotified = new Int32Array(new SharedArrayBuffer(4));

/**
 * Dawn in Node polls the GPU from Node's event loop without a pause, which takes a software adapter one of its cores
 * away. Sleeping half a millisecond between polls gives it back, alike for every contestant.
 */
export const waitNapping: Wait = async (promise) => {
  let settled = false;
  const settle = () => {
    settled = true;
  };
  promise.then(settle, settle);
  while (!settled) {
    await new Promise((resolve) => setImmediate(resolve));
    if (!settled) Atomics.wait(neverNotified, 0, 0, 0.5);
  }
  return promise;
};
