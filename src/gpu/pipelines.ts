// Compute pipelines by kernel: each distinct code and entry point is compiled once, asynchronously.

import type { Kernel } from '../wgsl/kernel';

export interface Pipeline {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

export class PipelineCache {
  readonly #device: GPUDevice;
  readonly #pipelines = new Map<string, Promise<Pipeline>>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** The kernel's pipeline; rejects with the compiler's message, file and entry point where it does not compile. */
  get(kernel: Kernel): Promise<Pipeline> {
    const key = `${kernel.entryPoint}\n${kernel.code}`;
    let pipeline = this.#pipelines.get(key);
    if (!pipeline) {
      pipeline = this.#create(kernel);
      this.#pipelines.set(key, pipeline);
      // A failed compilation must not be remembered: an edited shader gets another try.
      pipeline.catch(() => this.#pipelines.delete(key));
    }
    return pipeline;
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

function bufferType(binding: Kernel['bindings'][string]): GPUBufferBindingType {
  if (binding.kind === 'uniform') return 'uniform';
  return binding.access === 'read' ? 'read-only-storage' : 'storage';
}
