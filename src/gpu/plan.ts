// A frozen list of dispatches: pipelines, bind groups and grids decided once, then only replayed.

import type { Kernel, UniformBinding } from '../wgsl/kernel';
import { writeUniform } from '../wgsl/uniform';
import type { Device } from './device';
import type { Memory } from './memory';
import { isSlot, type UniformValues, type Work } from './work';

const UNIFORM_ALIGNMENT = 256;

interface Dispatch {
  kernel: Kernel;
  pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly work: Work;
}

export class Plan {
  readonly label: string;
  readonly #device: Device;
  readonly #dispatches: Dispatch[];
  readonly #uniforms: GPUBuffer | undefined;

  private constructor(
    label: string,
    device: Device,
    dispatches: Dispatch[],
    uniforms: GPUBuffer | undefined,
  ) {
    this.label = label;
    this.#device = device;
    this.#dispatches = dispatches;
    this.#uniforms = uniforms;
  }

  /** Compiles what is not compiled yet and binds every slot's region. All slots must have memory. */
  static async create(device: Device, memory: Memory, label: string, list: readonly Work[]): Promise<Plan> {
    const pipelines = await Promise.all(list.map(({ kernel }) => device.pipelines.get(kernel)));
    const uniforms = writeUniforms(device.gpu, label, list);
    const dispatches = list.map((item, i): Dispatch => {
      const { pipeline, layout } = pipelines[i]!;
      const entries = Object.entries(item.kernel.bindings).map(([name, { binding }]): GPUBindGroupEntry => {
        const bound = item.bindings[name];
        if (bound === undefined) throw new Error(`${item.kernel.label}: nothing is bound to "${name}".`);
        if (isSlot(bound)) return { binding, resource: memory.region(bound) };
        return {
          binding,
          resource: { buffer: uniforms!.buffer, offset: uniforms!.offsets[i]!, size: uniforms!.sizes[i]! },
        };
      });
      const bindGroup = device.gpu.createBindGroup({
        label: `${label}: ${item.kernel.label}`,
        layout,
        entries,
      });
      return { kernel: item.kernel, pipeline, bindGroup, work: item };
    });
    return new Plan(label, device, dispatches, uniforms?.buffer);
  }

  get work(): readonly Work[] {
    return this.#dispatches.map((dispatch) => dispatch.work);
  }

  encode(pass: GPUComputePassEncoder): void {
    // Setting the same pipeline again is not free everywhere; neighbours often share one.
    let current: GPUComputePipeline | undefined;
    for (const { pipeline, bindGroup, work } of this.#dispatches) {
      if (pipeline !== current) pass.setPipeline(pipeline);
      current = pipeline;
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(work.grid[0], work.grid[1], work.grid[2]);
    }
  }

  /**
   * Swaps an edited shader in: `edited` gives the new version of a kernel, or nothing where it did not change.
   * Bindings must be the same. All pipelines compile before the first is swapped, so a failure changes nothing.
   */
  async replaceKernels(edited: (kernel: Kernel) => Kernel | undefined): Promise<void> {
    const swaps = await Promise.all(
      this.#dispatches.map(async (dispatch) => {
        const kernel = edited(dispatch.kernel);
        if (!kernel) return undefined;
        if (JSON.stringify(kernel.bindings) !== JSON.stringify(dispatch.kernel.bindings)) {
          throw new Error(`${kernel.label}: its bindings changed, so it takes a reset to use it.`);
        }
        return { dispatch, kernel, pipeline: (await this.#device.pipelines.get(kernel)).pipeline };
      }),
    );
    for (const swap of swaps) {
      if (swap) Object.assign(swap.dispatch, { kernel: swap.kernel, pipeline: swap.pipeline });
    }
  }

  destroy(): void {
    this.#uniforms?.destroy();
  }
}

function writeUniforms(device: GPUDevice, label: string, list: readonly Work[]) {
  const offsets: number[] = [];
  const sizes: number[] = [];
  let end = 0;
  const uniformOf = (item: Work) =>
    Object.entries(item.kernel.bindings).find(([, binding]) => binding.kind === 'uniform');
  for (const item of list) {
    const size = (uniformOf(item)?.[1] as UniformBinding | undefined)?.size ?? 0;
    offsets.push(end);
    sizes.push(size);
    end += Math.ceil(size / UNIFORM_ALIGNMENT) * UNIFORM_ALIGNMENT;
  }
  if (end === 0) return undefined;
  const buffer = device.createBuffer({
    label: `${label}: uniforms`,
    size: end,
    usage: GPUBufferUsage.UNIFORM,
    mappedAtCreation: true,
  });
  const view = new DataView(buffer.getMappedRange());
  list.forEach((item, i) => {
    const uniform = uniformOf(item);
    if (uniform)
      writeUniform(
        view,
        offsets[i]!,
        uniform[1] as UniformBinding,
        item.bindings[uniform[0]] as UniformValues,
        item.kernel.label,
      );
  });
  buffer.unmap();
  return { buffer, offsets, sizes };
}
