// How samples on a line are spread, counted on the GPU, and the best discriminator for that.

import code from '../../../shaders/densityView.wgsl?raw';

const WORKGROUP_SIZE = 64;

export interface HistogramInput {
  readonly label: string;
  /** [count] */
  readonly points: GPUBufferBinding;
  readonly count: number;
  readonly low: number;
  readonly high: number;
  readonly cells: number;
  /** p_data at the cells' centres. */
  readonly dataDensity: GPUBuffer;
}

export class Histogram {
  /** [cells] */
  readonly density: GPUBuffer;
  /** D*(x) against these samples, −1 where it is not defined: [cells] */
  readonly optimum: GPUBuffer;
  readonly #counts: GPUBuffer;
  readonly #uniforms: GPUBuffer;
  readonly #bindGroup: GPUBindGroup;
  readonly #passes: readonly { readonly pipeline: GPUComputePipeline; readonly workgroups: number }[];

  private constructor(
    device: GPUDevice,
    input: HistogramInput,
    layout: GPUBindGroupLayout,
    pipelines: readonly GPUComputePipeline[],
  ) {
    const { cells, count, label } = input;
    const storage = (name: string) =>
      device.createBuffer({
        label: `${label}: ${name}`,
        size: 4 * cells,
        usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
      });
    this.#counts = storage('counts');
    this.density = storage('density');
    this.optimum = storage('optimum');
    this.#uniforms = device.createBuffer({
      label: `${label}: uniforms`,
      size: 16,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    });
    const uniforms = new ArrayBuffer(16);
    new Float32Array(uniforms).set([input.low, input.high]);
    new Uint32Array(uniforms, 8).set([cells, count]);
    device.queue.writeBuffer(this.#uniforms, 0, uniforms);
    const buffers = [
      { buffer: this.#uniforms },
      input.points,
      { buffer: this.#counts },
      { buffer: this.density },
      { buffer: input.dataDensity },
      { buffer: this.optimum },
    ];
    this.#bindGroup = device.createBindGroup({
      label,
      layout,
      entries: buffers.map((resource, binding) => ({ binding, resource })),
    });
    this.#passes = pipelines.map((pipeline, i) => ({
      pipeline,
      workgroups: Math.ceil((i === 0 ? count : cells) / WORKGROUP_SIZE),
    }));
  }

  static async create(device: GPUDevice, input: HistogramInput): Promise<Histogram> {
    const { label } = input;
    const module = device.createShaderModule({ label: 'densityView', code });
    const types = [
      'uniform',
      'read-only-storage',
      'storage',
      'storage',
      'read-only-storage',
      'storage',
    ] as const;
    const layout = device.createBindGroupLayout({
      label,
      entries: types.map((type, binding) => ({
        binding,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type },
      })),
    });
    const pipelineLayout = device.createPipelineLayout({ label, bindGroupLayouts: [layout] });
    const pipelines = await Promise.all(
      ['countSamples', 'toDensity', 'toOptimum'].map((entryPoint) =>
        device.createComputePipelineAsync({
          label: `densityView: ${entryPoint}`,
          layout: pipelineLayout,
          compute: { module, entryPoint },
        }),
      ),
    );
    return new Histogram(device, input, layout, pipelines);
  }

  encode(encoder: GPUCommandEncoder): void {
    encoder.clearBuffer(this.#counts);
    const pass = encoder.beginComputePass({ label: 'densityView' });
    pass.setBindGroup(0, this.#bindGroup);
    for (const { pipeline, workgroups } of this.#passes) {
      pass.setPipeline(pipeline);
      pass.dispatchWorkgroups(workgroups);
    }
    pass.end();
  }

  destroy(): void {
    for (const buffer of [this.#counts, this.density, this.optimum, this.#uniforms]) buffer.destroy();
  }
}
