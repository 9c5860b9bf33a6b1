// A bench-only WGSL text on a device of its own: compiled, bound in order, and run as often as asked.

import { reduce } from '../src/wgsl/reduce';
import { unroll } from '../src/wgsl/unroll';
import type { Wait } from './contestant';

/** A dispatch that can be repeated and waited for. */
export interface RawKernel {
  /** From the text to a pipeline that has run once, in milliseconds. */
  readonly compileMilliseconds: number;
  /** Dispatches it so often in one submit; resolves when all are done. */
  advance(times: number): Promise<void>;
}

export interface RawKernelOptions {
  readonly label: string;
  readonly code: string;
  /** Values of `const NAME = …u;` declarations. */
  readonly constants?: Readonly<Record<string, number>>;
  /** Whether loops marked `// unroll` are written out. */
  readonly unrolled?: boolean;
  /** By their bindings in group 0: all that the entry point `main` uses with these constants, and no others. */
  readonly buffers: readonly GPUBuffer[] | Readonly<Record<number, GPUBuffer>>;
  readonly grid: readonly [number, number, number];
}

/** Compiles and runs a kernel once. @throws Error with the compiler's words where it does not compile. */
export async function rawKernel(
  device: GPUDevice,
  wait: Wait,
  options: RawKernelOptions,
): Promise<RawKernel> {
  const { label, buffers, grid, unrolled = true } = options;
  let { code } = options;
  for (const [name, value] of Object.entries(options.constants ?? {})) {
    const declaration = new RegExp(`\\bconst ${name} = \\d+u;`);
    if (!declaration.test(code)) throw new Error(`${label} has no constant ${name}.`);
    code = code.replace(declaration, `const ${name} = ${value}u;`);
  }
  code = reduce(code, 'main');
  if (unrolled) code = unroll(code);
  const start = performance.now();
  const pipeline = await device.createComputePipelineAsync({
    label,
    layout: 'auto',
    compute: { module: device.createShaderModule({ label, code }) },
  });
  const bindGroup = device.createBindGroup({
    label,
    layout: pipeline.getBindGroupLayout(0),
    entries: Object.entries(buffers).map(([binding, buffer]) => ({
      binding: Number(binding),
      resource: { buffer },
    })),
  });
  const advance = async (times: number) => {
    const encoder = device.createCommandEncoder({ label });
    const pass = encoder.beginComputePass({ label });
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    for (let time = 0; time < times; time++) pass.dispatchWorkgroups(...grid);
    pass.end();
    device.queue.submit([encoder.finish()]);
    await wait(device.queue.onSubmittedWorkDone());
  };
  // SwiftShader translates a pipeline to machine code when it first runs.
  await advance(1);
  return { compileMilliseconds: performance.now() - start, advance };
}

/** All of a buffer that may be copied from. */
export async function readBack(device: GPUDevice, wait: Wait, source: GPUBuffer): Promise<Float32Array> {
  const { MAP_READ, COPY_DST } = GPUBufferUsage;
  const staging = device.createBuffer({
    label: 'bench: read',
    size: source.size,
    usage: MAP_READ | COPY_DST,
  });
  const encoder = device.createCommandEncoder({ label: 'bench: read' });
  encoder.copyBufferToBuffer(source, 0, staging, 0, source.size);
  device.queue.submit([encoder.finish()]);
  await wait(staging.mapAsync(GPUMapMode.READ));
  const data = new Float32Array(staging.getMappedRange().slice(0));
  staging.destroy();
  return data;
}
