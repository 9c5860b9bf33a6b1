// Node as a runtime of the bench: WebGPU where libraries look for it.

/** Libraries written for browsers ask `navigator` for WebGPU and for the number of cores. Node 20 has none. */
export function installNavigator(gpu: GPU, cores: number): void {
  Object.defineProperty(globalThis, 'navigator', {
    value: { gpu, hardwareConcurrency: cores, userAgent: `Node.js/${process.versions.node}` },
    configurable: true,
  });
}
