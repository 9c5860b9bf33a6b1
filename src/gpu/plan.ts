// A frozen list of dispatches: pipelines, bind groups and grids decided once, then only replayed.

import type { UniformBinding } from '../wgsl/kernel';
import { writeUniform } from '../wgsl/uniform';
import type { Device } from './device';
import type { Memory } from './memory';
import type { Pipeline } from './pipelines';
import { isSlot, type UniformValues, type Work } from './work';

const UNIFORM_ALIGNMENT = 256;

interface Dispatch {
  readonly shared: Pipeline;
  readonly bindGroup: GPUBindGroup;
  readonly work: Work;
}

export class Plan {
  readonly label: string;
  readonly #dispatches: Dispatch[];
  readonly #uniforms: GPUBuffer | undefined;

  private constructor(label: string, dispatches: Dispatch[], uniforms: GPUBuffer | undefined) {
    this.label = label;
    this.#dispatches = dispatches;
    this.#uniforms = uniforms;
  }

  /** Compiles what is not compiled yet and binds every slot's region. All slots must have memory. */
  static async create(device: Device, memory: Memory, label: string, list: readonly Work[]): Promise<Plan> {
    const pipelines = await Promise.all(list.map(({ kernel }) => device.pipelines.get(kernel)));
    const uniforms = writeUniforms(device.gpu, label, list);
    const dispatches = list.map((item, i): Dispatch => {
      const shared = pipelines[i]!;
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
        layout: shared.layout,
        entries,
      });
      return { shared, bindGroup, work: item };
    });
    return new Plan(label, dispatches, uniforms?.buffer);
  }

  get work(): readonly Work[] {
    return this.#dispatches.map((dispatch) => dispatch.work);
  }

  encode(pass: GPUComputePassEncoder): void {
    // Setting the same pipeline again is not free everywhere; neighbours often share one.
    let current: GPUComputePipeline | undefined;
    for (const { shared, bindGroup, work } of this.#dispatches) {
      const { pipeline } = shared;
      if (pipeline !== current) pass.setPipeline(pipeline);
      current = pipeline;
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(work.grid[0], work.grid[1], work.grid[2]);
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
