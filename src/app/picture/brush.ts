// One way of putting numbers from a GPU buffer onto a canvas: a render pipeline, its uniforms and its numbers.

export interface BrushDescription {
  readonly label: string;
  readonly code: string;
  readonly vertex: string;
  readonly fragment: string;
  readonly topology: GPUPrimitiveTopology;
  readonly format: GPUTextureFormat;
  /** Bytes of the uniform struct, a multiple of 16. */
  readonly uniformSize: number;
}

/** Colours come out of the shaders multiplied by their alpha. */
const OVER: GPUBlendState = {
  color: { srcFactor: 'one', dstFactor: 'one-minus-src-alpha' },
  alpha: { srcFactor: 'one', dstFactor: 'one-minus-src-alpha' },
};

export class Brush {
  readonly #device: GPUDevice;
  readonly #pipeline: GPURenderPipeline;
  readonly #label: string;
  readonly uniforms: GPUBuffer;
  #bindGroup: GPUBindGroup | undefined;

  private constructor(device: GPUDevice, pipeline: GPURenderPipeline, description: BrushDescription) {
    this.#device = device;
    this.#pipeline = pipeline;
    this.#label = description.label;
    this.uniforms = device.createBuffer({
      label: `${description.label}: uniforms`,
      size: description.uniformSize,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    });
  }

  static async create(device: GPUDevice, description: BrushDescription): Promise<Brush> {
    const { label, code, vertex, fragment, topology, format } = description;
    const module = device.createShaderModule({ label, code });
    const layout = device.createBindGroupLayout({
      label,
      entries: [
        {
          binding: 0,
          visibility: GPUShaderStage.VERTEX | GPUShaderStage.FRAGMENT,
          buffer: { type: 'read-only-storage' },
        },
        {
          binding: 1,
          visibility: GPUShaderStage.VERTEX | GPUShaderStage.FRAGMENT,
          buffer: { type: 'uniform' },
        },
      ],
    });
    const pipeline = await device.createRenderPipelineAsync({
      label,
      layout: device.createPipelineLayout({ label, bindGroupLayouts: [layout] }),
      vertex: { module, entryPoint: vertex },
      fragment: { module, entryPoint: fragment, targets: [{ format, blend: OVER }] },
      primitive: { topology },
    });
    return new Brush(device, pipeline, description);
  }

  /** What it paints from now on: `array<f32>` or `array<vec2f>`, as its shader says. */
  paintFrom(numbers: GPUBufferBinding): this {
    this.#bindGroup = this.#device.createBindGroup({
      label: this.#label,
      layout: this.#pipeline.getBindGroupLayout(0),
      entries: [
        { binding: 0, resource: numbers },
        { binding: 1, resource: { buffer: this.uniforms } },
      ],
    });
    return this;
  }

  write(uniforms: ArrayBuffer): void {
    this.#device.queue.writeBuffer(this.uniforms, 0, uniforms);
  }

  draw(pass: GPURenderPassEncoder, vertices: number, instances = 1): void {
    if (!this.#bindGroup) throw new Error(`${this.#label}: nothing to paint from.`);
    pass.setPipeline(this.#pipeline);
    pass.setBindGroup(0, this.#bindGroup);
    pass.draw(vertices, instances);
  }

  destroy(): void {
    this.uniforms.destroy();
  }
}
