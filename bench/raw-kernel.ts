// A bench-only WGSL text on a device of its own: compiled, bound in order, and run as often as asked.

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
  /** Bound to 0, 1, 2 … of group 0. */
  readonly buffers: readonly GPUBuffer[];
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
    entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
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
