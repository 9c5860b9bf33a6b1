// Compute pipelines by kernel: each distinct code and entry point is compiled once, asynchronously.

import type { Kernel } from '../wgsl/kernel';

/** Shared by everything that dispatches the kernel: an edited shader changes `pipeline` for all of them. */
export interface Pipeline {
  pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

interface Entry {
  /** As first asked for, or as edited since. */
  kernel: Kernel;
  readonly ready: Promise<Pipeline>;
  isReady: boolean;
}

export class PipelineCache {
  readonly #device: GPUDevice;
  readonly #entries = new Map<string, Entry>();

  /** What somebody waits for. */
  readonly #urgent = new Set<Promise<Pipeline>>();
  /** The last of those that can wait. */
  #later: Promise<void> = Promise.resolve();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** The kernel's pipeline; rejects with the compiler's message, file and entry point where it does not compile. */
  get(kernel: Kernel): Promise<Pipeline> {
    const { ready } = this.#entry(kernel);
    this.#urgent.add(ready);
    const done = () => this.#urgent.delete(ready);
    ready.then(done, done);
    return ready;
  }

  #entry(kernel: Kernel): Entry {
    const key = keyOf(kernel);
    const known = this.#entries.get(key);
    if (known) return known;
    const entry = { kernel, ready: this.#create(kernel), isReady: false };
    this.#entries.set(key, entry);
    entry.ready.then(
      () => {
        entry.isReady = true;
      },
      // A failed compilation must not be remembered: an edited shader gets another try.
      () => this.#entries.delete(key),
    );
    return entry;
  }

  /**
   * As `get`, but what is not compiled yet is so when nothing that somebody waits for is, and one at a time; undefined, and not
   * compiled, where it is no longer wanted by then.
   */
  getLater(kernel: Kernel, isWanted: () => boolean): Promise<Pipeline | undefined> {
    const known = this.#entries.get(keyOf(kernel));
    if (known?.isReady) return known.ready;
    const before = this.#later;
    const compiled = (async () => {
      await before;
      while (this.#urgent.size > 0) await Promise.allSettled(this.#urgent);
      return isWanted() ? this.#entry(kernel).ready : undefined;
    })();
    const settled = () => {};
    this.#later = compiled.then(settled, settled);
    return compiled;
  }

  /**
   * Swaps an edited shader in, under everything that dispatches it: `edited` gives the new version of a kernel, or
   * nothing where it did not change. Rejects, and changes nothing, where one does not compile or is bound differently.
   */
  async replace(edited: (kernel: Kernel) => Kernel | undefined): Promise<void> {
    const swaps = await Promise.all(
      [...this.#entries.values()].map(async (entry) => {
        const kernel = edited(entry.kernel);
        if (!kernel) return undefined;
        const frozen = ({ bindings, workgroupSize }: Kernel) => JSON.stringify([bindings, workgroupSize]);
        if (frozen(kernel) !== frozen(entry.kernel)) {
          throw new Error(
            `${kernel.label}: its bindings or workgroup size changed, so it takes a reload to use it.`,
          );
        }
        return { entry, kernel, shared: await entry.ready, pipeline: (await this.#create(kernel)).pipeline };
      }),
    );
    for (const swap of swaps) {
      if (!swap) continue;
      swap.shared.pipeline = swap.pipeline;
      swap.entry.kernel = swap.kernel;
    }
  }

  async #create(kernel: Kernel): Promise<Pipeline> {
    const device = this.#device;
    // What is wrong with the text is told below, not to whoever listens for uncaptured errors.
    device.pushErrorScope('validation');
    const module = device.createShaderModule({ label: kernel.file, code: kernel.code });
    await device.popErrorScope();
    const layout = device.createBindGroupLayout({
      label: kernel.label,
      entries: Object.values(kernel.bindings).map((binding) => ({
        binding: binding.binding,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type: bufferType(binding) },
      })),
    });
    try {
      const pipeline = await device.createComputePipelineAsync({
        label: kernel.label,
        layout: device.createPipelineLayout({ label: kernel.label, bindGroupLayouts: [layout] }),
        compute: { module, entryPoint: kernel.entryPoint },
      });
      return { pipeline, layout };
    } catch (error) {
      const { messages } = await module.getCompilationInfo();
      // The compiler's line numbers are those of the text with includes and unrolled loops: the line itself says more.
      const lines = kernel.code.split('\n');
      const details = messages
        .map((m) => `${m.message} in “${lines[m.lineNum - 1]?.trim() ?? ''}”`)
        .join('\n');
      throw new Error(`${kernel.label} does not compile: ${details || (error as Error).message}`);
    }
  }
}

const keyOf = ({ entryPoint, code }: Kernel) => `${entryPoint}\n${code}`;

function bufferType(binding: Kernel['bindings'][string]): GPUBufferBindingType {
  if (binding.kind === 'uniform') return 'uniform';
  return binding.access === 'read' ? 'read-only-storage' : 'storage';
}
